from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.catalogue import Catalogue, FeeLine, ItemClass, SplitLine
from clearing.catalogue_file import read_catalogue, resolve_catalogue
from clearing.errors import Rejected
from tests import strategies
from tests.clearing.region_texts import texts

ON = date(2020, 6, 1)

LISTED = [
    "310000",
    "110000",
    "330200",
    "330213",
    "440100",
    "440700",
    "150600",
    "140000",
    "140100",
    "140300",
    "990100",
    "980100",
    "970100",
]


@cache
def catalogue(region: str) -> Catalogue:
    files = {name: read_catalogue(*text) for name, text in texts("catalogue.yaml").items()}
    return resolve_catalogue(region, files)


def split_one(region: str, code: str, quantity: int, price_yuan: str, amount_fen: int) -> SplitLine:
    yuan, _, decimals = price_yuan.partition(".")
    price_e6 = int(yuan) * 10**6 + int(decimals.ljust(6, "0"))
    line = FeeLine(1, code, quantity * 10**4, price_e6, amount_fen)
    return catalogue(region).split([line], ON).lines[0]


def parts(line: SplitLine) -> tuple[int, int, int, int]:
    return line.own_pay_fen, line.over_limit_fen, line.first_pay_fen, line.in_scope_fen


def test_class_a_is_in_scope_altogether() -> None:
    line = split_one("310000", "X0001", 2, "12.50", 2500)
    assert parts(line) == (0, 0, 0, 2500)
    assert line.source == "S0:14"


def test_class_b_first_pay_share_is_rounded_half_up() -> None:
    # The line of a captured answer: 4.52 × 5 % = 0.226 → 0.23, 4.29 in scope.
    assert parts(split_one("310000", "X0101", 1, "4.52", 452)) == (0, 0, 23, 429)


def test_class_c_is_own_pay_altogether() -> None:
    line = split_one("310000", "X0201", 1, "188.00", 18800)
    assert parts(line) == (18800, 0, 0, 0)
    assert line.item_class is ItemClass.C


def test_what_is_over_the_price_limit_is_paid_by_the_patient() -> None:
    # Shanghai's hip: limit 28,000.00, first-pay share 20 % of what is under it.
    line = split_one("310000", "C0004", 2, "30000.00", 6_000_000)
    assert parts(line) == (0, 400_000, 1_120_000, 4_480_000)


def test_a_price_at_the_limit_is_not_over_it() -> None:
    assert parts(split_one("310000", "F0003", 1, "80.00", 8000)) == (0, 0, 0, 8000)
    assert parts(split_one("310000", "F0003", 1, "80.01", 8001)) == (0, 1, 0, 8000)


@pytest.mark.parametrize(
    ("code", "kind", "source"),
    [
        ("N0001", "slimming_drug", "S0:15"),
        ("N0003", "record_booklet", "S0:18"),
        ("N0006", "ambulance", "S0:21"),
        ("N0010", "sport_and_fitness", "S0:22-23"),
        ("N0014", "immunisation", "S0:28-29"),
    ],
)
def test_never_payable_kinds_are_own_pay_with_their_source(
    code: str, kind: str, source: str
) -> None:
    line = split_one("440700", code, 1, "99.00", 9900)
    assert parts(line) == (9900, 0, 0, 0)
    assert (line.item_class, line.kind, line.source) == (ItemClass.NEVER_PAYABLE, kind, source)


def test_regions_class_the_same_item_differently() -> None:
    assert split_one("440100", "F0012", 1, "200.00", 20000).first_pay_fen == 0
    assert split_one("310000", "F0012", 1, "200.00", 20000).first_pay_fen == 2000


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (FeeLine(7, "Q9999", 10**4, 10**6, 100), "item_unknown", "lines[1].item_code"),
        (FeeLine(7, "X0001", -(10**4), 10**6, -100), "fee_line_negative", "lines[1].quantity_e4"),
        (FeeLine(7, "X0001", 0, 10**6, 0), "fee_line_negative", "lines[1].quantity_e4"),
        (FeeLine(7, "X0001", 10**4, -1, 0), "fee_line_negative", "lines[1].unit_price_e6"),
        (FeeLine(7, "X0001", 10**4, 10**6, -1), "fee_line_negative", "lines[1].amount_fen"),
        (FeeLine(7, "X0001", 10**4, 10**6, 101), "fee_line_amount", "lines[1].amount_fen"),
    ],
)
def test_a_bad_line_is_refused_by_name(line: FeeLine, code: str, field: str) -> None:
    good = FeeLine(1, "X0001", 10**4, 10**6, 100)
    with pytest.raises(Rejected) as refused:
        catalogue("310000").split([good, line], ON)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert "7" in refused.value.message_en
    assert "7" in refused.value.message_zh


def test_the_amount_is_rounded_half_up() -> None:
    # 0.5 × 0.01 yuan is half a 分.
    line = FeeLine(1, "X0001", 5000, 10_000, 1)
    assert catalogue("310000").split([line], ON).totals.total_fen == 1


@pytest.mark.parametrize("on", [date(2018, 12, 31), date(2031, 1, 1)])
def test_no_edition_no_answer(on: date) -> None:
    with pytest.raises(Rejected) as refused:
        catalogue("310000").split([], on)
    assert refused.value.code == "catalogue_edition_missing"


def test_otog_defines_kinds_and_lists_no_item() -> None:
    with pytest.raises(Rejected):
        catalogue("150623").split([], ON)
    assert not catalogue("150623").illustrative


@pytest.mark.parametrize("region", LISTED)
def test_every_care_region_is_covered_and_says_it_is_illustrative(region: str) -> None:
    shipped = catalogue(region)
    assert shipped.illustrative
    for on in (date(2019, 1, 1), date(2023, 1, 1), date(2030, 12, 31)):
        assert len(shipped.items(on)) >= 60


def test_all_kinds_of_the_interview_have_an_item() -> None:
    kinds = {item.kind for item in catalogue("310000").items(ON).values()} - {None}
    assert len(kinds) == 14


@given(data=st.data())
def test_a_split_adds_up(data: st.DataObject) -> None:
    shipped = catalogue(data.draw(st.sampled_from(LISTED)))
    lines = data.draw(strategies.fee_lines(sorted(shipped.items(ON))))
    result = shipped.split(lines, ON)
    for given_line, line in zip(lines, result.lines, strict=True):
        assert min(parts(line)) >= 0
        assert sum(parts(line)) == line.amount_fen == given_line.amount_fen
        assert (line.own_pay_fen in (0, line.amount_fen)) or not line.in_scope_fen
    totals = result.totals
    columns = zip(*(parts(line) for line in result.lines), strict=True)
    assert [sum(column) for column in columns] == (
        [totals.own_pay_fen, totals.over_limit_fen, totals.first_pay_fen, totals.in_scope_fen]
        if lines
        else []
    )
    assert totals.total_fen == sum(line.amount_fen for line in lines)
    assert result.bundle_hash == shipped.bundle_hash


@given(data=st.data())
def test_the_order_of_lines_changes_nothing(data: st.DataObject) -> None:
    shipped = catalogue("330200")
    lines = data.draw(strategies.fee_lines(sorted(shipped.items(ON)), max_size=6))
    shuffled = data.draw(st.permutations(lines))
    assert shipped.split(lines, ON).totals == shipped.split(shuffled, ON).totals
