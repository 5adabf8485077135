"""The report of a replay: final states, amounts and balances, and nothing that was minted.

The same corpus gives the same bytes, however often and in whatever order it was replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from adapters.files.corpus_files import dump_line, write_text
from services.harness.corpus import Balances, VisitResult
from services.harness.result_notation import balance_lines, visit_result_json

_SINGULAR = {"positions": "position", "accumulators": "accumulators", "accounts": "account"}


def report_line(result: VisitResult) -> str:
    """Write one visit's line."""
    return dump_line(visit_result_json(result))


def report_lines(visits: Iterable[tuple[str, str]], balances: Balances) -> Iterator[str]:
    """Return the lines, visits (given as key and line) sorted by key and then the balances."""
    for _, line in sorted(visits):
        yield line
    for name, data in balance_lines(balances):
        yield dump_line({"kind": _SINGULAR[name], **data})


def write_report(path: Path, visits: Iterable[tuple[str, str]], balances: Balances) -> None:
    """Write the report, complete or not at all."""
    write_text(path, "".join(line + "\n" for line in report_lines(visits, balances)))
