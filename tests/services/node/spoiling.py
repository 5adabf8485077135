"""Commits that fail each time for the sake of one command."""

from __future__ import annotations

from typing import Any

from tests.services.node.plain_node import Total

BAD = 10**12


def spoil(store: Any, error: Exception) -> None:
    """Let every commit fail that holds a total made with the bad amount."""
    begin = store.begin

    def spoilt() -> Any:
        unit = begin()
        commit = unit.commit

        def refuse() -> None:
            totals = unit.table(Total).scan(limit=1000)
            if any(row.total >= BAD for row in totals):
                unit.rollback()
                raise error
            commit()

        unit.commit = refuse
        return unit

    store.begin = spoilt
