"""What other regions may answer. What this version does not know it does not guess at."""

from __future__ import annotations

from collections.abc import Mapping

from clearing.benefits.claim import Outcome
from clearing.errors import Rejected
from clearing.messages import DebitDecided, SettlementDecided, UndoDecided
from clearing.settlement import SettlementState

STATES = {
    "paid": (SettlementState.SETTLED, Outcome.PAID),
    "refused": (SettlementState.REFUSED, Outcome.REFUSED),
    "manual": (SettlementState.MANUAL, Outcome.MANUAL),
    "expired": (SettlementState.EXPIRED, None),
}
"""What a settlement becomes by its decision."""

_KNOWN: Mapping[type, frozenset[str]] = {
    SettlementDecided: frozenset(STATES),
    UndoDecided: frozenset(("undone", "restored", "tombstoned", "refused")),
    DebitDecided: frozenset(("debited", "refused", "expired")),
}


def is_known(decided: SettlementDecided | UndoDecided | DebitDecided) -> bool:
    """Tell whether this version knows what was answered."""
    return decided.result in _KNOWN[type(decided)]


def check_known(decided: SettlementDecided | UndoDecided | DebitDecided) -> None:
    """Raise ``Rejected`` (``result_unknown``) for an answer that this version does not know."""
    if not is_known(decided):
        raise Rejected(
            "result_unknown",
            f"{type(decided).__name__} says {decided.result!r}, which this version does not know: "
            "upgrade this node and replay the message",
            f"本节点版本不识别应答结果 {decided.result!r}, 请升级后重放",
            field="result",
        )
