"""What the simulated nodes are made of: the real roles over the packaged rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from adapters.files.rule_books import RuleBooks
from clearing.benefits.policy import Policy
from clearing.messages import HOUSE, Address, Role
from clearing.ports import TableSpec
from services.care_region import records as care_records
from services.care_region.region_load import MAX_WAITING
from services.care_region.service import ENDPOINTS as CARE_ENDPOINTS
from services.care_region.service import care_role
from services.clearing_house import role as house_service
from services.insured_region import records as insured_records
from services.insured_region.bundle_check import BundleReader
from services.insured_region.rules import RegionRules
from services.insured_region.service import ENDPOINTS as INSURED_ENDPOINTS
from services.insured_region.service import insured_role
from services.network.network import CARE_SERVICE, INSURED_SERVICE
from services.node import machine
from services.node.desk_service import desk_endpoints
from services.node.endpoints import EndpointAnswers, bind
from services.node.limits import ParkingLimits


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What a node is made of; made again of it when it restarts."""

    address: Address
    role: machine.Role
    specs: tuple[TableSpec, ...]
    limits: ParkingLimits | None = None


@cache
def books() -> RuleBooks:
    """Return the packaged rules, read once."""
    return RuleBooks()


@cache
def answers() -> EndpointAnswers:
    """Return the codec of every role's commands and answers."""
    return EndpointAnswers(
        [
            *bind(Role.CARE, CARE_SERVICE, CARE_ENDPOINTS),
            *bind(Role.INSURED, INSURED_SERVICE, INSURED_ENDPOINTS),
            *house_service.endpoints(),
            *desk_endpoints(Role.HOUSE),
        ]
    )


def care(region: str) -> Address:
    """Return the address of a care-region node."""
    return Address(Role.CARE, region)


def insured(region: str) -> Address:
    """Return the address of an insured-region node."""
    return Address(Role.INSURED, region)


def care_plan(region: str, *, max_waiting: int = MAX_WAITING) -> NodePlan:
    """Return the plan of a care region's node."""
    catalogue = books().catalogue(region)
    assert catalogue is not None
    role = care_role(catalogue, answers().decode, max_waiting=max_waiting)
    return NodePlan(care(region), role, care_records.SPECS)


def insured_plan(
    region: str, reader: BundleReader | None = None, policy: Policy | None = None
) -> NodePlan:
    """Return the plan of an insured region's node, by its packaged policy or another one."""
    policy = policy or books().policies.policy(region)
    filing = books().filing_rules(region)
    assert policy is not None
    assert filing is not None
    reader = reader or BundleReader(books().shared_texts())
    rules = RegionRules(region, books().policies, policy, filing, reader=reader)
    return NodePlan(insured(region), insured_role(rules), insured_records.SPECS)


def house_plan() -> NodePlan:
    """Return the plan of the clearing house's node."""
    return NodePlan(HOUSE, house_service.clearing_house_role(), house_service.SPECS)
