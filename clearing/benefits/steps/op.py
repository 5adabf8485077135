"""The machine that steps run on: registers, operations and what a bound step consists of.

A step of the rule data is *bound* once for each combination of discrete keys (a cell): its
tables become constants, its accumulators become slots. What remains is a list of operations,
each one function of ``arithmetic`` that reads registers, accumulators and constants and writes
one register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from clearing.benefits.claim import Explained, Fund

TOTAL: Final = 0
IN_SCOPE: Final = 1
COUNTED: Final = 2
RUNNING_U: Final = 3
DEDUCTIBLE: Final = 4
ACCOUNT_LIMIT: Final = 5
PAYING_FUNDS: Final = tuple(fund for fund in Fund if fund is not Fund.PERSONAL_ACCOUNT)
"""The funds that a decision may draw on; the personal account is none of them."""

FUND_SLOTS: Final[Mapping[Fund, int]] = {fund: 6 + i for i, fund in enumerate(PAYING_FUNDS)}
COMPENSATION: Final = 6 + len(PAYING_FUNDS)
CAP_INCREASE: Final = COMPENSATION + 1
RECOVERABLE: Final = COMPENSATION + 2
FIRST_FREE_SLOT: Final = COMPENSATION + 3
"""Registers: total, in-scope and counted cost, running figure in units, deductible used,
limit of the personal account, one for each fund, a third party's compensation, what enrolment
adds to the big-illness cap, what the funds have to recover; steps may ask for more."""

INPUT_REGISTERS: Final[Mapping[int, str]] = {
    TOTAL: "total_fen",
    IN_SCOPE: "in_scope_fen",
    COMPENSATION: "third_party_compensation_fen",
    CAP_INCREASE: "cap_increase_fen",
}
"""Registers that start with an amount of the claim, each with the claim's name for it. Before
the first operation COUNTED starts as IN_SCOPE and RUNNING_U as IN_SCOPE in units, all others
at 0."""

Period = Literal["visit", "day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Op:
    """``registers[write] = arithmetic(*registers, *accumulators, *constants)``."""

    arithmetic: Callable[..., int]
    reads: tuple[int, ...]
    accounts: tuple[int, ...]
    constants: tuple[int, ...]
    write: int


@dataclass(frozen=True, slots=True)
class Band:
    """One band of an axis: above ``from_fen`` up to and including ``to_fen``."""

    from_fen: int
    to_fen: int
    ratio_bp: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What a table says for a cell, and where it says so. ``value`` is 分 or basis points."""

    table: str
    edition: str
    source: str
    zh: str
    en: str
    value: int
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """Registers before and after a step, and the accumulators as they stood."""

    before: Sequence[int]
    after: Sequence[int]
    used: Sequence[int]


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step with everything discrete decided.

    ``adds`` are (account slot, register): what the claim adds to which accumulator.
    ``explain`` words the step; it is called only when somebody wants to read it.
    """

    ops: tuple[Op, ...]
    adds: tuple[tuple[int, int], ...]
    explain: Callable[[Trace], tuple[Explained, ...]]


class Scope(Protocol):
    """What a step may ask for while it is bound."""

    @property
    def edition(self) -> str:
        """Date from which the region's rules for this scheme hold."""

    def lookup(self, table: str) -> Looked:
        """Return the table's row for this cell, or leave the binding undecided."""

    def account(self, template: str, per: Period) -> int:
        """Return the slot of an accumulator; ``{key}`` in its name is filled in."""

    def slot(self) -> int:
        """Return a register that no other step uses."""
