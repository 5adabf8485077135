"""A store beside dictionaries that say what it should hold, whatever is done to it."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from clearing.ports import Key, UnitOfWork
from tests.contracts.shelves import (
    BOOK_RECORDS,
    COLOURS,
    IDS,
    LINE_RECORDS,
    SPECS,
    Book,
    Colour,
    Line,
)
from tests.contracts.twins import StoreTwin

PLACES: st.SearchStrategy[Key] = st.tuples(IDS, COLOURS, st.integers(-2, 12))
"""Keys of lines."""


class UndoneError(Exception):
    """Ends an attempt."""


class StoreMachine(RuleBasedStateMachine):
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
        error = UndoneError()
        # A context manager says False: the exception goes on to the caller.
        assert not scope.__exit__(UndoneError, error, None)
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


def _place(line: Line) -> Key:
    return line.book_id, line.colour, line.number
