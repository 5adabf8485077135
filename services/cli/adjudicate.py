"""``yidi adjudicate FILE|-``: decide claims from JSON, without any node.

All or nothing: the first malformed claim ends the call with exit code 2, its field on stderr
and nothing on stdout. Ordinary answers (paid, refused, manual) are exit code 0.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from adapters.files.region_files import RegionFiles
from clearing.benefits.adjudicate import benefit_year
from clearing.benefits.claim import Claim, Decision, Explained, Outcome
from clearing.benefits.claim_input import Accumulators, read_claim
from clearing.benefits.library import Library
from clearing.errors import Malformed, YidiError
from clearing.money import format_yuan

EXIT_OK = 0
EXIT_RULES = 1
EXIT_MALFORMED = 2


def adjudicate_command(path: str, chain: bool, rules: Path | None = None) -> int:
    """Decide the claims of a file (``-`` is standard input), print results, return exit code.

    With ``chain`` an array is one member's history: each claim takes the accumulators that the
    one before returned. ``rules`` is a folder of region folders instead of the packaged one.
    """
    try:
        library = Library(RegionFiles(rules))
        data = _parse(_read(path))
        text = _text(_answer(library, data, chain))
    except Malformed as error:
        field = f" field {error.field}:" if error.field else ""
        print(f"error: {error.code}:{field} {error.message_en}", file=sys.stderr)
        return EXIT_MALFORMED
    except YidiError as error:
        print(f"error: {error.code}: {error.message_en}", file=sys.stderr)
        return EXIT_RULES
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8 whatever the terminal speaks
    print(text)
    return EXIT_OK


def _text(answer: Any) -> str:
    """Return the answer as JSON: one result for reading, an array with one result a line."""
    if isinstance(answer, list):
        lines = ",\n".join(json.dumps(result, ensure_ascii=False) for result in answer)
        return f"[\n{lines}\n]" if lines else "[]"
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _answer(library: Library, data: Any, chain: bool) -> Any:
    if not isinstance(data, list):
        claim, books = read_claim(data, library.categories)
        return _decide(library, claim, books)
    claims = [read_claim(item, library.categories, f"[{i}]") for i, item in enumerate(data)]
    results: list[dict[str, Any]] = []
    for claim, books in claims:
        before = results[-1]["accumulators"] if chain and results else books
        results.append(_decide(library, claim, before))
    return results


def _decide(library: Library, claim: Claim, books: Accumulators) -> dict[str, Any]:
    policy = library.policy(claim.insured_region)
    book = f"{claim.insured_region}/{benefit_year(policy, claim):04d}"
    before = books.get(book, {})
    decision = library.adjudicate(claim, before, explain=True)
    after = books
    if decision.additions:
        sums = {**before}
        for name, amount in decision.additions.items():
            sums[name] = sums.get(name, 0) + amount
        after = {**books, book: sums}
    return _result(decision, claim, after, policy is not None and policy.illustrative)


def _result(
    decision: Decision, claim: Claim, books: Accumulators, illustrative: bool
) -> dict[str, Any]:
    decided = decision.outcome is not Outcome.MANUAL

    def money(amount_fen: int) -> str | None:
        return format_yuan(amount_fen) if decided else None

    return {
        "outcome": decision.outcome.value,
        "code": decision.code,
        "flags": list(decision.flags),
        "fund": money(decision.fund_fen),
        "personal": money(claim.total_fen - decision.fund_fen),
        "deductible": money(decision.deductible_fen),
        "by_fund": {fund.value: format_yuan(a) for fund, a in decision.by_fund.items()},
        "account_limit": money(decision.account_limit_fen),
        "accumulators": books,
        "bundles": {"policy": decision.bundle_hash or None},
        "illustrative": illustrative,
        "explanation": [_step(step, decided) for step in decision.explanation],
    }


def _step(step: Explained, decided: bool) -> dict[str, Any]:
    return {
        "step": step.step,
        "table": step.table,
        "edition": step.edition,
        "source": step.source,
        "rule": f"{step.rule_zh} / {step.rule_en}",
        "inputs": dict(step.inputs),
        "amount": format_yuan(step.amount_fen) if decided else None,
        "running": format_yuan(step.running_fen) if decided else None,
    }


def _read(path: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return raw.decode("utf-8")
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise Malformed(
            "file_unreadable", f"{path}: {reason}", f"无法读取 {path}", field="document"
        ) from error
    except UnicodeDecodeError as error:
        raise Malformed(
            "not_utf8", f"{path} is not UTF-8", f"{path} 不是 UTF-8 文本", field="document"
        ) from error


def _parse(text: str) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        message = f"this is no JSON document: {str(error)[:200]}"
        raise Malformed("not_json", message, "不是有效的 JSON", field="document") from error
    _refuse_doubled(data, "")
    return data


class _Doubled(dict[str, Any]):
    """An object that gives a key twice; ``key`` is the first such."""

    key: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    doubled, names = _Doubled(fields), [name for name, _ in pairs]
    doubled.key = next(name for name in names if names.count(name) > 1)
    return doubled


def _refuse_doubled(data: Any, path: str) -> None:
    """Name the path of a key given twice, which only the parser sees."""
    if isinstance(data, _Doubled):
        where = f"{path}.{data.key}".lstrip(".")
        raise Malformed("duplicate_key", "the key is given twice", "字段重复", field=where)
    if isinstance(data, dict):
        for name, value in data.items():
            _refuse_doubled(value, f"{path}.{name}".lstrip("."))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            _refuse_doubled(value, f"{path}[{i}]")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
