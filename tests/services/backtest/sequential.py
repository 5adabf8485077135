"""The interpreter behind the signature of ``decide_chained``: one claim after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.adjudicate import adjudicate, benefit_year
from clearing.benefits.claim import Decision
from clearing.benefits.evaluators.columns import ClaimColumns, Coded
from clearing.benefits.evaluators.decisions import OUTCOMES, DecisionColumns
from clearing.benefits.policy import Policy
from clearing.benefits.steps.op import PAYING_FUNDS


def decide_one_by_one(
    policy: Policy,
    columns: ClaimColumns,
    members: NDArray[np.int64],
    order: NDArray[np.int64],
) -> DecisionColumns:
    books: dict[tuple[int, int], dict[str, int]] = {}
    decisions: dict[int, Decision] = {}
    for row in np.argsort(order, kind="stable").tolist():
        claim = columns.claim(row)
        book = books.setdefault((int(members[row]), benefit_year(policy, claim)), {})
        decisions[row] = decision = adjudicate(policy, claim, book)
        for name, amount in decision.additions.items():
            book[name] = book.get(name, 0) + amount
    inorder = [decisions[row] for row in range(len(columns))]
    codes, flags = (
        Coded.of([each.code for each in inorder]),
        Coded.of([each.flags for each in inorder]),
    )
    size = len(inorder)
    return DecisionColumns(
        outcome=np.array([OUTCOMES.index(each.outcome) for each in inorder], np.int8),
        code=codes.codes.astype(np.int16),
        codes=codes.values,
        flag=flags.codes.astype(np.int16),
        flag_sets=flags.values,
        cell=np.zeros(size, np.int32),
        accounts=((),),
        by_fund={
            fund: np.array([each.by_fund.get(fund, 0) for each in inorder], np.int64)
            for fund in PAYING_FUNDS
        },
        deductible_fen=np.array([each.deductible_fen for each in inorder], np.int64),
        account_limit_fen=np.array([each.account_limit_fen for each in inorder], np.int64),
        day=columns.days["discharged_on"],
        added_fen=(),
        bundle_hash=policy.bundle_hash,
    )
