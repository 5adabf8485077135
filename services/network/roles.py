"""What the nodes of each role are made of: handlers, tables, services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.files.rule_books import RuleBooks
from adapters.wire.envelopes import encode_envelope
from clearing.calendar import Instant
from clearing.catalogue import Catalogue
from clearing.errors import Malformed, RuleError
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Clock, Ids, Store, TableSpec
from protos.care.v1 import care_pb2
from protos.insured.v1 import insured_pb2
from services.care_region import records as care_records
from services.care_region import service as care_service
from services.care_region.queries import Queries
from services.care_region.region_load import MAX_WAITING
from services.clearing_house import role as house_service
from services.insured_region import records as insured_records
from services.insured_region import service as insured_service
from services.insured_region.bundle_check import BundleReader
from services.insured_region.reading_ahead import read_ahead
from services.insured_region.rules import RegionRules
from services.network.directory import GrpcDirectory
from services.node.desk_service import desk_endpoints
from services.node.endpoints import BoundEndpoint, EndpointAnswers, bind
from services.node.limits import ParkingLimits
from services.node.machine import NodeMachine
from services.node.machine import Role as NodeRole
from services.node.rpc import Composed

CARE_SERVICE = care_pb2.DESCRIPTOR.services_by_name["CareRegionService"]
INSURED_SERVICE = insured_pb2.DESCRIPTOR.services_by_name["InsuredRegionService"]
SERVICES = {
    Role.CARE: CARE_SERVICE,
    Role.INSURED: INSURED_SERVICE,
    Role.HOUSE: house_service.SERVICE,
}

SPECS: Mapping[Role, tuple[TableSpec, ...]] = {
    Role.CARE: care_records.SPECS,
    Role.INSURED: insured_records.SPECS,
    Role.HOUSE: house_service.SPECS,
}
"""Every table of a node's database, by its role."""


class Roles:
    """Makes the nodes that some rules give regions for."""

    def __init__(self, rules: Path | None, *, max_waiting: int = MAX_WAITING) -> None:
        """``rules`` is a folder of region folders instead of the packaged one.

        ``max_waiting`` is how many settle requests a care region lets wait for one insured region.
        Raises ``RuleDataError`` when rule files have defects.
        """
        self.books = RuleBooks(rules)
        self._max_waiting = max_waiting
        self._reader = BundleReader(self.books.shared_texts())
        self.endpoints: Mapping[Role, list[BoundEndpoint]] = {
            Role.CARE: bind(Role.CARE, SERVICES[Role.CARE], care_service.ENDPOINTS),
            Role.INSURED: bind(Role.INSURED, SERVICES[Role.INSURED], insured_service.ENDPOINTS),
            Role.HOUSE: house_service.endpoints(),
        }
        self.answers = EndpointAnswers(
            [
                *(bound for endpoints in self.endpoints.values() for bound in endpoints),
                *desk_endpoints(Role.HOUSE),  # the desk's messages are those of every role
            ]
        )

    def addresses(self, role: Role, regions: Sequence[str] | None = None) -> list[Address]:
        """Return the nodes of a role, of the regions given or all there are rules for.

        Raises ``Malformed`` (``region_without_rules``) for a region that has no such node.
        """
        if role is Role.HOUSE:
            return [HOUSE]
        known = self.books.care_regions() if role is Role.CARE else self.books.insured_regions()
        for region in regions or ():
            if region not in known:
                raise Malformed(
                    "region_without_rules",
                    f"there are no rules for {region} as {role} region",
                    f"没有地区 {region} 的规则",
                    field="regions",
                )
        return [Address(role, region) for region in (known if regions is None else regions)]

    def region_nodes(self) -> list[Address]:
        """Return every region's node of the network; a region may play one role or both."""
        return [node for role in (Role.CARE, Role.INSURED) for node in self.addresses(role)]

    def machine(
        self,
        address: Address,
        store: Store,
        clock: Clock,
        ids: Ids,
        *,
        replaying: bool,
        parking: ParkingLimits | None = None,
        kind: type[NodeMachine] = NodeMachine,
        process: str = "1",
    ) -> NodeMachine:
        """Return a node over its store. Raises ``RuleError`` for a region without rules."""
        return kind(
            address,
            self._role(address),
            store,
            clock,
            ids,
            self.answers,
            encode_envelope,
            replaying=replaying,
            unhurried=replaying,
            limits=parking,
            process=process,
        )

    def composed(
        self,
        role: Role,
        directory: GrpcDirectory,
        now: Callable[[], Instant],
        hosts: Callable[[Address], bool],
        open_house: Callable[[], Store],
    ) -> Mapping[str, Composed]:
        """Return the methods of a role's service that ask other nodes or other threads."""
        if role is Role.CARE:
            queries = Queries(directory, now, hosts)
            return {"LookUpMember": queries.look_up_member, "Quote": queries.quote}
        if role is Role.INSURED:
            return read_ahead(self._reader)
        return house_service.composed(directory, open_house)

    def _role(self, address: Address) -> NodeRole:
        if address.role is Role.HOUSE:
            return house_service.clearing_house_role()
        if address.role is Role.CARE:
            catalogue: Any = self.books.catalogue(address.region)
            if not isinstance(catalogue, Catalogue):
                raise _region_missing(address.region)
            known = frozenset(self.books.insured_regions())
            return care_service.care_role(
                catalogue, self.answers.decode, known, max_waiting=self._max_waiting
            )
        return insured_service.insured_role(self._region_rules(address.region))

    def _region_rules(self, region: str) -> RegionRules:
        policy = self.books.policies.policy(region)
        filing = self.books.filing_rules(region)
        if policy is None or filing is None:
            raise _region_missing(region)
        return RegionRules(region, self.books.policies, policy, filing, reader=self._reader)


def _region_missing(region: str) -> RuleError:
    return RuleError("region_missing", f"region {region} has no rules", f"地区 {region} 没有规则")
