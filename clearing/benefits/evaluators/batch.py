"""The batch kernel: decide columns of claims with NumPy, by the interpreter's own formulas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.evaluators.cell_numbers import STAYS, Cells, Numbers, day_of
from clearing.benefits.evaluators.chain import Books, Chains
from clearing.benefits.evaluators.columns import Amounts, ClaimColumns
from clearing.benefits.evaluators.decisions import Account, DecisionColumns
from clearing.benefits.evaluators.groups import Groups, Results
from clearing.benefits.policy import Policy
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT


def decide_columns(
    policy: Policy, columns: ClaimColumns, accumulators: Mapping[Account, Amounts]
) -> DecisionColumns:
    """Decide claims of one insured region, each with the accumulators given for it.

    All claims are of ``policy``'s region (``ClaimColumns.by_region`` parts a mixed set).
    ``accumulators`` has for an account, named with its period, what each claim's member had used
    of it before: in the claim's benefit year, and for a day's or a month's account in the
    claim's day or month. An account that is not given stands at 0. Raises ``RuleError`` only
    where rule data contradicts itself.
    """
    day, cells = day_of(policy, columns), Cells(policy)
    table, kind = cells.of(columns, day)
    results = Results(columns, Groups(policy, cells.cells))
    stays = accumulators.get((ADMISSIONS_ACCOUNT, "year"))
    cell = table[kind, 0 if stays is None else np.minimum(stays, STAYS - 1)]

    def used(account: Account, rows: Numbers) -> Amounts | int:
        column = accumulators.get(account)
        return 0 if column is None else column.take(rows)

    results.run(cell, None, used, None)
    return results.decisions(cells.cells, day, policy.bundle_hash)


def decide_chained(
    policy: Policy,
    columns: ClaimColumns,
    members: NDArray[np.int64],
    order: NDArray[np.int64] | None = None,
) -> DecisionColumns:
    """Decide claims of one insured region, each member's one after the other, from zero.

    ``members`` numbers the member of each claim. A member's claims are decided in ascending
    ``order`` (any integers; equal ones, and all without ``order``, in the order of the columns),
    and each one meets what the ones before it in the same benefit year have added. The decisions
    come back in the order of the columns.
    """
    day, cells = day_of(policy, columns), Cells(policy)
    table, kind = cells.of(columns, day)
    results = Results(columns, Groups(policy, cells.cells))
    chains = Chains(members, day, order)
    books = Books(chains.number, day)
    for rows in chains.rounds():
        results.run(table[kind[rows], books.stays(rows)], rows, books.used, books.add)
    return results.decisions(cells.cells, day, policy.bundle_hash)
