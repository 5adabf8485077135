"""An insured region's node by itself: what care regions send it is written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

from adapters.wire.envelopes import decode_envelope
from clearing.benefits.claim import CareType, HospitalLevel
from clearing.calendar import Instant, instant_at
from clearing.messages import (
    HOUSE,
    Body,
    CostSplit,
    Envelope,
    SettlementDecided,
    SettleRequested,
    UndoDecided,
    UndoRequested,
)
from clearing.ports import LogRecord
from services.insured_region import records as kept
from services.insured_region.bundle_check import BundleReader
from services.insured_region.commands import RegisterMembers
from services.node.batch import BatchResult
from services.node.command import Delivery, Request, RequestMeta, Waiting
from services.node.records import ParkedRecord
from services.simulator.plans import answers, care, insured, insured_plan
from tests.network_pump import START, NetworkPump, answer_of

NOON_2020 = instant_at(date(2020, 6, 10))


class Agency:
    def __init__(self, region: str = "330213", reader: BundleReader | None = None) -> None:
        self.at = insured(region)
        self.pump = NetworkPump([insured_plan(region, reader)], answers())
        self._count = count(1)

    def do(self, request_id: str, payload: Any, moment: Instant = NOON_2020) -> Any:
        """Ask at the desk; what the node tells itself for it is delivered at once."""
        meta = RequestMeta("desk", request_id, moment)
        asked = self.pump.run(self.at, [Request(payload, meta)])
        (result,) = asked.results
        if isinstance(result, Waiting):
            for row in asked.outgoing:
                result = self._deliver(decode_envelope(row.value)).completed["desk", request_id]
        return answer_of(result)

    def register(self, *members: Any) -> None:
        self.do(f"members-{next(self._count)}", RegisterMembers(tuple(members)))

    def ask(self, payload: Any) -> Any:
        return self.pump.ask(self.at, payload)

    def tell(self, body: Body, moment: Instant = NOON_2020) -> Sequence[Body]:
        """Deliver a message and return what the node sends for it."""
        result = self._deliver(self._sent(body, moment))
        return [
            sent.body
            for row in result.outgoing
            if (sent := decode_envelope(row.value)).receiver != HOUSE
        ]

    def delivery(self, body: Body, moment: Instant = NOON_2020) -> Delivery:
        """Return a message as it comes from the log."""
        return self._delivery(self._sent(body, moment))

    def _sent(self, body: Body, moment: Instant) -> Envelope:
        name, sender = f"m{next(self._count)}", care("310000")
        return Envelope(name, "c", sender, self.at, moment, moment, body)

    def _delivery(self, envelope: Envelope) -> Delivery:
        record = LogRecord("yidi.insured.330213", 0, next(self._count), "k", b"", START)
        return Delivery(record, envelope)

    def _deliver(self, envelope: Envelope) -> BatchResult:
        result = self.pump.run(self.at, [self._delivery(envelope)])
        assert self.pump.rows(self.at, ParkedRecord) == []
        return result

    def settle(self, settlement_id: str, **given: Any) -> SettlementDecided:
        """Ask to settle the stay of the worked example."""
        (decided,) = self.tell(self.asked(settlement_id, **given))
        assert isinstance(decided, SettlementDecided)
        return decided

    def asked(
        self, settlement_id: str, *, visit_id: str = "v1", request_id: str = "", **changes: Any
    ) -> SettleRequested:
        """Return the request to settle the stay of the worked example."""
        given: dict[str, Any] = {
            "settlement_id": settlement_id,
            "institution_id": "H1",
            "request_id": request_id or f"request of {settlement_id}",
            "visit_id": visit_id,
            "care_region": "310000",
            "insured_region": "330213",
            "member_id": "M1",
            "hospital_level": HospitalLevel.TERTIARY,
            "care_type": CareType.INPATIENT,
            "admitted_on": date(2020, 6, 1),
            "discharged_on": date(2020, 6, 10),
            "emergency": False,
            "records_verified": True,
            "selected_institution": False,
            "cost": CostSplit(4_000_000, 50_000, 0, 0, 3_950_000),
            "line_count": 1,
            "lines_digest": "d",
            "catalogue_bundle": "sha256:c",
            "deadline": Instant(START + 20_000),
        }
        return SettleRequested(**{**given, **changes})

    def undo(
        self, undo_id: str, kind: str, *, target: str = "", settlement_id: str = ""
    ) -> UndoDecided:
        asked = UndoRequested(
            undo_id, kind, "H1", "310000", "M1", "330213", target or "t",
            f"request of {undo_id}", settlement_id,
        )  # fmt: skip
        (decided,) = self.tell(asked)
        assert isinstance(decided, UndoDecided)
        return decided

    def accumulators(self) -> dict[str, int]:
        rows = self.pump.rows(self.at, kept.YearAccumulators)
        return {name: value for row in rows for name, value in row.values.items()}

    def state(self, settlement_id: str) -> str:
        rows = self.pump.rows(self.at, kept.Settlement)
        return next(str(row.state) for row in rows if row.settlement_id == settlement_id)
