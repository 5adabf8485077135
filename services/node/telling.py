"""The lines of a batch for the clearing house, in as few messages as that takes.

A message of its own for every line would cost more than the line: a record of the log, a row
of the outbox, a row of the house's inbox. A line alone in its batch still has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clearing.messages import Body, DatedLine, Envelope, LineReported, LinesReported
from clearing.ports import Ids

LINES_A_MESSAGE = 250
"""About 100 kB; a record may have ten times that."""


def told_together(reports: Sequence[Envelope], ids: Ids) -> Iterator[Envelope]:
    """Yield the messages that tell these lines; each report has one line as its body.

    What is told together gets an id of its own, another one where a batch is carried out again
    on a restored database: the house knows a line that it has heard of by the line itself.
    """
    for at in range(0, len(reports), LINES_A_MESSAGE):
        some = reports[at : at + LINES_A_MESSAGE]
        yield some[0] if len(some) == 1 else _together(some, ids)


def _together(reports: Sequence[Envelope], ids: Ids) -> Envelope:
    first = reports[0]
    return Envelope(
        message_id=ids.mint("msg"),
        correlation_id=first.correlation_id,
        sender=first.sender,
        receiver=first.receiver,
        business_time=first.business_time,
        sent_at=first.sent_at,
        body=LinesReported(tuple(_dated(each) for each in reports)),
        trace_parent=first.trace_parent,
    )


def _dated(report: Envelope) -> DatedLine:
    assert isinstance(report.body, LineReported)
    return DatedLine(report.body, report.business_time, report.trace_parent)


def key_of(body: Body) -> str:
    """Return the key of a message to the house: nobody else's, so that none waits for it."""
    line = body.lines[0].line if isinstance(body, LinesReported) else body
    assert isinstance(line, LineReported)
    return line.line_id
