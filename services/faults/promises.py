"""What callers were told must be what is kept, for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clearing.messages import Role
from clearing.settlement import SettlementState
from services.care_region import records as at_care
from services.faults.rows import Rows
from services.faults.told import RequestKey, Told
from services.faults.wrong import Wrong
from services.insured_region import records as at_insured

LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)
WITHOUT_EFFECT = (SettlementState.REFUSED, SettlementState.EXPIRED)


def acknowledged(rows: Rows, told: Told) -> Iterator[Wrong]:
    """Every settlement that a caller was told of is on both sides, as it was told."""
    mine = _by_request(rows)
    theirs = {row.settlement_id: row for _, row in rows.every(Role.INSURED, at_insured.Settlement)}
    for request, answer in told.settlements.items():
        name = f"settlement {answer.settlement_id}"
        care, insured = mine.get(request), theirs.get(answer.settlement_id)
        if care is None or care.settlement_id != answer.settlement_id:
            yield Wrong("acknowledged_lost", name, f"{request}: the care side does not have it")
            continue
        if answer.state in WITHOUT_EFFECT:
            if insured is not None and insured.state not in WITHOUT_EFFECT:
                yield Wrong("told_otherwise", name, f"told {answer.state}, it is {insured.state}")
            continue
        if insured is None or insured.state in WITHOUT_EFFECT or care.state in WITHOUT_EFFECT:
            yield Wrong("acknowledged_lost", name, f"{request}: the insured side has no effect")
            continue
        for side, row in (("care", care), ("insured", insured)):
            if dict(row.by_fund) != dict(answer.by_fund):
                yield Wrong(
                    "told_otherwise", name, f"told {answer.by_fund}, {side} has {row.by_fund}"
                )


def answers_stay(_rows: Rows, told: Told) -> Iterator[Wrong]:
    """No request was answered twice and not alike."""
    for text in told.changed:
        yield Wrong("answer_changed", text, "an answer was not final")


def undone_stays_undone(rows: Rows, told: Told) -> Iterator[Wrong]:
    """What a reversal was told to have undone does not stand, nor what never was to come."""
    mine = _by_request(rows)
    for request, answer in told.undone.items():
        row = None if answer.target is None else mine.get(answer.target)
        if row is None:
            continue
        stands = row.state in LIVE
        never = answer.result == "tombstoned" and row.state not in WITHOUT_EFFECT
        if never or (answer.result == "reversed" and stands):
            name = f"settlement {row.settlement_id}"
            yield Wrong("told_otherwise", name, f"{request}: {answer.result}, it is {row.state}")


def refused_has_no_effect(rows: Rows, told: Told) -> Iterator[Wrong]:
    """A settle request that was refused for good settled nothing."""
    mine = _by_request(rows)
    for request, code in told.refused.items():
        row = mine.get(request)
        if row is not None and row.state in LIVE:
            yield Wrong("told_otherwise", f"settlement {row.settlement_id}", f"refused with {code}")


def _by_request(rows: Rows) -> Mapping[RequestKey, at_care.Settlement]:
    return {
        RequestKey(node.region, row.institution_id, row.request_id): row
        for node, row in rows.every(Role.CARE, at_care.Settlement)
    }
