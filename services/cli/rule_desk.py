"""What the commands about rule bundles share: calls of a region's desk, and how they fail."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict

from clearing.errors import Malformed, NotFound, Unavailable, YidiError
from clearing.geography import check_region
from protos.common.v1 import common_pb2
from services.cli import exit_codes
from services.cli.connection import Connection, connected, describe

DESK = "rules-desk"


def at_desk(data: Path, region: str, work: Callable[[Connection], Awaitable[int]]) -> int:
    """Do something at a region's desk; return the exit code, of a failure too."""

    async def reached() -> int:
        async with connected(data) as connection:
            return await work(connection)

    try:
        check_region(region, "REGION")
        return asyncio.run(reached())
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        if isinstance(error, Malformed | NotFound):
            return exit_codes.BAD_INPUT
        unreachable = isinstance(error, Unavailable) or error.code == "data_in_use"
        return exit_codes.UNREACHABLE if unreachable else exit_codes.DIFFERENCE


def header(region: str, what: str) -> Any:
    """Return the header of a call that is made once."""
    request_id = f"{what}.{secrets.token_hex(8)}"
    return common_pb2.RequestHeader(request_id=request_id, institution_id=DESK, region=region)


def as_dict(message: Any) -> dict[str, Any]:
    """Return a message as JSON-like data, under the field names of the .proto."""
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
