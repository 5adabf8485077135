"""Records that the store's contract keeps: every declared type, simple and composite keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from adapters.db.tables import LARGEST_SUM_FEN
from clearing.calendar import Instant
from clearing.ports import TableSpec


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Note:
    step: str
    amount_fen: int
    on: date | None
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """Every kind of field there is; found by shelf, and by shelf and colour."""

    book_id: str
    shelf: str
    colour: Colour | None
    amount_fen: int
    printed_on: date
    lent: bool
    cover: bytes
    read_at: Instant | None
    by_colour: Mapping[Colour, int]
    by_day: Mapping[date, int]
    tags: tuple[str, ...]
    notes: tuple[Note, ...]
    span: tuple[date, date | None] | None


@dataclass(frozen=True, slots=True)
class Line:
    """A composite key, one part of it an enum; found by the day, which may be missing."""

    book_id: str
    colour: Colour
    number: int
    day: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """Has a value that no two may share."""

    ticket_id: int
    seat: str


BOOKS = TableSpec(Book, "books", ("book_id",), indexes=(("shelf", "colour"),))
LINES = TableSpec(Line, "lines", ("book_id", "colour", "number"), indexes=(("day",),))
TICKETS = TableSpec(Ticket, "tickets", ("ticket_id",), unique=(("seat",),))
SPECS = (BOOKS, LINES, TICKETS)

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
AMOUNTS = st.integers(-LARGEST_SUM_FEN, LARGEST_SUM_FEN)
DATES = st.dates()
IDS = st.sampled_from(["a", "b", "ab", "Z", "é", "\uffff", "😀", "一"])
COLOURS = st.sampled_from(Colour)

_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=4,
)
_NOTES = st.builds(
    Note,
    step=TEXTS,
    amount_fen=st.integers(),
    on=st.none() | DATES,
    inputs=st.dictionaries(TEXTS, _PLAIN, max_size=3),
)

BOOK_RECORDS = st.builds(
    Book,
    book_id=IDS,
    shelf=st.sampled_from(["s", "t"]),
    colour=st.none() | COLOURS,
    amount_fen=AMOUNTS,
    printed_on=DATES,
    lent=st.booleans(),
    cover=st.binary(max_size=8),
    read_at=st.none() | INTEGERS.map(Instant),
    by_colour=st.dictionaries(COLOURS, st.integers(), max_size=2),
    by_day=st.dictionaries(DATES, st.integers(), max_size=2),
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    notes=st.lists(_NOTES, max_size=2).map(tuple),
    span=st.none() | st.tuples(DATES, st.none() | DATES),
)
LINE_RECORDS = st.builds(
    Line,
    book_id=IDS,
    colour=COLOURS,
    number=st.integers(-2, 12),
    day=st.none() | st.sampled_from([date(2020, 1, 1), date(2020, 2, 29)]),
    text=TEXTS,
)


def book(book_id: str = "a", shelf: str = "s", amount_fen: int = 0) -> Book:
    """Return a book with nothing remarkable about it."""
    return Book(
        book_id,
        shelf,
        None,
        amount_fen,
        date(2020, 1, 1),
        False,
        b"",
        None,
        {},
        {},
        (),
        (),
        None,
    )
