"""What every store promises, whatever keeps the records."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from adapters.db.tables import LARGEST_SUM_FEN
from clearing.errors import Conflict, InvariantBroken
from clearing.ports import Key, Store, UnitOfWork
from tests.contracts.shelves import (
    BOOK_RECORDS,
    LINES,
    SPECS,
    Book,
    Colour,
    Line,
    Ticket,
    book,
)
from tests.contracts.store_machine import StoreMachine, UndoneError
from tests.contracts.twins import STORES, StoreTwin
from tests.effort import examples


@pytest.fixture(params=STORES)
def twin(request: pytest.FixtureRequest) -> StoreTwin:
    return STORES[request.param]


@pytest.fixture
def store(twin: StoreTwin, tmp_path: Path) -> Iterator[Store]:
    opened = twin.open(tmp_path, SPECS)
    yield opened
    opened.close()


def _put(store: Store, *records: Any) -> None:
    unit = store.begin()
    for record in records:
        unit.table(type(record)).put(record)
    unit.commit()


@pytest.mark.parametrize("name", STORES)
def test_store_behaves_as_a_dictionary_with_transactions(name: str) -> None:
    machine = type("StoreMachine", (StoreMachine,), {"twin": STORES[name]})
    count = examples(STORES[name].examples)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=count, stateful_step_count=30, deadline=None)
    )


@pytest.mark.parametrize("name", STORES)
def test_every_value_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    opened = STORES[name].open(tmp_path, SPECS)

    @settings(deadline=None)
    @given(BOOK_RECORDS)
    def round_trip(record: Book) -> None:
        _put(opened, record)
        unit = opened.begin()
        found = unit.table(Book).get(record.book_id)
        unit.rollback()
        assert found == record
        assert found is not None
        assert type(found.colour) is type(record.colour)
        assert type(found.lent) is bool
        assert type(found.cover) is bytes
        assert {type(key) for key in found.by_colour} <= {Colour}
        assert type(found.notes) is tuple

    try:
        round_trip()
    finally:
        opened.close()


def test_an_attempt_passes_its_exception_on_and_takes_its_changes_back(store: Store) -> None:
    _put(store, book("a", amount_fen=1), book("b"))
    unit = store.begin()
    books = unit.table(Book)
    books.put(book("a", amount_fen=2))

    def fail() -> None:
        with unit.attempt():
            books.put(book("a", amount_fen=3))
            books.put(book("c"))
            books.delete("b")
            assert [each.book_id for each in books.select(shelf="s")] == ["a", "c"]
            raise UndoneError

    with pytest.raises(UndoneError):
        fail()
    with unit.attempt():
        books.put(book("d"))
    unit.commit()
    unit = store.begin()
    found = {each.book_id: each.amount_fen for each in unit.table(Book).select(shelf="s")}
    unit.rollback()
    assert found == {"a": 2, "b": 0, "d": 0}


def test_what_was_looked_for_in_an_attempt_is_found_after_it(store: Store) -> None:
    """The first look for a shelf falls between a record's removal and its coming back."""
    unit = store.begin()
    unit.table(Book).put(book())
    with pytest.raises(UndoneError):
        _remove_look_and_give_up(unit)
    assert unit.table(Book).select(shelf=book().shelf) == [book()]
    unit.rollback()


def _remove_look_and_give_up(unit: UnitOfWork) -> None:
    with unit.attempt():
        unit.table(Book).delete(book().book_id)
        assert unit.table(Book).select(shelf=book().shelf) == []
        raise UndoneError


def test_a_failing_commit_writes_nothing_and_ends_the_unit(store: Store) -> None:
    _put(store, Ticket(1, "A1"))
    unit = store.begin()
    unit.table(Book).put(book())
    tickets = unit.table(Ticket)
    tickets.put(Ticket(2, "A1"))
    with pytest.raises(Conflict) as caught:
        unit.commit()
    assert caught.value.code == "unique_violated"
    with pytest.raises(RuntimeError):
        unit.commit()
    with pytest.raises(RuntimeError):
        tickets.get(2)
    with pytest.raises(RuntimeError):
        tickets.put(Ticket(3, "A3"))
    unit = store.begin()
    assert unit.table(Book).get("a") is None
    assert unit.table(Ticket).get(2) is None
    unit.table(Ticket).put(Ticket(2, "A2"))
    unit.commit()


def test_a_unique_value_may_move_on_in_one_unit(store: Store) -> None:
    _put(store, Ticket(1, "A1"))
    unit = store.begin()
    unit.table(Ticket).delete(1)
    unit.table(Ticket).put(Ticket(2, "A1"))
    unit.commit()
    unit = store.begin()
    assert unit.table(Ticket).select(seat="A1") == [Ticket(2, "A1")]
    unit.rollback()


def test_a_page_is_full_even_where_changes_hide_stored_records(store: Store) -> None:
    _put(store, *(Ticket(number, f"A{number}") for number in range(10)))
    unit = store.begin()
    tickets = unit.table(Ticket)
    for number in (0, 1, 2, 4):
        tickets.delete(number)
    tickets.put(Ticket(5, "B5"))
    assert tickets.scan(limit=3) == [Ticket(3, "A3"), Ticket(5, "B5"), Ticket(6, "A6")]
    assert tickets.scan((3,), limit=1) == [Ticket(5, "B5")]
    unit.rollback()


def test_select_wants_an_index(store: Store) -> None:
    unit = store.begin()
    for equals in ({"amount_fen": 1}, {"colour": Colour.RED}, {"shelf": "s", "lent": True}, {}):
        with pytest.raises(ValueError, match="no index"):
            unit.table(Book).select(**equals)
    with pytest.raises(ValueError, match="no index"):
        unit.table(Book).scan(colour=Colour.RED)
    unit.rollback()


def test_records_that_break_their_declaration_are_refused_at_once(store: Store) -> None:
    unit = store.begin()
    with pytest.raises(TypeError, match=r"books\.amount_fen"):
        unit.table(Book).put(book(amount_fen=None))  # type: ignore[arg-type] # the mistake
    with pytest.raises(TypeError, match=r"books\.amount_fen"):
        unit.table(Book).put(book(amount_fen=1.5))  # type: ignore[arg-type] # the mistake
    with pytest.raises(TypeError, match=r"books\.amount_fen"):
        unit.table(Book).put(book(amount_fen=True))
    with pytest.raises(TypeError):
        unit.table(Book).put(Ticket(1, "A1"))  # type: ignore[arg-type] # the mistake
    with pytest.raises(TypeError):
        unit.table(Line).get("a", Colour.RED)
    with pytest.raises(KeyError):
        unit.table(int)
    unit.rollback()


def test_what_cannot_be_money_is_refused_by_the_database(store: Store, twin: StoreTwin) -> None:
    if not twin.durable:
        pytest.skip("there is no database to refuse it")
    unit = store.begin()
    unit.table(Book).put(book(amount_fen=LARGEST_SUM_FEN + 1))
    with pytest.raises(InvariantBroken) as caught:
        unit.commit()
    assert caught.value.code == "database_constraint"


def test_more_keys_than_one_statement_takes(store: Store) -> None:
    lines = [Line("a", Colour.GREEN, number, None, "") for number in range(1500)]
    _put(store, *lines)
    unit = store.begin()
    keys: list[Key] = [("a", Colour.GREEN, number) for number in range(-1, 1501)]
    assert list(unit.table(Line).get_many(keys).values()) == lines
    unit.rollback()


def test_two_writers_never_lose_an_update(twin: StoreTwin, tmp_path: Path) -> None:
    one, other = twin.open(tmp_path, SPECS), twin.open(tmp_path, SPECS)
    _put(one, book(amount_fen=1), Ticket(1, "A1"))
    stale = one.begin()
    before = stale.table(Book).get("a")
    assert before is not None
    unit = other.begin()
    unit.table(Book).put(book(amount_fen=before.amount_fen + 10))
    unit.commit()
    stale.table(Book).put(book(amount_fen=before.amount_fen + 100))
    with pytest.raises(Conflict) as caught:
        stale.commit()
    assert caught.value.code == "database_moved_on"
    again = one.begin()
    assert again.table(Book).get("a") == book(amount_fen=11)
    again.rollback()
    one.close()
    other.close()


def test_of_two_that_delete_a_record_the_second_is_refused(twin: StoreTwin, tmp_path: Path) -> None:
    one, other = twin.open(tmp_path, SPECS), twin.open(tmp_path, SPECS)
    _put(one, book())
    stale = one.begin()
    assert stale.table(Book).get("a") is not None
    unit = other.begin()
    unit.table(Book).delete("a")
    unit.commit()
    stale.table(Book).delete("a")
    with pytest.raises(Conflict) as caught:
        stale.commit()
    assert caught.value.code == "database_moved_on"
    one.close()
    other.close()


def test_what_was_read_ahead_knows_of_what_was_written_since(store: Store) -> None:
    unit = store.begin()
    lines = unit.table(Line)
    lines.want_by("book_id", ["a"])
    lines.want_page(limit=10)
    unit.read_wanted()
    assert lines.select(book_id="a") == lines.scan(limit=10) == []
    line = Line("a", Colour.RED, 0, None, "")
    lines.put(line)
    unit.write()
    assert lines.select(book_id="a") == lines.scan(limit=10) == [line]
    unit.rollback()


def test_a_unit_stands_on_what_it_holds(twin: StoreTwin, tmp_path: Path) -> None:
    one, other = twin.open(tmp_path, SPECS), twin.open(tmp_path, SPECS)
    _put(one, book(amount_fen=1))
    stale = one.begin()
    assert stale.table(Book).get("a") is not None
    stale.table(Book).hold("a")
    stale.table(Ticket).put(Ticket(1, "A1"))
    unit = other.begin()
    unit.table(Book).put(book(amount_fen=2))
    unit.commit()
    with pytest.raises(Conflict) as caught:
        stale.commit()
    assert caught.value.code == "database_moved_on"
    again = one.begin()
    again.table(Book).hold("a")
    again.table(Ticket).put(Ticket(2, "A2"))
    again.commit()
    unit = other.begin()
    assert [each.ticket_id for each in unit.table(Ticket).scan()] == [2]
    unit.table(Book).hold("a")  # and writes nothing
    unit.commit()
    one.close()
    other.close()


def test_what_another_has_deleted_is_inserted_or_refused(twin: StoreTwin, tmp_path: Path) -> None:
    one, other = twin.open(tmp_path, SPECS), twin.open(tmp_path, SPECS)
    _put(one, book(amount_fen=1))
    stale = one.begin()
    assert stale.table(Book).get("a") is not None
    unit = other.begin()
    unit.table(Book).delete("a")
    unit.commit()
    stale.table(Book).put(book(amount_fen=2))
    if twin.refuses_the_deleted:
        with pytest.raises(Conflict) as caught:
            stale.commit()
        assert caught.value.code == "database_moved_on"
    else:
        stale.commit()
    again = one.begin()
    left = [] if twin.refuses_the_deleted else [book(amount_fen=2)]
    assert again.table(Book).scan() == left
    again.rollback()
    one.close()
    other.close()


def test_one_unit_at_a_time(store: Store) -> None:
    unit = store.begin()
    with pytest.raises(RuntimeError):
        store.begin()
    unit.rollback()
    unit.rollback()
    store.begin().rollback()
    store.close()
    with pytest.raises(RuntimeError):
        store.begin()


def test_what_was_committed_survives_a_kill(twin: StoreTwin, tmp_path: Path) -> None:
    if not twin.durable:
        pytest.skip("keeps nothing beyond its process, by design")
    name = next(each for each, known in STORES.items() if known is twin)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contracts.endless_writer", "store", name, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(30)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout]
    opened = twin.open(tmp_path, (LINES,))
    unit = opened.begin()
    batches: dict[int, int] = {}
    for line in unit.table(Line).scan(limit=1_000_000):
        batches[int(line.text)] = batches.get(int(line.text), 0) + 1
    unit.rollback()
    opened.close()
    assert set(acknowledged) <= set(batches)
    assert set(batches.values()) == {10}


def _change_find_and_give_up(unit: UnitOfWork, lines: list[Line]) -> None:
    table = unit.table(Line)
    with unit.attempt():
        table.put(replace(lines[0], text="undone"))
        table.want_by("book_id", "ab")
        unit.read_wanted()
        table.delete("b", Colour.GREEN, 0)
        raise UndoneError


def test_records_found_for_many_values_are_as_the_unit_has_them(store: Store) -> None:
    lines = [Line(name, Colour.GREEN, number, None, "") for name in "abc" for number in range(2)]
    _put(store, *lines)
    unit = store.begin()
    table = unit.table(Line)
    with pytest.raises(UndoneError):
        _change_find_and_give_up(unit, lines)
    table.delete("a", Colour.GREEN, 1)
    table.want_by("book_id", ["b", "nobody", "a"])
    unit.read_wanted()
    assert table.select(book_id="b") == lines[2:4]
    assert table.select(book_id="nobody") == []
    assert table.select(book_id="a") == lines[:1]
    assert table.select(book_id="c") == lines[4:]
    unit.rollback()
