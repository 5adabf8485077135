"""Setting a message aside that cannot be processed, and those of its key behind it."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from pathlib import Path

from clearing.errors import InvariantBroken, Malformed, Unavailable, YidiError
from clearing.messages import Envelope
from services.node.batch import Batch
from services.node.command import Delivery
from services.node.context import Context
from services.node.records import LetterState, ParkedRecord
from services.node.role import Role
from services.node.tracing import trace_note

logger = logging.getLogger(__name__)

BEHIND = "behind_parked"
_HOUSE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message is set aside; the words repeat nothing of what it holds."""

    code: str
    words: str


def reason_of(error: Exception) -> Reason:
    """Return why a message failed with this error: for a bug, its kind and place in the code."""
    if isinstance(error, Malformed) and error.field:
        return Reason(error.code, f"the field {error.field} cannot be read")
    if isinstance(error, YidiError):
        return Reason(error.code, error.message_en)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_HOUSE)]
    where = ""
    if own:
        name = Path(own[-1].filename).relative_to(_HOUSE).as_posix()
        where = f" at {name}:{own[-1].lineno}"
    return Reason("internal", f"{type(error).__name__}{where}")


def park(delivery: Delivery, error: Exception, batch: Batch, *, attempts: int = 1) -> None:
    """Set a message aside that failed; one that is kept already stays as it is."""
    reason = reason_of(error)
    _keep(delivery, LetterState.PARKED, reason, attempts, batch)


def park_behind(delivery: Delivery, batch: Batch) -> None:
    """Set a message aside untried, because an earlier one of its key is."""
    reason = Reason(BEHIND, "an earlier message of its key is parked")
    _keep(delivery, LetterState.BEHIND, reason, 0, batch)


def _keep(
    delivery: Delivery, state: LetterState, reason: Reason, attempts: int, batch: Batch
) -> None:
    record, envelope = delivery.record, delivery.envelope
    table, now = batch.unit.table(ParkedRecord), batch.around.clock.now()
    if table.get(record.topic, record.partition, record.offset) is not None:
        return  # read again: whatever became of it stands
    batch.held_keys.park(record.topic, record.key, failed=state is LetterState.PARKED)
    table.put(
        ParkedRecord(
            record.topic,
            record.partition,
            record.offset,
            record.key,
            record.value,
            reason.code,
            reason.words,
            now,
            state,
            kind="" if envelope is None else type(envelope.body).__name__,
            message_id="" if envelope is None else envelope.message_id,
            correlation_id="" if envelope is None else envelope.correlation_id,
            appended_at=record.appended_at,
            attempts=attempts,
            last_at=now,
        )
    )
    if envelope is not None:
        context = batch.context(
            business_time=envelope.business_time, correlation_id=envelope.correlation_id
        )
        context.trace_parent = envelope.trace_parent
        if tell_parked(envelope, reason, context, batch.around.role):
            batch.collect(context)


def tell_parked(envelope: Envelope, reason: Reason, context: Context, role: Role) -> bool:
    """Let the role tell whoever waits for a message why it is not known; tell whether it did.

    A failure here is logged only: the message is set aside all the same.
    """
    on_parked = role.on_parked.get(type(envelope.body))
    if on_parked is None:
        return False
    told = YidiError(
        reason.code,
        f"{context.address} could not process it and set it aside ({reason.code}); "
        "what becomes of it is not known yet",
        f"{context.address} 暂未能处理该请求({reason.code}), 已搁置待处理, 结果未知, 请稍后查询",
    )
    sent, completed = list(context.sent), dict(context.completed)
    try:
        with context.uow.attempt():
            on_parked(envelope.body, told, context)
    except (InvariantBroken, Unavailable):
        raise
    except Exception:
        note = trace_note(envelope.trace_parent)
        logger.exception(
            "%s: nobody was told of %s", context.address, envelope.message_id, extra=note
        )
        context.sent[:] = sent
        context.completed.clear()
        context.completed.update(completed)
        return False
    return True
