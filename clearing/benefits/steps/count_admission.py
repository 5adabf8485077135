"""Step ``count_admission``: a paid stay counts as an admission of the benefit year."""

from __future__ import annotations

from typing import Literal

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import one
from clearing.benefits.steps.op import BoundStep, Op, Scope, Trace
from clearing.benefits.steps.spec import RuleModel
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT


class CountAdmission(RuleModel):
    """Needs nothing: the account has one name everywhere."""

    step: Literal["count_admission"]

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the account."""
        slot = scope.slot()
        account = scope.account(ADMISSIONS_ACCOUNT, "year")
        return BoundStep((Op(one, (), (), (), slot),), ((account, slot),), _silent)


def _silent(_trace: Trace) -> tuple[Explained, ...]:
    """Say nothing: no amount depends on this step."""
    return ()
