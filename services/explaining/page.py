"""A page that explains one decision: everything it says, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from clearing.money import Fen
from clearing.wording import Words

TITLE: Final = Words("医疗费用结算说明", "How this visit was settled")


@dataclass(frozen=True, slots=True)
class Banner:
    """What a reader must not overlook; ``kind`` is illustrative, refused, manual or undone."""

    kind: str
    title: Words
    sentences: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands behind it."""

    label: Words
    value: Words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an amount; ``kind`` is fund or personal, ``name`` its key for programs."""

    name: str
    kind: str
    label: Words
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class Line:
    """One step: the rule in a sentence, its figures, and where it is written.

    ``amount_fen`` is ``None`` where the step gives no amount of its own; ``running_is`` says
    what the running total counts.
    """

    number: int
    step: str
    table: str
    edition: str
    mark: str
    source: Words
    rule: Words
    inputs: Mapping[str, Any]
    amount_fen: Fen | None
    running_fen: Fen | None
    running_is: Words


@dataclass(frozen=True, slots=True)
class Accumulator:
    """An accumulator of the year; counts have no 分."""

    name: str
    label: Words
    before: int
    added: int
    is_money: bool

    @property
    def after(self) -> int:
        """How it stands after the visit."""
        return self.before + self.added


@dataclass(frozen=True, slots=True)
class Page:
    """One decision explained.

    ``cost`` are the parts of the total as the care region split it, ``payment`` who pays it;
    without an amount (manual) ``payment`` is empty.
    """

    title: Words
    settlement_id: str
    outcome: str
    code: str
    banners: tuple[Banner, ...]
    facts: tuple[Fact, ...]
    total_fen: Fen
    fund_fen: Fen | None
    personal_fen: Fen | None
    cost: tuple[Part, ...]
    payment: tuple[Part, ...]
    notes: tuple[Words, ...]
    lines: tuple[Line, ...]
    benefit_year: int
    accumulators: tuple[Accumulator, ...]
    flags: tuple[Fact, ...]
    documents: tuple[Fact, ...]
    bundle_hash: str
