"""Uploading and voiding fee lines: each is split by this region's catalogue at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from clearing.calendar import civil_date
from clearing.catalogue import Catalogue, FeeLine, SplitLine
from clearing.errors import Malformed, Rejected
from clearing.frozen import replace
from clearing.messages import CostSplit
from clearing.money import MAX_AMOUNT_FEN, format_yuan
from services.care_region import answers, commands
from services.care_region.records import FeeLineRow, Visit
from services.care_region.visits import cost_of, unsettled, visit_of
from services.node.context import Context

MAX_LINES = 500


def upload_fee_lines(
    command: commands.UploadFeeLines, context: Context, *, catalogue: Catalogue
) -> answers.FeeLinesAnswer:
    """Add lines, all or none. Raises ``Rejected`` naming the line and field at fault."""
    if not 1 <= len(command.lines) <= MAX_LINES:
        raise Malformed(
            "batch_size", f"1 to {MAX_LINES} lines a call", f"每次1至{MAX_LINES}行", field="lines"
        )
    visit = unsettled(visit_of(context, command.visit_id))
    rows = context.table(FeeLineRow)
    known = rows.get_many([(visit.visit_id, line.line_no) for line in command.lines])
    _check_numbers(command.lines, {key[1] for key in known})
    days = [line.incurred_on or visit.admitted_on for line in command.lines]
    _check_days(days, visit, civil_date(context.business_time))
    split = _split(command.lines, days, catalogue)
    cost = cost_of(visit)
    for entry, line, day in zip(command.lines, split, days, strict=True):
        row = FeeLineRow(
            visit.visit_id,
            entry.line_no,
            entry.item_code,
            entry.quantity_e4,
            entry.unit_price_e6,
            line.amount_fen,
            line.own_pay_fen,
            line.over_limit_fen,
            line.first_pay_fen,
            line.in_scope_fen,
            day,
        )
        rows.put(row)
        cost = cost + _cost(row)
    if cost.total_fen > MAX_AMOUNT_FEN:
        raise Rejected(
            "total_too_large",
            f"a visit costs at most {format_yuan(MAX_AMOUNT_FEN)}",
            f"单次就诊费用总额不超过 {format_yuan(MAX_AMOUNT_FEN)} 元",
            field="lines",
        )
    visit = _with_cost(visit, cost, len(split))
    context.table(Visit).put(visit)
    return answers.FeeLinesAnswer(visit.visit_id, tuple(_answer(line) for line in split), cost)


def void_fee_lines(command: commands.VoidFeeLines, context: Context) -> answers.FeeLinesAnswer:
    """Void lines by number, all or none; their numbers are not used again."""
    if not command.line_nos:
        raise Malformed("field_missing", "must be given", "必填项缺失", field="line_nos")
    visit = unsettled(visit_of(context, command.visit_id))
    rows = context.table(FeeLineRow)
    cost = cost_of(visit)
    for index, line_no in enumerate(command.line_nos):
        row = rows.get(visit.visit_id, line_no)
        if row is None or row.voided:
            raise Rejected(
                "line_unknown",
                f"the visit has no line {line_no} to void",
                f"就诊没有可撤销的第 {line_no} 行",
                field=f"line_nos[{index}]",
            )
        rows.put(replace(row, voided=True))
        cost = cost + -_cost(row)
    visit = _with_cost(visit, cost, -len(command.line_nos))
    context.table(Visit).put(visit)
    return answers.FeeLinesAnswer(visit.visit_id, (), cost)


def _check_numbers(lines: Sequence[commands.FeeLineEntry], known: set[str | int]) -> None:
    seen: set[int] = set()
    for index, line in enumerate(lines):
        if line.line_no < 1:
            raise Malformed(
                "line_no", "line numbers start at 1", "行号从1起", field=f"lines[{index}].line_no"
            )
        if line.line_no in seen or line.line_no in known:
            raise Rejected(
                "line_no_used",
                f"line number {line.line_no} is used already",
                f"行号 {line.line_no} 已使用",
                field=f"lines[{index}].line_no",
            )
        seen.add(line.line_no)


def _check_days(days: Sequence[date], visit: Visit, business_day: date) -> None:
    last = min(business_day, visit.discharged_on or business_day)
    for index, day in enumerate(days):
        if not visit.admitted_on <= day <= last:
            raise Rejected(
                "incurred_on_outside_stay",
                f"{day} is not a day from admission, {visit.admitted_on}, to {last}",
                f"{day} 不在入院 {visit.admitted_on} 至 {last} 之间",
                field=f"lines[{index}].incurred_on",
            )


def _split(
    lines: Sequence[commands.FeeLineEntry], days: Sequence[date], catalogue: Catalogue
) -> list[SplitLine]:
    """Split lines, each by the edition of the day it was incurred on."""
    given = [
        FeeLine(line.line_no, line.item_code, line.quantity_e4, line.unit_price_e6, line.amount_fen)
        for line in lines
    ]
    split: list[SplitLine] = []
    for day, run in groupby(enumerate(given), key=lambda at: days[at[0]]):
        numbered = list(run)
        first = numbered[0][0]
        try:
            split.extend(catalogue.split([line for _, line in numbered], day).lines)
        except Rejected as error:
            error.field = _in_request(error.field or "", first)
            raise
    return split


def _in_request(field: str, first: int) -> str:
    """Return the path of a catalogue's field in the request; its lines start at ``first``."""
    if field == "on":
        return f"lines[{first}].incurred_on"
    return re.sub(r"^lines\[(\d+)\]", lambda at: f"lines[{first + int(at[1])}]", field)


def _cost(row: FeeLineRow) -> CostSplit:
    return CostSplit(
        row.amount_fen, row.own_pay_fen, row.over_limit_fen, row.first_pay_fen, row.in_scope_fen
    )


def _with_cost(visit: Visit, cost: CostSplit, more_lines: int) -> Visit:
    return replace(
        visit,
        total_fen=cost.total_fen,
        own_pay_fen=cost.own_pay_fen,
        over_limit_fen=cost.over_limit_fen,
        first_pay_fen=cost.first_pay_fen,
        in_scope_fen=cost.in_scope_fen,
        line_count=visit.line_count + more_lines,
        changes=visit.changes + 1,
    )


def _answer(line: SplitLine) -> answers.SplitFeeLine:
    return answers.SplitFeeLine(
        line.line_no,
        str(line.item_class),
        line.amount_fen,
        line.own_pay_fen,
        line.over_limit_fen,
        line.first_pay_fen,
        line.in_scope_fen,
        line.source,
    )
