"""``yidi simulate`` says what it did, and shows what it found in a few steps."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clearing.errors import Malformed
from services.cli.main import app
from services.cli.simulate import seeds_of
from services.simulator.planted.bugs import BUGS
from tests.effort import thorough_only


def test_seeds_that_hold_every_promise() -> None:
    result = CliRunner().invoke(app, ["simulate", "--seeds", "1..2", "--steps", "120"])
    assert result.exit_code == 0, result.output
    assert "2 seeds, 240 steps" in result.output
    assert "0 seeds break a promise" in result.output


@thorough_only
def test_a_seed_that_breaks_one_is_shown_with_a_short_trace() -> None:
    arguments = ["simulate", "--seed", "3", "--steps", "300", "--planted", "wait_not_ended"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "seed 3, shortest trace found" in result.output
    assert "again: yidi simulate --seed 3 --steps 300 --planted wait_not_ended" in result.output
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).output)
    (trace,) = told["traces"]
    assert trace["broken"].startswith("load_miscounted")
    assert len(trace["steps"]) < told["failing"][0]["steps"]


def test_an_unknown_bug_names_those_there_are() -> None:
    result = CliRunner().invoke(app, ["simulate", "--planted", "nonsense"])
    assert result.exit_code == 2
    assert "outbox_row_forgotten" in result.output


def test_every_bug_that_can_be_planted_is_listed() -> None:
    shown = CliRunner().invoke(app, ["simulate", "--planted", "list"]).output
    told = json.loads(CliRunner().invoke(app, ["simulate", "--planted", "list", "--json"]).output)
    assert told.keys() == BUGS.keys()
    assert all(name in shown and words in shown for name, words in told.items())


@pytest.mark.parametrize("text", ["1", "2..1", "a..b", "-1..2", ".."])
def test_seeds_are_written_in_one_way(text: str) -> None:
    with pytest.raises(Malformed):
        seeds_of(0, text)
    assert list(seeds_of(5, "")) == [5]
    assert list(seeds_of(0, "3..5")) == [3, 4, 5]
