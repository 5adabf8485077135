"""``yidi rules backtest``: what an overlay would change for a set of claims.

Exit codes: 0 done, 2 an overlay, a claim set or rules that can't be read. A what-if may break
the bounds that published rules keep to; it is told in the result, loudly, and is no error.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from adapters.files.claim_files import read_claim_set
from adapters.files.corpus_files import write_text
from adapters.files.region_files import RegionFiles
from adapters.files.rule_books import RuleBooks
from clearing.benefits.check.files import BOUNDS
from clearing.benefits.claim_set import ClaimSet
from clearing.benefits.overlay.overlay import Overlay, overlay_of
from clearing.benefits.policies import Library
from clearing.errors import Malformed, RuleError, YidiError
from services.backtest.backtest import backtest
from services.backtest.checking import what_if_findings
from services.backtest.page import page_of
from services.backtest.report import report_of
from services.backtest.told import show
from services.cli import exit_codes, failures
from services.cli.json_document import print_json
from services.harness.claims import claims_of
from services.harness.folder import CorpusFolder

_WIDTH = 160


@dataclass(frozen=True, slots=True)
class BacktestOptions:
    """What to compare and where to write it."""

    overlay: Path
    claims: Path
    rules: Path | None = None
    report: Path | None = None
    as_json: bool = False
    largest: int = 10


def backtest_command(options: BacktestOptions) -> int:
    """Run a backtest, print and write its result, return the exit code."""
    began_at = time.perf_counter()
    findings: tuple[str, ...] = ()
    try:
        files = RegionFiles(options.rules)
        overlay = _overlay(options.overlay)
        before, after = Library(files), overlay.policies(files)
        claims = _claims(options.claims, options.rules, before)
        findings = what_if_findings(before, after, files.text(BOUNDS))
        result = backtest(
            overlay.content.what_if,
            before,
            after,
            claims,
            largest=options.largest,
            findings=findings,
        )
        if options.report is not None:
            write_text(options.report, page_of(result))
    except RuleError as error:
        # Rules that contradict themselves are found before any claim meets them.
        for line in (*findings, f"error: {error.message_en}"):
            print(line, file=sys.stderr)
        return exit_codes.BAD_INPUT
    except YidiError as error:
        return failures.say(error)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.BAD_INPUT
    if options.as_json:
        print_json(report_of(result))
    else:
        # A table in a file or a pipe isn't squeezed to the width of no terminal.
        show(report_of(result), Console(width=None if sys.stdout.isatty() else _WIDTH))
    took_s = time.perf_counter() - began_at
    if findings:
        print(
            f"the what-if doesn't pass yidi rules check: {len(findings)} findings", file=sys.stderr
        )
    told = f"{len(claims):,} claims under both rules in {took_s:.1f} s"
    print(told if options.report is None else f"{told}; {options.report}", file=sys.stderr)
    return exit_codes.OK


def claims_command(folder: Path, out: Path, rules: Path | None = None) -> int:
    """Write the claims of a corpus as a Parquet file, return the exit code."""
    from adapters.files.claim_files import write_claim_set

    try:
        claims = claims_of(CorpusFolder(folder), RuleBooks(rules))
        write_claim_set(out, claims)
    except RuleError as error:
        print(f"error: {error.message_en}", file=sys.stderr)
        return exit_codes.BAD_INPUT
    except YidiError as error:
        return failures.say(error)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.BAD_INPUT
    print(f"{out}: {len(claims)} claims of {folder}")
    return exit_codes.OK


def _overlay(path: Path) -> Overlay:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(
            "overlay_unreadable", f"{path}: {error}", f"无法读取 {path}", field="--overlay"
        ) from error
    return overlay_of(text, str(path))


def _claims(path: Path, rules: Path | None, library: Library) -> ClaimSet:
    if path.is_dir():
        return claims_of(CorpusFolder(path), RuleBooks(rules))
    return read_claim_set(path, library.categories)
