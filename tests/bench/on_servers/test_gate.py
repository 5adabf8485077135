"""The gate finds what is lost, doubled or falsified in any one of the books."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.on_servers.gate import Counted, faults

SETTLEMENTS, DEBITS, FUND_FEN = 100, 20, 5_000
SOUND = Counted(
    requests=100,
    care_decisions=100,
    payer_decisions=100,
    care_lines=120,
    payer_lines=120,
    reported_care=120,
    reported_payer=120,
    journal_settlements=100,
    journal_debits=20,
    debits=20,
    posted_twice=0,
    unbalanced=0,
    outbox=0,
    parked=0,
    care_fen=5_000,
    payer_fen=5_000,
    journal_fen=5_000,
    askew=0,
)


def _faults(counted: Counted) -> list[str]:
    return faults(counted, settlements=SETTLEMENTS, fund_fen=FUND_FEN)


def test_sound_books_pass() -> None:
    assert _faults(SOUND) == []


@pytest.mark.parametrize("field", Counted.__dataclass_fields__)
@pytest.mark.parametrize("more", [1, -1])
def test_any_count_that_is_off_by_one_is_found(field: str, more: int) -> None:
    wrong = replace(SOUND, **{field: getattr(SOUND, field) + more})

    assert _faults(wrong)


def test_a_lost_line_is_named() -> None:
    assert _faults(replace(SOUND, journal_settlements=99)) == ["journal_settlements is 99, not 100"]


def test_a_settlement_lost_everywhere_alike_is_found() -> None:
    fewer = {
        name: getattr(SOUND, name) - 1
        for name in Counted.__dataclass_fields__
        if getattr(SOUND, name) in (SETTLEMENTS, SETTLEMENTS + DEBITS)
    }

    assert _faults(replace(SOUND, **fewer))


def test_amounts_that_agree_with_each_other_alone_are_found() -> None:
    wrong = replace(SOUND, care_fen=4_999, payer_fen=4_999, journal_fen=4_999)

    assert _faults(wrong) == ["journal_fen is 4,999, not 5,000"]
    assert faults(wrong, settlements=SETTLEMENTS) == []
