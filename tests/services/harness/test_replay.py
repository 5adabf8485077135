"""A generated corpus through the whole network: the two ways must agree."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.cli import exit_codes
from services.cli.replay import ReplayOptions, replay_command
from services.harness.corpus import Story
from tests.effort import THOROUGH, thorough_only
from tests.services.harness.generated import generated, stories_of

pytestmark = pytest.mark.slow

CORPUS = (4, 90) if THOROUGH else (1, 45)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the data and the report of a corpus that was replayed once."""
    where = tmp_path_factory.mktemp("replayed")
    corpus = generated(*CORPUS)
    assert stories_of(corpus) == set(Story)
    options = ReplayOptions(where / "data", where / "report.jsonl")
    assert replay_command(corpus.path, options) == exit_codes.OK
    return where / "data", where / "report.jsonl"


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    shutil.copytree(generated(*CORPUS).path, folder)
    return folder


def changed(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_report_says_nothing_that_was_minted(replayed: tuple[Path, Path]) -> None:
    text = replayed[1].read_text(encoding="utf-8")
    assert not any(word in text for word in ("stl", "vst", "msg-", "T00:", "+08:00"))
    rows = [json.loads(line) for line in text.splitlines()]
    keys = [row["visit"] for row in rows if "visit" in row]
    assert keys == sorted(keys)
    assert len(keys) == CORPUS[1]
    kinds = {row["kind"] for row in rows if "visit" not in row}
    assert kinds == {"position", "accumulators", "account"}


@thorough_only  # that it goes on where it was killed is seen in every run
def test_replaying_again_changes_nothing(replayed: tuple[Path, Path], tmp_path: Path) -> None:
    data, report = replayed
    again = tmp_path / "again.jsonl"
    assert replay_command(generated(*CORPUS).path, ReplayOptions(data, again)) == 0
    assert again.read_bytes() == report.read_bytes()
    for noted in (data / "replay").glob("*.finished"):
        noted.unlink()  # as if nobody knew: every visit is played again
    assert replay_command(generated(*CORPUS).path, ReplayOptions(data, again)) == 0
    assert again.read_bytes() == report.read_bytes()


@thorough_only
def test_a_shuffled_corpus_over_a_bad_log_gives_the_same_bytes(
    replayed: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = copied(tmp_path)
    for name in ("visits.jsonl", "members.jsonl", "filings.jsonl"):
        changed(folder / name, random.Random(1).shuffle)
    options = ReplayOptions(
        tmp_path / "data",
        tmp_path / "report.jsonl",
        shuffle=5,
        log_faults="seed=7,repeat=5,unconfirmed=7,lose=9",
    )
    assert replay_command(folder, options) == exit_codes.OK
    assert (tmp_path / "report.jsonl").read_bytes() == replayed[1].read_bytes()


@thorough_only
def test_a_timed_replay_takes_its_time(replayed: tuple[Path, Path], tmp_path: Path) -> None:
    """Six years at 10^8 times real time are two seconds, however few visits are in flight."""
    options = ReplayOptions(
        tmp_path / "data", tmp_path / "report.jsonl", in_flight=2, speed=100_000_000
    )
    began = time.monotonic()
    assert replay_command(generated(*CORPUS).path, options) == exit_codes.OK
    assert time.monotonic() - began > 1.5
    assert (tmp_path / "report.jsonl").read_bytes() == replayed[1].read_bytes()


def test_the_first_difference_is_named(
    replayed: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(tmp_path)
    touched: list[str] = []

    def one_fen_more(rows: list[dict[str, Any]]) -> None:
        row = next(r for r in rows if r.get("payment", {}).get("fund", "0.00") != "0.00")
        row["payment"]["cash"] = "0.01"
        touched.append(row["visit"])

    changed(folder / "expected.jsonl", one_fen_more)
    assert replay_command(folder, ReplayOptions(replayed[0])) == exit_codes.DIFFERENCE
    assert f"{touched[0]}: payment.cash should be 0.01, but is" in capsys.readouterr().err


def test_a_position_that_differs_is_named(
    replayed: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.harness.read_back.STILL_S", 0.5)
    folder = copied(tmp_path)
    balances = json.loads((folder / "balances.json").read_text(encoding="utf-8"))
    balances["positions"][0]["amount"] = "0.01"
    (folder / "balances.json").write_text(json.dumps(balances), encoding="utf-8")
    assert replay_command(folder, ReplayOptions(replayed[0])) == exit_codes.DIFFERENCE
    assert ": amount should be 0.01, but is" in capsys.readouterr().err


def test_a_replay_that_was_killed_goes_on(replayed: tuple[Path, Path], tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "services.cli.main", "replay", str(generated(*CORPUS).path)),
        *("--data", str(tmp_path / "data"), "--report", str(tmp_path / "report.jsonl")),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    give_up = time.monotonic() + 60
    finished: list[str] = []
    while len(finished) < 5 and time.monotonic() < give_up:
        for noted in (tmp_path / "data" / "replay").glob("*.finished"):
            finished = noted.read_text().splitlines()
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(finished) >= 5
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ended.returncode == exit_codes.OK, ended.stderr
    assert (tmp_path / "report.jsonl").read_bytes() == replayed[1].read_bytes()


def test_nobody_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = "127.0.0.1:1"
    options = ReplayOptions(tmp_path, None, nowhere, nowhere, nowhere, patience_s=0)
    assert replay_command(generated(*CORPUS).path, options) == exit_codes.UNREACHABLE
    assert "do not answer" in capsys.readouterr().err


def test_a_corpus_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay_command(tmp_path / "none", ReplayOptions(tmp_path)) == exit_codes.BAD_INPUT
    folder = copied(tmp_path)
    changed(folder / "expected.jsonl", lambda rows: rows.__delitem__(0))
    nowhere = ReplayOptions(tmp_path, None, "127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1")
    assert replay_command(folder, nowhere) == exit_codes.BAD_INPUT
    (folder / "manifest.json").unlink()
    assert replay_command(folder, nowhere) == exit_codes.BAD_INPUT
    assert replay_command(folder, ReplayOptions(tmp_path, log_faults="x=1")) == 2
    assert replay_command(folder, ReplayOptions(tmp_path, care="127.0.0.1:1")) == 2
    assert capsys.readouterr().err.count("error:") == 5
