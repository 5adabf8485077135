"""``yidi verify``: recompute the books of every node of a data folder from the first entry.

Each database is looked at by itself, whether or not its node runs. The first thing that is
wrong is named, and the exit code is 1.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from adapters.db.store import SqlStore
from clearing.errors import NotFound, YidiError
from clearing.journal import JournalLine
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Key, TableSpec, UnitOfWork
from clearing.ports import Table as Rows
from services.care_region import records as care_records
from services.care_region.verifying import verify_care
from services.clearing_house import role as house_role
from services.clearing_house.verifying import verify_house
from services.cli import exit_codes
from services.cli.connection import describe
from services.cli.node_databases import Databases, files_of, schemas_of
from services.insured_region import records as insured_records
from services.insured_region.verifying import told_heads, verify_insured
from services.node.records import HeldKey, LetterState, ParkedRecord
from services.node.scanning import PAGE, every

_UNREADABLE = (
    YidiError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    SQLAlchemyError,
)
"""What a row that nobody here wrote raises when it is read or recomputed."""


@dataclass(frozen=True, slots=True)
class NodeChecked:
    """What was recomputed for a node: how many entries, and the first that is wrong.

    ``parked`` counts messages that wait for a person, ``parked_codes`` those that failed, by
    reason; they make no book unsound.
    """

    node: str
    entries: int
    first_fault: str
    parked: int = 0
    parked_codes: dict[str, int] = field(default_factory=dict)


def verify_command(data: Path, as_json: bool) -> int:
    """Verify every node of the folder, print what was found, return the exit code."""
    return _verify(files_of(data), as_json, str(data))


def verify_server_command(url: str, schema_prefix: str, as_json: bool) -> int:
    """Verify every node of a database server, whether or not its processes run."""
    try:
        return _verify(schemas_of(url, schema_prefix), as_json, "the database server")
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        return exit_codes.UNREACHABLE


def _verify(data: Databases, as_json: bool, where: str) -> int:
    if HOUSE not in data:
        missing = NotFound("data_missing", f"{where} holds no network", f"{where} 中没有数据")
        print(describe(missing), file=sys.stderr)
        return exit_codes.BAD_INPUT
    checked: list[NodeChecked] = []
    told: dict[int, str] = {}
    for address in data:
        if address.role is not Role.HOUSE:
            node, heads = _region(address, data)
            checked.append(node)
            told.update(heads)
    checked.append(_house(data, told))
    sound = not any(node.first_fault for node in checked)
    if as_json:
        print(json.dumps({"sound": sound, "nodes": [asdict(node) for node in checked]}, indent=2))
    else:
        _show(checked)
    return exit_codes.OK if sound else exit_codes.DIFFERENCE


def _region(address: Address, data: Databases) -> tuple[NodeChecked, Mapping[int, str]]:
    """Verify a region's node; an insured region also says which heads it was told."""
    care = address.role is Role.CARE
    specs = care_records.SPECS if care else insured_records.SPECS
    heads: Mapping[int, str] = {}
    try:
        with _reading(address, data, specs) as unit:
            verify = verify_care if care else verify_insured
            entries, fault = verify(unit, address.region)
            parked, codes, held_fault = _parked(unit)
            if not care:
                heads = told_heads(unit)
    except _UNREADABLE as error:
        return NodeChecked(str(address), 0, _damage(address, data, specs, error)), heads
    return NodeChecked(str(address), entries, fault or held_fault, parked, codes), heads


def _house(data: Databases, told: Mapping[int, str]) -> NodeChecked:
    try:
        with _reading(HOUSE, data, house_role.SPECS) as unit:
            found = verify_house(unit)
            fault = found.first_fault or _head_fault(unit, told)
            parked, codes, held_fault = _parked(unit)
    except _UNREADABLE as error:
        return NodeChecked(str(HOUSE), 0, _damage(HOUSE, data, house_role.SPECS, error))
    return NodeChecked(str(HOUSE), found.lines, fault or held_fault, parked, codes)


def _parked(unit: UnitOfWork) -> tuple[int, dict[str, int], str]:
    """Count the messages that wait for a person, and those that failed by code.

    The third is what is wrong with the count of a key that they hold, ``""`` when nothing.
    """
    codes: Counter[str] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    for row in every(unit, ParkedRecord, ("topic", "partition", "offset")):
        if row.state in (LetterState.PARKED, LetterState.BEHIND):
            held[row.topic, row.key] += 1
        if row.state is LetterState.PARKED:
            codes[row.code] += 1
    kept = {(row.topic, row.key): row.unresolved for row in every(unit, HeldKey, ("topic", "key"))}
    wrong = sorted(key for key in held.keys() | kept.keys() if held[key] != kept.get(key, 0))
    fault = ""
    if wrong:
        topic, key = wrong[0]
        fault = f"held key {key} of {topic}: it does not count what is parked"
    return held.total(), dict(sorted(codes.items())), fault


def _damage(address: Address, data: Databases, specs: Sequence[TableSpec], cause: Exception) -> str:
    """Name the table, and the row where there is one, that cannot be read."""
    try:
        with _reading(address, data, specs) as unit:
            for spec in specs:
                found = _unreadable_row(unit, spec)
                if found:
                    return found
    except _UNREADABLE as error:
        return f"the database cannot be read: {_line(error)}"
    return f"a row cannot be recomputed: {_line(cause)}"


def _unreadable_row(unit: UnitOfWork, spec: TableSpec) -> str:
    """Read a table a page at a time, and the page that fails a row at a time."""
    table: Rows[Any] = unit.table(spec.record)
    after: Key | None = None
    limit = PAGE
    while True:
        try:
            page = table.scan(after, limit)
        except _UNREADABLE as error:
            if limit == 1:
                where = "the first row" if after is None else f"the row after {_key(after)}"
                return f"{spec.table}: {where} cannot be read: {_line(error)}"
            limit = 1
            continue
        if not page:
            return ""
        after = tuple(getattr(page[-1], name) for name in spec.key)


def _key(key: Key) -> str:
    return "/".join(str(part) for part in key)


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _head_fault(unit: UnitOfWork, told: Mapping[int, str]) -> str:
    """Compare the journal with the heads that the regions were told, oldest first."""
    journal = unit.table(JournalLine)
    for sequence in sorted(told):
        line = journal.get(sequence)
        if line is None or line.hash != told[sequence]:
            return f"journal line {sequence} is not the one whose hash the regions were told"
    return ""


@contextmanager
def _reading(address: Address, data: Databases, specs: Sequence[TableSpec]) -> Iterator[UnitOfWork]:
    store = SqlStore(data[address], specs)
    try:
        unit = store.begin()
        yield unit
        unit.rollback()
    finally:
        store.close()


def _show(checked: list[NodeChecked]) -> None:
    table = Table(title="recomputed from the first entry / 自首笔重算")
    table.add_column("node")
    table.add_column("entries", justify="right")
    table.add_column("parked / 搁置", justify="right")
    table.add_column("first fault / 首个差错")
    for node in checked:
        if node.entries or node.first_fault or node.parked:
            fault = node.first_fault or "none / 无"
            table.add_row(node.node, f"{node.entries:,}", f"{node.parked:,}", fault)
    Console(markup=False).print(table)
    parked = sum(node.parked for node in checked)
    if parked:
        print(f"{parked:,} parked messages wait for a person / {parked:,} 条搁置消息待人工处理")
        for node in checked:
            codes = ", ".join(f"{count:,} {code}" for code, count in node.parked_codes.items())
            if codes:
                print(f"  {node.node}: {codes} (yidi dead-letters list {node.node})")
