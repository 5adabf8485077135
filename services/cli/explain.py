"""``yidi explain SETTLEMENT``: a settlement's decision, step by step, from who decided it."""

from __future__ import annotations

import asyncio
import sys
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
from services.cli.connection import Connection, connected, describe
from services.cli.explanation_form import Form, hand_out
from services.cli.noted_rules import noted_rules
from services.explaining.as_json import page_data
from services.explaining.build import page_of
from services.explaining.page import Page
from services.explaining.reference import packaged_or
from services.explaining.settled import matter_of_settlement
from services.insured_region.answers import SettlementExplained

_NOWHERE = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAVAILABLE)


def explain_command(settlement_id: str, data: Path, region: str, form: Form) -> int:
    """Explain a settlement; without ``region`` every insured region is asked for it."""
    try:
        if region:
            check_region(region, "--region")
        explained, decided_by = asyncio.run(_explained(settlement_id, data, region))
        page = settlement_page(explained, decided_by, noted_rules(data))
        hand_out([page], form, [as_dict(explained) | {"page": page_data(page)}], listed=False)
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        bad = isinstance(error, NotFound | Malformed)
        return exit_codes.BAD_INPUT if bad else exit_codes.UNREACHABLE
    return exit_codes.OK


def settlement_page(explained: Any, insured_region: str, rules: Path | None) -> Page:
    """Return the page about a settlement that an insured-region node explained."""
    codec = MessageCodec(SettlementExplained, insured_pb2.ExplainSettlementResponse)
    reference = packaged_or(rules, Library(RegionFiles(rules)))
    return page_of(matter_of_settlement(codec.decode(explained), insured_region), reference)


async def _explained(settlement_id: str, data: Path, region: str) -> tuple[Any, str]:
    async with connected(data) as connection:
        return await find_explanation(connection, settlement_id, region, data)


async def find_explanation(
    connection: Connection, settlement_id: str, region: str, data: Path
) -> tuple[Any, str]:
    """Return the explanation, and the insured region that decided the settlement."""
    regions = [region] if region else sorted(p.stem for p in (data / "insured").glob("*.sqlite3"))
    for candidate in regions:
        request = insured_pb2.ExplainSettlementRequest(
            insured_region=candidate, settlement_id=settlement_id
        )
        try:
            return await connection.insured.ExplainSettlement(request), candidate
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
