"""The network as a process: it says where it serves, keeps its folder, ends when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli import exit_codes

UP = [sys.executable, "-m", "services.cli.main", "up"]
ANY_PORTS = ["--care-port", "0", "--insured-port", "0", "--house-port", "0"]


def _start(data: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*UP, "--data", str(data), *ANY_PORTS, "--ready-json", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _addresses(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    addresses: dict[str, str] = json.loads(process.stdout.readline())
    return addresses


@pytest.mark.parametrize("ending", ["signal", "stdin"])
def test_it_serves_until_it_is_told_to_end(tmp_path: Path, ending: str) -> None:
    process = _start(tmp_path, "--end-with-stdin")
    with process:
        addresses = _addresses(process)
        assert set(addresses) == {"care", "insured", "house"}
        for address in addresses.values():
            host, port = address.rsplit(":", 1)
            socket.create_connection((host, int(port)), timeout=5).close()
        assert json.loads((tmp_path / "network.json").read_text())["house"] == addresses["house"]
        if ending == "signal":
            process.send_signal(signal.SIGINT)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == exit_codes.OK
    assert not (tmp_path / "network.json").exists()


def test_a_taken_port_is_said_and_leaves_nothing_running(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [*UP, "--data", str(tmp_path), *ANY_PORTS[2:], "--care-port", port],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ended.returncode == exit_codes.UNREACHABLE
    assert "port_in_use" in ended.stderr


def test_help_names_every_command() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "services.cli.main", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for command in ("up", "adjudicate", "explain", "replay", "corpus", "balances", "verify"):
        assert command in shown


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--region", "330213", "--slot", "2"], "--region, --slot mean nothing without --role"),
        (["--set", "slot=2"], "--set mean nothing without --role"),
        (
            ["--role", "care", "--region", "999999", "--listen", "127.0.0.1:0"],
            "region_without_rules: field regions: there are no rules for 999999",
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(
    tmp_path: Path, options: list[str], words: str
) -> None:
    server = {
        "YIDI_BROKER_BOOTSTRAP": "127.0.0.1:1",
        "YIDI_DATABASE_URL": "postgresql://u:p@127.0.0.1:1/d",
    }
    done = subprocess.run(
        [*UP, "--data", str(tmp_path), *options],
        env=os.environ | (server if "--role" in options else {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (exit_codes.BAD_INPUT, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
