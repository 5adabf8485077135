"""Decisions as columns: what the batch kernel answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim import Decision, Fund, Outcome
from clearing.benefits.evaluators.columns import Amounts, Days
from clearing.benefits.steps.op import Period

Account = tuple[str, Period]
"""An accumulator before its day or month is put behind its name: ``("inpatient/fees", "year")``."""

OUTCOMES: Final = tuple(Outcome)
"""What ``DecisionColumns.outcome`` numbers."""


@dataclass(frozen=True, slots=True)
class DecisionColumns:
    """Decisions as columns, in the order of the claims; amounts ``int64`` 分.

    * ``outcome`` numbers ``OUTCOMES``; ``code`` numbers ``codes`` (``None`` where paid) and
      ``flag`` numbers ``flag_sets``.
    * ``cell`` numbers the cells that decided; ``accounts[cell]`` names that cell's accumulators.
    * ``by_fund`` has a column for each fund that some claim may draw, 0 where it draws nothing.
    * ``added_fen[k]`` is what a claim adds to the k-th accumulator of its cell (for the count of
      admissions: how many); ``additions_of`` gathers one accumulator over all cells.
    * ``recoverable_fen`` and ``quota_fen`` are as in a ``Decision``, ``None`` for all 0.
    * ``day`` is the day that chose edition and benefit year.
    """

    outcome: NDArray[np.int8]
    code: NDArray[np.int16]
    codes: tuple[str | None, ...]
    flag: NDArray[np.int16]
    flag_sets: tuple[tuple[str, ...], ...]
    cell: NDArray[np.int32]
    accounts: tuple[tuple[Account, ...], ...]
    by_fund: Mapping[Fund, Amounts]
    deductible_fen: Amounts
    account_limit_fen: Amounts
    day: Days
    added_fen: tuple[Amounts, ...]
    bundle_hash: str
    recoverable_fen: Amounts | None = None
    quota_fen: Amounts | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def fund_fen(self) -> Amounts:
        """What all funds pay together, for each claim."""
        total: Amounts = np.zeros(len(self), np.int64)
        for paid in self.by_fund.values():
            total += paid
        return total

    @property
    def benefit_year(self) -> NDArray[np.int64]:
        """The year whose accumulators each claim draws on."""
        years: NDArray[np.int64] = self.day.astype("datetime64[Y]").astype(np.int64) + 1970
        return years

    def additions_of(self, account: Account) -> Amounts:
        """Return what every claim adds to one accumulator."""
        total: Amounts = np.zeros(len(self), np.int64)
        for place, added in enumerate(self.added_fen):
            has = [len(names) > place and names[place] == account for names in self.accounts]
            total += np.where(np.array(has, bool)[self.cell], added, 0)
        return total

    def decision(self, row: int) -> Decision:
        """Return one decision, as the interpreter gives it without explanation."""
        day = self.day[row].item()
        additions: dict[str, int] = {}
        for (prefix, per), column in zip(
            self.accounts[self.cell[row]], self.added_fen, strict=False
        ):
            if column[row]:
                name = period_name(prefix, per, day)
                additions[name] = additions.get(name, 0) + int(column[row])
        return Decision(
            OUTCOMES[self.outcome[row]],
            self.codes[self.code[row]],
            self.flag_sets[self.flag[row]],
            {fund: int(paid[row]) for fund, paid in self.by_fund.items() if paid[row]},
            int(self.deductible_fen[row]),
            int(self.account_limit_fen[row]),
            day.year,
            additions,
            self.bundle_hash,
            recoverable_fen=0 if self.recoverable_fen is None else int(self.recoverable_fen[row]),
            quota_fen=0 if self.quota_fen is None else int(self.quota_fen[row]),
        )


def period_name(prefix: str, per: Period, day: Any) -> str:
    """Return an accumulator's name: a day's or a month's carries it at the end."""
    if per == "year":
        return prefix
    text: str = day.isoformat()
    return f"{prefix}/{text[:7] if per == 'month' else text}"
