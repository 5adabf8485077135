"""Messages of the log: each is carried out once; one that cannot be is parked."""

from __future__ import annotations

import logging

from clearing.calendar import Instant
from clearing.errors import InvariantBroken, Unavailable, YidiError
from clearing.messages import Envelope
from services.node.batch import Batch
from services.node.command import Consumed, Delivery
from services.node.records import ConsumedOffset, ParkedRecord, SeenMessage

logger = logging.getLogger(__name__)


def consume(delivery: Delivery, batch: Batch) -> Consumed:
    """Carry out a record inside the batch's transaction, with the offset that comes after it.

    Raises ``InvariantBroken``, and ``Unavailable`` when it should be tried again.
    """
    record = delivery.record
    batch.unit.table(ConsumedOffset).put(
        ConsumedOffset(record.topic, record.partition, record.offset + 1)
    )
    if delivery.envelope is None:
        assert delivery.error is not None
        _park(delivery, delivery.error.code, str(delivery.error), batch)
        return Consumed()
    envelope = delivery.envelope
    if batch.unit.table(SeenMessage).get(envelope.message_id) is not None:
        return Consumed()
    try:
        _carry_out(delivery, envelope, batch)
    except (InvariantBroken, Unavailable):
        raise
    except YidiError as error:
        logger.error("%s parks %s: %s", batch.around.address, envelope.message_id, error)
        _park(delivery, error.code, str(error), batch)
    except Exception as error:
        logger.exception("%s parks %s", batch.around.address, envelope.message_id)
        _park(delivery, "internal", repr(error), batch)
    return Consumed()


def _carry_out(delivery: Delivery, envelope: Envelope, batch: Batch) -> None:
    context = batch.context(
        business_time=envelope.business_time, correlation_id=envelope.correlation_id
    )
    context.now = Instant(max(context.now, delivery.record.appended_at))
    context.trace_parent = envelope.trace_parent
    with batch.unit.attempt():
        batch.unit.table(SeenMessage).put(
            SeenMessage(envelope.message_id, delivery.record.appended_at)
        )
        batch.handle(envelope.body, context)
        batch.collect(context)


def _park(delivery: Delivery, code: str, reason: str, batch: Batch) -> None:
    record = delivery.record
    batch.unit.table(ParkedRecord).put(
        ParkedRecord(
            record.topic,
            record.partition,
            record.offset,
            record.key,
            record.value,
            code,
            reason,
            batch.around.clock.now(),
        )
    )
