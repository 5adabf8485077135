"""The client's logging: one line of a kind, however many it writes."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from adapters.broker import quiet
from adapters.broker.quiet import Throttle, quieten

CLIENT = logging.getLogger("kafka.coordinator.pretend")


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == CLIENT.name:
            self.lines.append(record.getMessage())


@pytest.fixture
def lines() -> Iterator[list[str]]:
    quieten()
    quieten()
    (throttle,) = [each for each in logging.getLogger("kafka").handlers if type(each) is Throttle]
    throttle._seen.clear()
    handler = _Lines()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


def test_a_flood_becomes_one_line_and_a_count(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for node in range(5_000):
        CLIENT.error("coordinator %s is dead", node)
        CLIENT.error(f"task 0x{node:x} ran for 0.{node}s")
    CLIENT.error("something else")
    assert lines == ["coordinator 0 is dead", "task 0x0 ran for 0.0s", "something else"]
    monkeypatch.setattr(quiet, "EVERY_S", 0.0)
    CLIENT.error("coordinator %s is dead", "still")
    assert lines[3:] == ["coordinator still is dead (and 4999 more)"]


def test_what_is_less_than_a_warning_is_dropped(lines: list[str]) -> None:
    CLIENT.info("fetched")
    assert lines == []
