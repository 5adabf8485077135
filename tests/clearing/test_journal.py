from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.claim import Fund, Scheme
from clearing.chain import GENESIS, ChainError, ChainHead, checked, content_hash, link
from clearing.journal import Account, JournalLine, entries_for, trial_balance
from clearing.period import Posting
from clearing.reconcile import BookLine
from tests.clearing.book_lines import book_line, book_lines

JUNE = Posting("2020-06", 1, 0)


def journal_of(*lines: BookLine) -> tuple[list[JournalLine], ChainHead]:
    head = ChainHead("journal", 0, GENESIS)
    journal = []
    for line in lines:
        for entry in entries_for(line, JUNE):
            linked = link(entry, head)
            head = ChainHead("journal", linked.sequence, linked.hash)
            journal.append(linked)
    return journal, head


def three_lines() -> tuple[list[JournalLine], ChainHead]:
    return journal_of(*(book_line(line_id=f"lin-{n}", settlement_id=f"stl-{n}") for n in (1, 2, 3)))


def test_a_line_gives_one_entry_a_fund_in_fund_order() -> None:
    line = book_line(
        by_fund={Fund.MEDICAL_AID: 300, Fund.BIG_ILLNESS: 0, Fund.CIVIL_SERVANT: 2, Fund.POOLED: 1}
    )
    entries = entries_for(line, JUNE)
    assert [(entry.fund, entry.amount_fen) for entry in entries] == [
        (Fund.POOLED, 1),
        (Fund.CIVIL_SERVANT, 2),
        (Fund.MEDICAL_AID, 300),
    ]


def test_the_payer_is_debited_and_the_care_region_credited() -> None:
    (entry,) = entries_for(book_line(), JUNE)
    assert (entry.payer_region, entry.payee_region) == ("330213", "310000")
    assert trial_balance([entry]) == {
        Account("330213", "payable"): -22_980_00,
        Account("310000", "receivable"): 22_980_00,
    }


def test_an_account_in_a_third_region_is_a_payer_of_its_own() -> None:
    (entry,) = entries_for(
        book_line(
            kind="debit", payer_region="140100", total_fen=0, by_fund={Fund.PERSONAL_ACCOUNT: 50_00}
        ),
        JUNE,
    )
    assert (entry.payer_region, entry.fund, entry.kind) == (
        "140100",
        Fund.PERSONAL_ACCOUNT,
        "debit",
    )


def test_a_line_without_an_amount_has_no_entry() -> None:
    assert entries_for(book_line(by_fund={}), JUNE) == []
    assert entries_for(book_line(by_fund={Fund.POOLED: 0}), JUNE) == []


@given(st.lists(st.integers(1, 99).map(lambda n: f"lin-{n}").flatmap(book_lines), max_size=10))
def test_the_trial_balance_is_zero(lines: list[BookLine]) -> None:
    journal, _ = journal_of(*lines)
    assert sum(trial_balance(journal).values()) == 0


def test_the_chain_as_written_is_sound() -> None:
    journal, head = three_lines()
    assert [line.sequence for line in journal] == [1, 2, 3]
    assert journal[0].previous_hash == GENESIS
    assert list(checked(journal, head, "line")) == journal


@pytest.mark.parametrize("field", [field.name for field in fields(JournalLine)])
def test_a_change_in_any_field_of_any_line_is_found_there(field: str) -> None:
    journal, head = three_lines()
    for at, line in enumerate(journal):
        value = getattr(line, field)
        changed: Any = {Scheme.RESIDENT: Scheme.EMPLOYEE, Fund.POOLED: Fund.OTHER}.get(value)
        if changed is None:
            changed = value + 1 if isinstance(value, int) else value + "x"
        tampered = [*journal[:at], replace(line, **{field: changed}), *journal[at + 1 :]]
        with pytest.raises(ChainError, match=f"line {line.sequence}"):
            list(checked(tampered, head, "line"))


def test_a_line_rewritten_with_a_fitting_hash_breaks_the_next_link() -> None:
    journal, head = three_lines()
    forged = replace(journal[1], amount_fen=1)
    forged = replace(forged, hash=content_hash(forged))
    with pytest.raises(ChainError, match=r"line 3 .*does not follow line 2"):
        list(checked([journal[0], forged, journal[2]], head, "line"))


def test_a_missing_line_is_named_the_last_one_too() -> None:
    journal, head = three_lines()
    for at in range(3):
        with pytest.raises(ChainError, match=f"line {at + 1} is missing"):
            list(checked(journal[:at] + journal[at + 1 :], head, "line"))


def test_swapped_contents_are_found_at_the_first_of_them() -> None:
    journal, head = three_lines()
    swapped = [
        replace(journal[1], sequence=1),
        replace(journal[0], sequence=2),
        journal[2],
    ]
    with pytest.raises(ChainError, match="line 1"):
        list(checked(swapped, head, "line"))


def test_a_line_added_at_the_end_is_found() -> None:
    journal, head = three_lines()
    forged = link(entries_for(book_line(line_id="lin-4"), JUNE)[0], head)
    with pytest.raises(ChainError, match="line 4 is too much"):
        list(checked([*journal, forged], head, "line"))
