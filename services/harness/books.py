"""The books of the sequential pass: plain sums, kept one after the other."""

from __future__ import annotations

from collections.abc import Mapping

from clearing.benefits.claim import Fund, Scheme
from clearing.calendar import Instant, civil_date, month_of
from clearing.geography import is_home
from clearing.money import Fen
from services.harness.corpus import AccountKey, Balances, PositionKey, YearKey


class Books:
    """Positions, accumulators and accounts; what comes back to nothing is as if never there."""

    def __init__(self) -> None:
        self._positions: dict[PositionKey, list[int]] = {}
        self._accumulators: dict[YearKey, dict[str, int]] = {}
        self._accounts: dict[AccountKey, Fen] = {}

    def open_account(self, account: AccountKey, balance_fen: Fen) -> None:
        """Take an account with its balance."""
        self._accounts[account] = balance_fen

    def accumulators(self, year: YearKey) -> Mapping[str, int]:
        """Return a member's accumulators of a benefit year."""
        return self._accumulators.get(year, {})

    def accumulate(self, year: YearKey, additions: Mapping[str, int], sign: int) -> None:
        """Add what a settlement adds, or take it off again."""
        values = self._accumulators.setdefault(year, {})
        for name, amount in additions.items():
            values[name] = values.get(name, 0) + sign * amount
            if not values[name]:
                del values[name]
        if not values:
            del self._accumulators[year]

    def draw(self, account: AccountKey, limit_fen: Fen) -> Fen:
        """Draw what is there up to the limit, and return how much that was."""
        amount_fen = min(limit_fen, self._accounts.get(account, 0))
        if amount_fen:
            self._accounts[account] -= amount_fen
        return amount_fen

    def give_back(self, account: AccountKey, amount_fen: Fen) -> None:
        """Put back what was drawn."""
        self._accounts[account] += amount_fen

    def post(
        self,
        payer_region: str,
        care_region: str,
        scheme: Scheme,
        clearing_type: str,
        by_fund: Mapping[Fund, Fen],
        at: Instant,
    ) -> None:
        """Enter who owes whom, one line a fund; care inside one pooling area isn't cleared."""
        if is_home(payer_region, care_region):
            return
        period = month_of(civil_date(at))
        for fund, amount_fen in by_fund.items():
            if amount_fen:
                key = PositionKey(payer_region, care_region, scheme, clearing_type, fund, period)
                position = self._positions.setdefault(key, [0, 0])
                position[0] += amount_fen
                position[1] += 1

    def balances(self) -> Balances:
        """Return everything as it stands."""
        return Balances(
            {key: (amount, lines) for key, (amount, lines) in self._positions.items()},
            {year: dict(values) for year, values in self._accumulators.items()},
            dict(self._accounts),
        )
