from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from adapters.files.corpus_files import dump_line
from clearing.benefits.claim import Filing, Fund, Outcome, Scheme
from clearing.calendar import instant_at
from clearing.catalogue import FeeLine
from clearing.messages import CostSplit
from services.harness.corpus import (
    AccountKey,
    AccountUse,
    Balances,
    FilingResult,
    FinalState,
    Manifest,
    Payment,
    PositionKey,
    Story,
    VisitResult,
    YearKey,
)
from services.harness.folder import CorpusFileError, CorpusFolder, CorpusWriter
from services.harness.notation import format_local, format_scaled, visit_json
from tests.services.harness.corpora import FILING, INSTITUTION, MEMBER, visit

RESULT = VisitResult(
    "t-v1",
    FinalState.SETTLED,
    Outcome.PAID,
    flags=("prepayment_audit",),
    cost=CostSplit(4_000_000, 50_000, 0, 0, 3_950_000),
    payment=Payment(2_298_000, {Fund.POOLED: 2_298_000}, 1_702_000, 0, 1_702_000, 120_000),
    filing=Filing.REFERRAL,
    refusals=("request_reversed",),
)
FILING_RESULT = FilingResult("t-f1", "", date(2020, 5, 20), date(2021, 5, 20))
BALANCES = Balances(
    {
        PositionKey("330213", "310000", Scheme.RESIDENT, "21", Fund.POOLED, "2020-06"): (
            2_298_000,
            1,
        )
    },
    {YearKey("330213", "t-m1", 2020): {"inpatient/admissions": 1}},
    {AccountKey("330213", "t-a1"): 12_345},
)
VISITS = [
    visit("t-v1"),
    visit("t-v2", account=AccountUse("t-a1", "330213", own=True)),
    visit("t-v3", story=Story.CANCELLED, undo_at=instant_at(date(2020, 7, 1))),
    visit(
        "t-v4",
        story=Story.SETTLED_ANEW,
        undo_at=instant_at(date(2020, 7, 1)),
        again_at=instant_at(date(2020, 7, 2)),
    ),
    visit("t-v5", story=Story.LINE_VOIDED, voided=(2,)),
    visit("t-v6", story=Story.LINE_REFUSED, refused_line=FeeLine(9, "?", 1, 1, 0)),
]


def write(path: Path) -> CorpusFolder:
    with CorpusWriter(path) as writer:
        writer.institution(INSTITUTION)
        writer.member(MEMBER)
        writer.filing(FILING)
        for one in VISITS:
            writer.visit(one)
        writer.result(FILING_RESULT)
        writer.result(RESULT)
        writer.finish(BALANCES, Manifest("t", writer.counts, 7, {"visits": "6"}, {"plain": 1}))
    return CorpusFolder(path)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    folder = write(tmp_path / "c")
    assert list(folder.institutions()) == [INSTITUTION]
    assert list(folder.members()) == [MEMBER]
    assert list(folder.filings()) == [FILING]
    assert list(folder.visits()) == VISITS
    assert list(folder.results()) == [FILING_RESULT, RESULT]
    assert folder.balances() == BALANCES
    assert folder.manifest().counts["visits"] == len(VISITS)
    assert folder.manifest().seed == 7


def test_the_digest_covers_what_is_replayed_and_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "c")
    before = folder.digest()
    (folder.path / "expected.jsonl").write_text("{}\n")
    assert folder.digest() == before
    (folder.path / "members.jsonl").write_text("{}\n")
    assert folder.digest() != before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lines": [{"no": 1}]}, "visits.jsonl:1 lines[0]: item"),
        ({"settle_at": "2020-06-10T12:00:00"}, "settle_at"),
        ({"story": "undone"}, "story"),
        ({"story": "cancelled"}, "undo_at"),
        ({"surprise": 1}, "surprise"),
        ({"key": 5}, "key"),
        ({"undo_at": "2020-06-10T12:00:00Z"}, "undo_at"),
        ({"admitted_on": "2020-02-30"}, "admitted_on"),
    ],
)
def test_a_broken_visit_is_named(tmp_path: Path, change: dict[str, object], said: str) -> None:
    folder = write(tmp_path / "c")
    data = visit_json(VISITS[0]) | change
    (folder.path / "visits.jsonl").write_text(dump_line(data) + "\n")
    with pytest.raises(CorpusFileError) as caught:
        list(folder.visits())
    assert said in (caught.value.field or "")


@pytest.mark.parametrize("text", ['{"a": 1.5}', '{"a": 1, "a": 2}', "[]", "{", '{"a": NaN}'])
def test_a_line_that_is_no_plain_object_is_refused(tmp_path: Path, text: str) -> None:
    folder = write(tmp_path / "c")
    (folder.path / "visits.jsonl").write_text(text + "\n")
    with pytest.raises(CorpusFileError, match=r"visits.jsonl:1"):
        list(folder.visits())


def test_amounts_and_times_are_readable() -> None:
    data = json.loads(dump_line(visit_json(VISITS[1])))
    assert data["settle_at"] == "2020-06-10T12:00:00+08:00"
    assert data["lines"][1] == {
        "no": 2,
        "item": "X0201",
        "quantity": "2.5",
        "price": "200.00",
        "amount": "500.00",
    }


def test_scaled_numbers_keep_every_digit() -> None:
    assert format_scaled(10_000, 4, 0) == "1"
    assert format_scaled(1, 4, 0) == "0.0001"
    assert format_scaled(1_230_000, 6, 2) == "1.23"
    assert format_scaled(1_000_001, 6, 2) == "1.000001"
    assert format_local(instant_at(date(2020, 1, 1), 0)) == "2020-01-01T00:00:00+08:00"
