"""What every store promises, whatever keeps the records."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from adapters.db.tables import LARGEST_SUM_FEN
from clearing.errors import Conflict, InvariantBroken
from clearing.ports import Key, Store, UnitOfWork
from tests.contracts.shelves import (
    BOOK_RECORDS,
    COLOURS,
    IDS,
    LINE_RECORDS,
    LINES,
    SPECS,
    Book,
    Colour,
    Line,
    Ticket,
    book,
)
from tests.contracts.twins import STORES, StoreTwin
from tests.effort import examples

PLACES: st.SearchStrategy[Key] = st.tuples(IDS, COLOURS, st.integers(-2, 12))
"""Keys of lines."""


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


class _UndoneError(Exception):
    """Ends an attempt."""


class _StoreMachine(RuleBasedStateMachine):
    """A store beside three dictionaries: durable, in the unit, in the attempt."""

    twin: StoreTwin

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = self.twin.open(self.folder, SPECS)
        self.durable: dict[tuple[type, Key], Any] = {}
        self.model: dict[tuple[type, Key], Any] = {}
        self.unit: UnitOfWork = self.store.begin()
        self.attempts: list[tuple[Any, dict[tuple[type, Key], Any]]] = []

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def _expected(self, record: type, **equals: Any) -> list[Any]:
        rows = sorted((key, value) for (kind, key), value in self.model.items() if kind is record)
        return [
            row
            for _, row in rows
            if all(getattr(row, name) == value for name, value in equals.items())
        ]

    @initialize(books=st.lists(BOOK_RECORDS, max_size=6), lines=st.lists(LINE_RECORDS, max_size=9))
    def fill(self, books: list[Book], lines: list[Line]) -> None:
        for each in books:
            self.put_book(each)
        for line in lines:
            self.put_line(line)
        self.commit()

    @rule(record=BOOK_RECORDS)
    def put_book(self, record: Book) -> None:
        self.unit.table(Book).put(record)
        self.model[Book, (record.book_id,)] = record

    @rule(record=LINE_RECORDS)
    def put_line(self, record: Line) -> None:
        self.unit.table(Line).put(record)
        self.model[Line, (record.book_id, record.colour, record.number)] = record

    @rule(book_id=IDS)
    def delete_book(self, book_id: str) -> None:
        self.unit.table(Book).delete(book_id)
        self.model.pop((Book, (book_id,)), None)

    @rule(book_id=IDS, colour=COLOURS, number=st.integers(-2, 12))
    def delete_line(self, book_id: str, colour: Colour, number: int) -> None:
        self.unit.table(Line).delete(book_id, colour, number)
        self.model.pop((Line, (book_id, colour, number)), None)

    @rule(book_id=IDS)
    def get_book(self, book_id: str) -> None:
        assert self.unit.table(Book).get(book_id) == self.model.get((Book, (book_id,)))

    @rule(keys=st.lists(PLACES, max_size=9))
    def get_many_lines(self, keys: list[Key]) -> None:
        found = self.unit.table(Line).get_many(keys)
        assert found == {key: self.model[Line, key] for key in keys if (Line, key) in self.model}

    @rule(shelf=st.sampled_from(["s", "t"]))
    def select_shelf(self, shelf: str) -> None:
        assert list(self.unit.table(Book).select(shelf=shelf)) == self._expected(Book, shelf=shelf)

    @rule(shelf=st.sampled_from(["s", "t"]), colour=st.none() | COLOURS)
    def select_shelf_and_colour(self, shelf: str, colour: Colour | None) -> None:
        found = self.unit.table(Book).select(colour=colour, shelf=shelf)
        assert list(found) == self._expected(Book, shelf=shelf, colour=colour)

    @rule(book_id=IDS)
    def select_lines_of_book(self, book_id: str) -> None:
        found = self.unit.table(Line).select(book_id=book_id)
        assert list(found) == self._expected(Line, book_id=book_id)

    @rule(book_ids=st.lists(IDS, max_size=4))
    def select_lines_of_books(self, book_ids: list[str]) -> None:
        table = self.unit.table(Line)
        table.want_by("book_id", book_ids)
        self.unit.read_wanted()
        assert {book_id: list(table.select(book_id=book_id)) for book_id in book_ids} == {
            book_id: self._expected(Line, book_id=book_id) for book_id in book_ids
        }

    @rule(keys=st.lists(PLACES, max_size=9))
    def want_lines(self, keys: list[Key]) -> None:
        self.unit.table(Line).want(keys)

    @rule(book_ids=st.lists(IDS, max_size=4))
    def want_lines_of_books(self, book_ids: list[str]) -> None:
        self.unit.table(Line).want_by("book_id", book_ids)

    @rule(limit=st.sampled_from([1, 4, 1000]), after=st.none() | PLACES, below=st.none() | PLACES)
    def want_page_of_lines(self, limit: int, after: Key | None, below: Key | None) -> None:
        self.unit.table(Line).want_page(after, limit, below=below)

    @rule()
    def read_wanted(self) -> None:
        self.unit.read_wanted()

    @rule(limit=st.sampled_from([1, 4, 1000]), after=st.none() | PLACES, below=st.none() | PLACES)
    def scan_some_lines(self, limit: int, after: Key | None, below: Key | None) -> None:
        found = self.unit.table(Line).scan(after, limit, below=below)
        assert (
            list(found)
            == [
                line
                for line in self._expected(Line)
                if (after is None or _place(line) > after)
                and (below is None or _place(line) < below)
            ][:limit]
        )

    @rule(limit=st.integers(1, 4))
    def scan_all_lines(self, limit: int) -> None:
        found: list[Line] = []
        after: Key | None = None
        while page := self.unit.table(Line).scan(after, limit):
            assert len(page) <= limit
            found += page
            after = (page[-1].book_id, page[-1].colour, page[-1].number)
        assert found == self._expected(Line)

    @rule(
        limit=st.integers(1, 4),
        day=st.none() | st.sampled_from([date(2020, 1, 1), date(2020, 2, 29)]),
        after=st.none() | st.tuples(IDS, COLOURS, st.integers(-2, 12)),
        below=st.none() | st.tuples(IDS, COLOURS, st.integers(-2, 12)),
    )
    def scan_lines_of_day(
        self, limit: int, day: date | None, after: Key | None, below: Key | None
    ) -> None:
        found = self.unit.table(Line).scan(after, limit, below=below, day=day)
        expected = [
            line
            for line in self._expected(Line, day=day)
            if (after is None or (line.book_id, line.colour, line.number) > after)
            and (below is None or (line.book_id, line.colour, line.number) < below)
        ]
        assert list(found) == expected[:limit]

    @rule()
    def attempt(self) -> None:
        if len(self.attempts) < 2:
            scope = self.unit.attempt()
            scope.__enter__()
            self.attempts.append((scope, dict(self.model)))

    @precondition(lambda self: self.attempts)
    @rule()
    def keep_attempt(self) -> None:
        self.attempts.pop()[0].__exit__(None, None, None)

    @precondition(lambda self: self.attempts)
    @rule()
    def discard_attempt(self) -> None:
        scope, before = self.attempts.pop()
        error = _UndoneError()
        # A context manager says False: the exception goes on to the caller.
        assert not scope.__exit__(_UndoneError, error, None)
        self.model = before

    @precondition(lambda self: not self.attempts)
    @rule()
    def write(self) -> None:
        self.unit.write()

    @precondition(lambda self: not self.attempts)
    @rule()
    def commit(self) -> None:
        self.unit.commit()
        self.durable = dict(self.model)
        self.unit = self.store.begin()

    @precondition(lambda self: not self.attempts)
    @rule()
    def rollback(self) -> None:
        self.unit.rollback()
        self.model = dict(self.durable)
        self.unit = self.store.begin()

    @precondition(lambda self: not self.attempts)
    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.twin.open(self.folder, SPECS)
        self.model = dict(self.durable)
        self.unit = self.store.begin()


@pytest.mark.parametrize("name", STORES)
def test_store_behaves_as_a_dictionary_with_transactions(name: str) -> None:
    machine = type("StoreMachine", (_StoreMachine,), {"twin": STORES[name]})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples(60), stateful_step_count=30, deadline=None)
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
            raise _UndoneError

    with pytest.raises(_UndoneError):
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
    with pytest.raises(_UndoneError):
        _remove_look_and_give_up(unit)
    assert unit.table(Book).select(shelf=book().shelf) == [book()]
    unit.rollback()


def _remove_look_and_give_up(unit: UnitOfWork) -> None:
    with unit.attempt():
        unit.table(Book).delete(book().book_id)
        assert unit.table(Book).select(shelf=book().shelf) == []
        raise _UndoneError


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


def _place(line: Line) -> Key:
    return line.book_id, line.colour, line.number


def _change_find_and_give_up(unit: UnitOfWork, lines: list[Line]) -> None:
    table = unit.table(Line)
    with unit.attempt():
        table.put(replace(lines[0], text="undone"))
        table.want_by("book_id", "ab")
        unit.read_wanted()
        table.delete("b", Colour.GREEN, 0)
        raise _UndoneError


def test_records_found_for_many_values_are_as_the_unit_has_them(store: Store) -> None:
    lines = [Line(name, Colour.GREEN, number, None, "") for name in "abc" for number in range(2)]
    _put(store, *lines)
    unit = store.begin()
    table = unit.table(Line)
    with pytest.raises(_UndoneError):
        _change_find_and_give_up(unit, lines)
    table.delete("a", Colour.GREEN, 1)
    table.want_by("book_id", ["b", "nobody", "a"])
    unit.read_wanted()
    assert table.select(book_id="b") == lines[2:4]
    assert table.select(book_id="nobody") == []
    assert table.select(book_id="a") == lines[:1]
    assert table.select(book_id="c") == lines[4:]
    unit.rollback()
