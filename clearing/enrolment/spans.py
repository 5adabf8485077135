"""The enrolment spans on a member's record, and whether one covers a day of care."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from clearing.benefits.claim import Scheme
from clearing.errors import Rejected
from clearing.frozen import quick
from clearing.money import Fen


@quick
@dataclass(frozen=True, slots=True)
class EnrolmentSpan:
    """One stretch of cover in one scheme.

    ``benefit_from`` is the first day of benefits, after any waiting period, ``benefit_until``
    the last; ``enrolled_on`` is the day of enrolment and payment; ``cap_increase_fen`` is what
    enrolment without a lapse adds to the big-illness cap of the benefit year.
    """

    scheme: Scheme
    category: str
    benefit_from: date
    benefit_until: date
    enrolled_on: date
    cap_increase_fen: Fen = 0


@quick
@dataclass(frozen=True, slots=True)
class Covered:
    """The member is covered on the day, by this span."""

    span: EnrolmentSpan


@quick
@dataclass(frozen=True, slots=True)
class NotCovered:
    """The member is not covered on the day; the words are for the counter.

    ``code``: ``waiting_period``, ``benefits_not_begun``, ``retroactive_cover``,
    ``enrolment_gap``, ``enrolment_ended`` or ``not_enrolled``.
    """

    code: str
    message_en: str
    message_zh: str


def coverage(spans: Iterable[EnrolmentSpan], on: date) -> Covered | NotCovered:
    """Tell whether a member is covered on a day of care, for direct settlement.

    Cover that was enrolled for only after the day is left to manual reimbursement
    (``retroactive_cover``). Where two spans cover the day, the one whose benefits began last
    decides, then the employee scheme: that is the newer fact about the member.
    """
    known = tuple(spans)
    covering = [span for span in known if span.benefit_from <= on <= span.benefit_until]
    in_time = [span for span in covering if span.enrolled_on <= on]
    if in_time:
        return Covered(max(in_time, key=_precedence))
    if covering:
        enrolled_on = min(span.enrolled_on for span in covering)
        return NotCovered(
            "retroactive_cover",
            f"enrolled on {enrolled_on}, after the day of care: claim by manual reimbursement",
            f"{enrolled_on} 才参保缴费, 晚于就医日: 请办理手工报销",
        )
    return _uncovered(known, on)


def _precedence(span: EnrolmentSpan) -> tuple[date, bool, date, date, str]:
    employee = span.scheme is Scheme.EMPLOYEE
    return span.benefit_from, employee, span.enrolled_on, span.benefit_until, span.category


def _uncovered(spans: Sequence[EnrolmentSpan], on: date) -> NotCovered:
    waiting = [span for span in spans if span.enrolled_on <= on < span.benefit_from]
    if waiting:
        return _not_yet(min(waiting, key=lambda span: (span.benefit_from, span.enrolled_on)))
    ended = [span.benefit_until for span in spans if span.benefit_until < on]
    if ended and any(span.benefit_from > on for span in spans):
        return NotCovered(
            "enrolment_gap",
            f"cover ended on {max(ended)} and had not begun again on {on}",
            f"待遇于 {max(ended)} 终止, {on} 处于断保期间",
        )
    if ended:
        return NotCovered(
            "enrolment_ended",
            f"cover ended on {max(ended)}",
            f"待遇已于 {max(ended)} 终止",
        )
    return NotCovered("not_enrolled", f"not enrolled on {on}", f"{on} 未参保")


def _not_yet(span: EnrolmentSpan) -> NotCovered:
    # Resident cover runs by calendar year, so a wait never ends on 1 January: such a span was
    # simply paid ahead of its year.
    ahead_of_year = (span.benefit_from.month, span.benefit_from.day) == (1, 1)
    return NotCovered(
        "benefits_not_begun" if ahead_of_year else "waiting_period",
        f"enrolled on {span.enrolled_on}; benefits begin on {span.benefit_from}",
        f"{span.enrolled_on} 参保, 自 {span.benefit_from} 起享受待遇",
    )


def check_spans(spans: Sequence[EnrolmentSpan]) -> None:
    """Refuse spans that no record may keep.

    Raises ``Rejected``: ``enrolment_span_order`` for one that ends before it begins,
    ``enrolment_overlap`` for two that cover the same day (S4:55: the other enrolment must be
    ended first).
    """
    for index, span in enumerate(spans):
        if span.benefit_until < span.benefit_from:
            raise Rejected(
                "enrolment_span_order",
                "an enrolment span ends before it begins",
                "参保区间的终止日期早于开始日期",
                field=f"spans[{index}].benefit_until",
            )
        for other in spans[:index]:
            first = max(span.benefit_from, other.benefit_from)
            if first <= min(span.benefit_until, other.benefit_until):
                raise Rejected(
                    "enrolment_overlap",
                    "two enrolment spans cover the same day; end the other enrolment first",
                    "参保区间重叠: 请先终止另一参保关系",
                    field=f"spans[{index}].benefit_from",
                )
