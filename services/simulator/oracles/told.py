"""What callers were told must be what the insured region did, and stays so."""

from __future__ import annotations

from collections.abc import Iterable

from clearing.messages import Address
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region.answers import ReversalAnswer, SettlementAnswer
from services.insured_region import records as at_insured
from services.simulator.calls import Sent
from services.simulator.violation import Violation
from services.simulator.world import World

_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)
_WITHOUT_EFFECT = (SettlementState.REFUSED, SettlementState.EXPIRED)

_Decided = dict[tuple[str, str, str], at_insured.Settlement]


def check_told(world: World, sent: Iterable[Sent], insured: Iterable[Address]) -> None:
    """Compare every final answer with the insured regions' books. Raises ``Violation``."""
    decided: _Decided = {
        (row.care_region, row.institution_id, row.request_id): row
        for at in insured
        for row in world.rows(at, at_insured.Settlement)
    }
    kinds = {(each.at.region, each.scope, each.request_id): type(each.payload) for each in sent}
    for each in sent:
        if isinstance(each.payload, ask.Settle) and isinstance(each.answer, SettlementAnswer):
            _settlement(each, each.answer, decided)
        elif isinstance(each.payload, ask.ReverseRequest):
            _reversal(each, each.payload, decided, kinds)


def _settlement(sent: Sent, answer: SettlementAnswer, decided: _Decided) -> None:
    row = decided.get((sent.at.region, sent.scope, sent.request_id))
    state = answer.state
    if state in _WITHOUT_EFFECT:
        if row is not None and row.state not in _WITHOUT_EFFECT:
            raise Violation("told_otherwise", f"{sent}: told {state}, and it is {row.state}")
        return
    if row is None or row.state in _WITHOUT_EFFECT:
        raise Violation("told_otherwise", f"{sent}: told {state}, and it had no effect")
    if dict(answer.payment.by_fund) != dict(row.by_fund):
        raise Violation("told_otherwise", f"{sent}: told {answer.payment}, kept {row.by_fund}")


def _reversal(
    sent: Sent,
    reversal: ask.ReverseRequest,
    decided: _Decided,
    kinds: dict[tuple[str, str, str], type],
) -> None:
    """What was reversed does not stand; what was to never come about never does."""
    answer = sent.answer
    key = sent.at.region, sent.scope, reversal.target_request_id
    row = decided.get(key)
    if not isinstance(answer, ReversalAnswer) or row is None or kinds.get(key) is not ask.Settle:
        return
    if answer.result == "tombstoned" and row.state not in _WITHOUT_EFFECT:
        raise Violation("told_otherwise", f"{sent}: told tombstoned, and it is {row.state}")
    if answer.result == "reversed" and row.state in _LIVE:
        raise Violation("told_otherwise", f"{sent}: told reversed, and it is {row.state}")
