"""A page as JSON-like data: both languages, amounts in yuan as text."""

from __future__ import annotations

from typing import Any

from clearing.money import format_yuan
from clearing.wording import Words
from services.explaining.page import Accumulator, Fact, Line, Page, Part


def page_data(page: Page) -> dict[str, Any]:
    """Return everything a page says; amounts that don't exist are ``None``."""
    return {
        "title": _words(page.title),
        "settlement_id": page.settlement_id or None,
        "outcome": page.outcome,
        "code": page.code or None,
        "banners": [
            {
                "kind": banner.kind,
                "title": _words(banner.title),
                "sentences": [_words(sentence) for sentence in banner.sentences],
            }
            for banner in page.banners
        ],
        "facts": [_fact(fact) for fact in page.facts],
        "total": format_yuan(page.total_fen),
        "fund": _money(page.fund_fen),
        "personal": _money(page.personal_fen),
        "cost": [_part(part) for part in page.cost],
        "payment": [_part(part) for part in page.payment],
        "notes": [_words(note) for note in page.notes],
        "steps": [_line(line) for line in page.lines],
        "benefit_year": page.benefit_year,
        "accumulators": [_accumulator(item) for item in page.accumulators],
        "flags": [_fact(flag) for flag in page.flags],
        "documents": [_fact(document) for document in page.documents],
        "bundles": {"policy": page.bundle_hash or None},
    }


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _money(amount_fen: int | None) -> str | None:
    return None if amount_fen is None else format_yuan(amount_fen)


def _fact(fact: Fact) -> dict[str, Any]:
    return {"label": _words(fact.label), "value": _words(fact.value)}


def _part(part: Part) -> dict[str, Any]:
    amount = format_yuan(part.amount_fen)
    return {"name": part.name, "kind": part.kind, "label": _words(part.label), "amount": amount}


def _line(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "step": line.step,
        "table": line.table or None,
        "edition": line.edition or None,
        "source": line.mark or None,
        "document": _words(line.source),
        "rule": _words(line.rule),
        "inputs": dict(line.inputs),
        "amount": _money(line.amount_fen),
        "running": _money(line.running_fen),
        "running_is": _words(line.running_is) if line.running_fen is not None else None,
    }


def _accumulator(item: Accumulator) -> dict[str, Any]:
    write = format_yuan if item.is_money else str
    return {
        "name": item.name,
        "label": _words(item.label),
        "before": write(item.before),
        "added": write(item.added),
        "after": write(item.after),
    }
