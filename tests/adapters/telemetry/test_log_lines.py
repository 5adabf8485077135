from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.telemetry import log_output
from clearing.errors import Malformed, NotFound, Unavailable
from clearing.messages import Address, Role

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NODE = Address(Role.INSURED, "110100")
logger = logging.getLogger("services.node.trial")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root, kept = logging.getLogger(), list(logging.getLogger().handlers)
    level, levels = root.level, {name: logging.getLogger(name).level for name in log_output.HOUSE}
    yield io.StringIO()
    root.handlers[:] = kept
    root.setLevel(level)
    for name, known in levels.items():
        logging.getLogger(name).setLevel(known)


def _only(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_line_tells_when_where_what_and_to_which_trace_it_belongs(lines: io.StringIO) -> None:
    log_output.set_up(form="json", constants={"role": "insured", "slot": 2}, stream=lines)
    error = Unavailable("log_unavailable", "the log is away", "消息代理不可用")
    logger.warning("%s: not taken: %s", NODE, error, extra={"trace_parent": TRACE})
    read = _only(lines)
    assert read.pop("time").endswith("Z")
    assert read == {
        "level": "warning",
        "logger": "services.node.trial",
        "message": "insured/110100: not taken: log_unavailable: the log is away",
        "node": "insured/110100",
        "role": "insured",
        "slot": 2,
        "code": "log_unavailable",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("layout", ["%s parks %s", "%r parks %r"])
def test_the_words_of_a_refusal_are_not_written(lines: io.StringIO, form: str, layout: str) -> None:
    log_output.set_up(form=form, stream=lines)
    error = NotFound(
        "member_unknown", "no member '王小明'", "没有参保人 '王小明'", field="member_id"
    )
    logger.error(layout, NODE, error)
    assert "王小明" not in lines.getvalue()
    assert "member_unknown (field member_id)" in lines.getvalue()


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exception_is_told_by_kind_and_place_and_not_by_what_it_says(
    lines: io.StringIO, form: str
) -> None:
    log_output.set_up(form=form, stream=lines)
    try:
        try:
            raise KeyError("王小明")
        except KeyError as error:
            raise Malformed("request", "王小明 is no id", "无效") from error
    except Malformed:
        logger.exception("%s: request", NODE)
    said = lines.getvalue()
    assert "王小明" not in said
    assert "KeyError" in said
    assert "test_log_lines.py:" in said
    if form == "json":
        assert _only(lines)["code"] == "request"


def test_a_line_break_in_a_message_begins_no_new_line(lines: io.StringIO) -> None:
    log_output.set_up(form="json", stream=lines)
    logger.error("first\nsecond")
    assert _only(lines)["message"] == "first\nsecond"


def test_numbers_of_persons_are_blotted_out_of_whatever_is_written(lines: io.StringIO) -> None:
    log_output.set_up(form="json", stream=lines)
    logging.getLogger("some.client").error("cannot find %s", "11010519491231002X")
    assert _only(lines)["message"] == "cannot find [certificate number]"


def test_a_record_that_does_not_fit_its_arguments_is_written(lines: io.StringIO) -> None:
    log_output.set_up(form="json", stream=lines)
    layout = "%d and %d"
    logger.error(layout, "one")
    assert _only(lines)["message"] == "%d and %d"


def test_the_level_is_for_the_house_and_libraries_stay_quiet(lines: io.StringIO) -> None:
    log_output.set_up(form="json", level="debug", stream=lines)
    logging.getLogger("some.client").info("chatter")
    assert lines.getvalue() == ""
    logger.debug("heard")
    assert _only(lines)["message"] == "heard"


def test_away_from_a_terminal_lines_are_json_by_themselves(lines: io.StringIO) -> None:
    log_output.set_up(stream=lines)
    logger.warning("heard")
    assert _only(lines)["message"] == "heard"
