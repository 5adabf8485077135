"""``yidi explain SETTLEMENT``: a settlement's decision, step by step, from who decided it."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict

from adapters.files.region_files import RegionFiles
from adapters.wire.codec import MessageCodec
from clearing.benefits.policies import Library
from clearing.errors import Malformed, NotFound, YidiError
from clearing.geography import check_region
from protos.insured.v1 import insured_pb2
from services.cli import exit_codes
from services.cli.connection import Connection, connected, connection_to, describe
from services.cli.explanation_form import Form, hand_out
from services.cli.noted_rules import noted_rules
from services.explaining.as_json import page_data
from services.explaining.build import page_of
from services.explaining.page import Page
from services.explaining.reference import packaged_or
from services.explaining.settled import matter_of_settlement
from services.insured_region.answers import SettlementExplained
from services.network.network import Addresses

_NOWHERE = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked: the network of a data folder, or the process at ``insured``.

    Without ``region`` every insured region of the folder is asked; a process is asked for one.
    ``rules`` are those that it decides by, where they are not the packaged ones.
    """

    data: Path
    region: str = ""
    insured: str = ""
    rules: Path | None = None


def explain_command(settlement_id: str, asked: Asked, form: Form) -> int:
    """Explain a settlement."""
    try:
        if asked.region:
            check_region(asked.region, "--region")
        explained, decided_by = asyncio.run(_explained(settlement_id, asked))
        rules = asked.rules if asked.insured else noted_rules(asked.data)
        page = settlement_page(explained, decided_by, rules)
        hand_out([page], form, [as_dict(explained) | {"page": page_data(page)}], listed=False)
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        bad = isinstance(error, NotFound | Malformed) or error.code == "rules_folder"
        return exit_codes.BAD_INPUT if bad else exit_codes.UNREACHABLE
    return exit_codes.OK


def settlement_page(explained: Any, insured_region: str, rules: Path | None) -> Page:
    """Return the page about a settlement that an insured-region node explained."""
    codec = MessageCodec(SettlementExplained, insured_pb2.ExplainSettlementResponse)
    reference = packaged_or(rules, Library(RegionFiles(rules)))
    return page_of(matter_of_settlement(codec.decode(explained), insured_region), reference)


async def _explained(settlement_id: str, asked: Asked) -> tuple[Any, str]:
    if asked.insured:
        async with connection_to(Addresses("", asked.insured, "")) as connection:
            return await _explanation(connection, settlement_id, asked.region), asked.region
    async with connected(asked.data) as connection:
        return await find_explanation(connection, settlement_id, asked.region, asked.data)


async def _explanation(connection: Connection, settlement_id: str, region: str) -> Any:
    request = insured_pb2.ExplainSettlementRequest(
        insured_region=region, settlement_id=settlement_id
    )
    return await connection.insured.ExplainSettlement(request)


async def find_explanation(
    connection: Connection, settlement_id: str, region: str, data: Path
) -> tuple[Any, str]:
    """Return the explanation, and the insured region that decided the settlement."""
    regions = [region] if region else sorted(p.stem for p in (data / "insured").glob("*.sqlite3"))
    for candidate in regions:
        try:
            return await _explanation(connection, settlement_id, candidate), candidate
        except grpc.RpcError as error:
            if error.code() not in _NOWHERE:
                raise
    raise NotFound(
        "settlement_unknown",
        f"no insured region has settlement {settlement_id!r}",
        f"没有结算 {settlement_id!r}",
        field="SETTLEMENT",
    )


def as_dict(explained: Any) -> dict[str, Any]:
    """Return an explanation as JSON-like data, under the field names of the .proto."""
    return MessageToDict(
        explained,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
    )
