"""The nodes of packaged regions, as the pump opens them."""

from __future__ import annotations

from functools import cache

from adapters.files.rule_books import RuleBooks
from clearing.benefits.policy import Policy
from clearing.messages import Address, Role
from services.care_region import records as care_records
from services.care_region.service import ENDPOINTS as CARE_ENDPOINTS
from services.care_region.service import care_role
from services.insured_region import records as insured_records
from services.insured_region.bundle_check import BundleReader
from services.insured_region.rules import RegionRules
from services.insured_region.service import ENDPOINTS as INSURED_ENDPOINTS
from services.insured_region.service import insured_role
from services.network.network import CARE_SERVICE, INSURED_SERVICE
from services.node.endpoints import EndpointAnswers, bind
from tests.network_pump import NodePlan


@cache
def books() -> RuleBooks:
    """The packaged rules, read once for all tests."""
    return RuleBooks()


@cache
def answers() -> EndpointAnswers:
    return EndpointAnswers(
        [
            *bind(Role.CARE, CARE_SERVICE, CARE_ENDPOINTS),
            *bind(Role.INSURED, INSURED_SERVICE, INSURED_ENDPOINTS),
        ]
    )


def care(region: str) -> Address:
    return Address(Role.CARE, region)


def insured(region: str) -> Address:
    return Address(Role.INSURED, region)


def care_plan(region: str) -> NodePlan:
    catalogue = books().catalogue(region)
    assert catalogue is not None
    return NodePlan(care(region), care_role(catalogue, answers().decode), care_records.SPECS)


def insured_plan(
    region: str, reader: BundleReader | None = None, policy: Policy | None = None
) -> NodePlan:
    policy = policy or books().policies.policy(region)
    filing = books().filing_rules(region)
    assert policy is not None
    assert filing is not None
    reader = reader or BundleReader(books().shared_texts())
    rules = RegionRules(region, books().policies, policy, filing, reader=reader)
    return NodePlan(insured(region), insured_role(rules), insured_records.SPECS)
