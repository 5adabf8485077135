"""Accumulators and balances are the sums of what lives, after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from clearing.messages import Address
from clearing.settlement import SettlementState
from services.insured_region import records as at_insured
from services.simulator.oracles.watching import Change, Later
from services.simulator.violation import Violation
from services.simulator.world import World


class AdditionsWatch:
    """Watches a member's accumulators: Σ additions of live settlements and decided cases."""

    def __init__(self, world: World, later: Later) -> None:
        self._world = world
        self._later = later
        self._added: dict[tuple[Address, str, int], Counter[str]] = {}
        self.rules: Mapping[type, Change] = {
            at_insured.Settlement: self._settlement,
            at_insured.ManualCase: self._manual_case,
            at_insured.YearAccumulators: self._accumulators,
        }

    def forget(self, address: Address) -> None:
        """See ``Watcher``."""
        self._added = {key: added for key, added in self._added.items() if key[0] != address}

    def _settlement(self, address: Address, before: Any, after: Any) -> None:
        for record, sign in ((before, -1), (after, 1)):
            if record is not None and record.state is SettlementState.SETTLED:
                self._add(address, record, sign)

    def _manual_case(self, address: Address, before: Any, after: Any) -> None:
        for record, sign in ((before, -1), (after, 1)):
            if record is not None and record.state is at_insured.CaseState.DECIDED:
                self._add(address, record, sign)

    def _add(self, address: Address, record: Any, sign: int) -> None:
        key = address, record.member_id, record.benefit_year
        added = self._added.setdefault(key, Counter())
        for name, amount in record.additions.items():
            added[name] += sign * amount
        self._later("accumulators", *key, check=partial(self._are_the_sum, *key))

    def _accumulators(self, address: Address, _before: Any, after: Any) -> None:
        key = address, after.member_id, after.benefit_year
        self._later("accumulators", *key, check=partial(self._are_the_sum, *key))

    def _are_the_sum(self, address: Address, member_id: str, year: int) -> None:
        row = self._world.record(address, at_insured.YearAccumulators, member_id, year)
        added = self._added.get((address, member_id, year), Counter())
        expected = {name: amount for name, amount in added.items() if amount}
        kept = {} if row is None else dict(row.values)
        if kept != expected:
            raise Violation(
                "accumulators_wrong",
                f"{address}: {member_id} in {year} has {kept}, what lives added {expected}",
            )


class BalanceWatch:
    """Watches accounts: the balance is what was there at first without what was drawn."""

    def __init__(self, world: World, later: Later) -> None:
        self._world = world
        self._later = later
        self._drawn: Counter[tuple[Address, str]] = Counter()
        self.rules: Mapping[type, Change] = {
            at_insured.Debit: self._debit,
            at_insured.Account: self._account,
        }

    def forget(self, address: Address) -> None:
        """See ``Watcher``."""
        for key in [key for key in self._drawn if key[0] == address]:
            del self._drawn[key]

    def _debit(self, address: Address, before: Any, after: Any) -> None:
        for record, sign in ((before, -1), (after, 1)):
            if record is not None and record.state is at_insured.DebitState.DEBITED:
                self._drawn[address, record.account_id] += sign * record.amount_fen
        self._account(address, None, after)

    def _account(self, address: Address, before: Any, after: Any) -> None:
        if isinstance(before, at_insured.Account) and before.opening_fen != after.opening_fen:
            raise Violation("account_wrong", f"{address}: {before} becomes {after}")
        key = address, after.account_id
        self._later("account", *key, check=partial(self._balances, *key))

    def _balances(self, address: Address, account_id: str) -> None:
        account = self._world.record(address, at_insured.Account, account_id)
        if account is None:
            return
        drawn = self._drawn[address, account_id]
        if not account.balance_fen == account.opening_fen - drawn >= 0:
            raise Violation("account_wrong", f"{address}: {account}, and {drawn} was drawn")
