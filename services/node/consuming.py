"""Messages of the log: each is carried out once; one that cannot be is parked."""

from __future__ import annotations

import logging

from clearing.calendar import Instant
from clearing.errors import InvariantBroken, Unavailable, YidiError
from clearing.messages import Envelope
from services.node.addressing import is_for, misdirected
from services.node.batch import Batch
from services.node.command import Consumed, Delivery, HeldBack
from services.node.parking import park, park_behind
from services.node.records import SeenMessage
from services.node.tracing import trace_note

logger = logging.getLogger(__name__)


def consume(delivery: Delivery, batch: Batch) -> Consumed | HeldBack:
    """Carry out a record inside the batch's transaction, with the offset that comes after it.

    Held back, with all after it, once too many messages are parked. Raises ``InvariantBroken``,
    and ``Unavailable`` when it should be tried again.
    """
    delivery = _unless_misdirected(delivery, batch)
    record = delivery.record
    if batch.held_keys.stopped:
        return HeldBack()
    batch.advance(record.topic, record.partition, record.offset)
    envelope = delivery.envelope
    if envelope is not None and _was_seen(envelope, batch):
        return Consumed()
    if batch.held_keys.holds(record.topic, record.key):
        park_behind(delivery, batch)
        return Consumed()
    if envelope is None:
        assert delivery.error is not None
        node, place = batch.around.address, f"{record.topic}/{record.partition}/{record.offset}"
        logger.error("%s parks %s, which it cannot take: %s", node, place, delivery.error)
        park(delivery, delivery.error, batch)
        return Consumed()
    node = batch.around.address
    try:
        _carry_out(delivery, envelope, batch)
    except (InvariantBroken, Unavailable):
        raise
    except YidiError as error:
        note = trace_note(envelope.trace_parent)
        logger.error("%s parks %s: %s", node, envelope.message_id, error, extra=note)
        park(delivery, error, batch)
    except Exception as error:
        note = trace_note(envelope.trace_parent)
        logger.exception("%s parks %s", node, envelope.message_id, extra=note)
        park(delivery, error, batch)
    else:
        batch.held_keys.passed()
        if logger.isEnabledFor(logging.DEBUG):
            kind, note = type(envelope.body).__name__, trace_note(envelope.trace_parent)
            logger.debug("%s takes %s %s", node, kind, envelope.message_id, extra=note)
    return Consumed()


def set_aside(
    delivery: Delivery, error: Exception, attempts: int, batch: Batch
) -> Consumed | HeldBack:
    """Park a record without trying it, because its effects could not be committed."""
    if batch.held_keys.stopped:
        return HeldBack()
    delivery = _unless_misdirected(delivery, batch)
    record = delivery.record
    batch.advance(record.topic, record.partition, record.offset)
    if batch.held_keys.holds(record.topic, record.key):
        park_behind(delivery, batch)
    else:
        park(delivery, delivery.error or error, batch, attempts=attempts)
    return Consumed()


def _unless_misdirected(delivery: Delivery, batch: Batch) -> Delivery:
    """Return a delivery, of another node's message as of one that is not for anybody."""
    envelope = delivery.envelope
    if envelope is None or is_for(envelope.receiver, batch.around.address):
        return delivery
    return Delivery(delivery.record, None, misdirected(envelope.receiver))


def _was_seen(envelope: Envelope, batch: Batch) -> bool:
    return batch.unit.table(SeenMessage).get(envelope.message_id) is not None


def _carry_out(delivery: Delivery, envelope: Envelope, batch: Batch) -> None:
    context = batch.context(
        business_time=envelope.business_time, correlation_id=envelope.correlation_id
    )
    context.logged_at = delivery.record.appended_at
    context.now = Instant(max(context.now, context.logged_at))
    context.cause = envelope.message_id
    context.trace_parent = envelope.trace_parent
    with batch.unit.attempt():
        batch.unit.table(SeenMessage).put(
            SeenMessage(envelope.message_id, delivery.record.appended_at)
        )
        batch.handle(envelope.body, context)
        batch.collect(context)
