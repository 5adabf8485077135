"""What ``yidi topics acls`` does."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict

from clearing.errors import Malformed
from clearing.messages import HOUSE, Address, Role
from services.cli import exit_codes
from services.cli.failures import say
from services.cli.topics import Wanted
from services.network.topic_rights import (
    Statement,
    group_statement,
    operator_statements,
    rights_of,
    statements,
)


def acls_command(
    wanted: Wanted,
    role: str,
    regions: Collection[str],
    principal: str,
    operator: str,
    *,
    as_json: bool,
) -> int:
    """Print every right, or those of one role or of some regions."""
    for defect in wanted.defects:
        say(defect)
    if wanted.defects:
        return exit_codes.BAD_INPUT
    found = list(_statements(wanted, role, regions, principal))
    if not found:
        return say(
            Malformed(
                "node_unknown",
                "there is no node of this role and these regions",
                "没有该角色及地区的节点",
                field="region",
            )
        )
    if operator and not role and not regions:
        found += operator_statements(operator, wanted.broker.prefix)
    if as_json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False))
    else:
        for each in found:
            print(f"kafka-acls --bootstrap-server {wanted.broker.bootstrap} {each.as_options()}")
    return exit_codes.OK


def _statements(
    wanted: Wanted, role: str, regions: Collection[str], principal: str
) -> Iterator[Statement]:
    """Yield what each node needs, and the groups of processes that host all nodes of a user."""
    books = wanted.books()
    care, insured = books.care_regions(), books.insured_regions()
    nodes = [Address(Role.CARE, region) for region in care]
    nodes += [Address(Role.INSURED, region) for region in insured]
    together: dict[tuple[str, Role], list[Address]] = {}
    for node in [*nodes, HOUSE]:
        if role in ("", node.role) and (not regions or node.region in regions):
            name = principal.format(role=node.role, region=node.region)
            together.setdefault((name, node.role), []).append(node)
            yield from statements(rights_of(node, care, insured), name, wanted.broker.prefix)
    for (name, _), hosted in together.items():
        if len(hosted) > 1:
            yield group_statement(hosted, name, wanted.broker.prefix)
