"""``yidi dead-letters`` over gRPC, against a network that was sent bytes nobody can read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from typer.testing import CliRunner

from clearing.messages import Address, Role
from clearing.ports import NewRecord
from services.cli import exit_codes
from services.cli.main import app
from services.cli.up import ADDRESSES_FILE
from services.node.topics import inbound
from tests.scenarios.serving import Served, serving

NODE = Address(Role.INSURED, "990100")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as running:
        (tmp_path / ADDRESSES_FILE).write_text(json.dumps(asdict(running.addresses)))
        running.network._log.append([NewRecord(inbound(NODE), "m-1", b"\xff\x01")] * 2)
        yield running


def _run(*arguments: str) -> tuple[int, Any]:
    found = CliRunner().invoke(app, ["dead-letters", *arguments, "--json"])
    return found.exit_code, json.loads(found.stdout) if found.stdout else None


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_letters_are_listed_shown_replayed_and_discarded(served: Served, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    _until(lambda: _run("list", str(NODE), *data)[1][0:1] != [])
    _until(lambda: len(_run("list", str(NODE), *data)[1][0]["letters"]) == 2)
    code, listed = _run("list", *data)
    assert code == exit_codes.DIFFERENCE
    (node,) = listed
    assert (node["node"], node["unresolved"]) == (str(NODE), 2)
    states = [(one["state"], one["code"]) for one in node["letters"]]
    assert states == [("parked", "record_unreadable"), ("behind", "behind_parked")]
    first, second = (f"{NODE}/{one['id']}" for one in node["letters"])
    assert _run("list", str(NODE), "--state", "behind", *data)[1][0]["letters"][0]["key"] == "m-1"

    insured = served.addresses.insured
    for several in (insured, f"{insured}|{insured}"):  # as several processes of a role are written
        code, shown = _run("show", first, "--insured", several)
        assert (code, shown["value"], shown["content"]) == (exit_codes.OK, "/wE=", None)

    act = ("--by", "li", "--why", "try it", *data)
    code, done = _run("replay", first, *act)
    assert (code, done["failed"], done["letters"][0]["attempts"]) == (exit_codes.DIFFERENCE, 1, 2)
    assert _run("replay", second, *act)[0] == exit_codes.DIFFERENCE  # it waits behind the first

    code, gone = _run("discard", first, "--request-id", "d1", *act)
    assert (code, gone["letter"]["state"], gone["letter"]["act_by"]) == (0, "discarded", "li")
    assert [one["state"] for one in gone["released"]] == ["parked"]  # unreadable as well
    assert _run("discard", first, "--request-id", "d1", *act) == (0, gone)  # done once
    assert _run("discard", first, *act)[0] == exit_codes.DIFFERENCE  # letter_resolved
    assert _run("discard", second, *act)[0] == exit_codes.OK
    assert _run("list", *data) == (exit_codes.OK, [])
    kept = _run("list", str(NODE), "--state", "all", *data)[1][0]["letters"]
    assert [one["state"] for one in kept] == ["discarded", "discarded"]


def test_a_key_that_anybody_wrote_is_shown_as_it_is(served: Served, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    key = "[/nope] [red]x\x1b[31m\n"
    served.network._log.append([NewRecord(inbound(NODE), key, b"\xff")])
    _until(lambda: sum(len(node["letters"]) for node in _run("list", str(NODE), *data)[1]) == 3)
    found = CliRunner().invoke(app, ["dead-letters", "list", str(NODE), *data])
    assert found.exit_code == exit_codes.DIFFERENCE
    assert "[/nope]" in found.stdout
    assert "\\x1b[31m\\n" in found.stdout
    assert "\x1b" not in found.stdout


def test_a_list_of_some_roles_says_which_were_not_asked(served: Served) -> None:
    some = ("dead-letters", "list", "--care", served.addresses.care)
    assert "not asked / 未查询: insured, house" in CliRunner().invoke(app, some).stdout
    every = (*some, "--insured", served.addresses.insured, "--house", served.addresses.house)
    assert "not asked" not in CliRunner().invoke(app, every).stdout


def test_what_cannot_be_read_is_bad_input(served: Served, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    for arguments in (
        ("list", "care/1"),
        ("list", str(NODE), "--state", "lost"),
        ("show", "insured/990100"),
        ("show", f"{NODE}/none/0/0"),
        ("discard", f"{NODE}/none/0/0", "--by", "li", "--why", " "),
    ):
        assert _run(*arguments, *data)[0] == exit_codes.BAD_INPUT, arguments
    care = ("--care", "127.0.0.1:1")
    assert _run("show", f"{NODE}/none/0/0", *care)[0] == exit_codes.BAD_INPUT
    assert _run("show", "care/310000/none/0/0", *care)[0] == exit_codes.UNREACHABLE


def test_a_node_with_too_many_stops_says_so_and_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        (tmp_path / ADDRESSES_FILE).write_text(json.dumps(asdict(running.addresses)))
        with grpc.insecure_channel(running.addresses.insured) as channel:
            stub = health_pb2_grpc.HealthStub(channel)

            def health(name: str) -> int:
                asked = health_pb2.HealthCheckRequest(service=name)
                return int(stub.Check(asked, timeout=5).status)

            assert health(str(NODE)) == health("") == health_pb2.HealthCheckResponse.SERVING
            limit = running.network._settings.parking.max_unresolved
            running.network._log.append([NewRecord(inbound(NODE), "m-1", b"\xff")] * (limit + 5))
            _until(lambda: health(str(NODE)) == health_pb2.HealthCheckResponse.NOT_SERVING)
            data = ("--data", str(tmp_path))
            node = _run("list", str(NODE), *data)[1][0]
            assert node["unresolved"] == len(node["letters"]) == limit
            assert health("") == health_pb2.HealthCheckResponse.SERVING  # other regions go on
            first = f"{NODE}/{node['letters'][0]['id']}"
            act = ("--by", "li", "--why", "mended", *data)
            for letter in node["letters"][-6:]:
                assert _run("discard", f"{NODE}/{letter['id']}", *act)[0] == exit_codes.OK
            assert _run("discard", first, *act)[0] == exit_codes.OK
            _until(lambda: health(str(NODE)) == health_pb2.HealthCheckResponse.SERVING)
            _until(lambda: _run("list", str(NODE), *data)[1][0]["unresolved"] == limit - 2)


def test_balances_and_days_are_asked_of_a_house_by_its_address(
    served: Served, tmp_path: Path
) -> None:
    nowhere, house = ("--data", str(tmp_path / "none"), "--json"), served.addresses.house
    for at in (house, f"{house}|{house}"):
        found = CliRunner().invoke(app, ["balances", "--house", at, *nowhere])
        assert (found.exit_code, json.loads(found.stdout)) == (0, {"positions": [], "lines": []})
        found = CliRunner().invoke(app, ["reconcile", "2024-03-15", "--house", at, *nowhere])
        assert (found.exit_code, json.loads(found.stdout)["breaks"]) == (0, [])
    found = CliRunner().invoke(app, ["balances", *nowhere])
    assert found.exit_code == exit_codes.BAD_INPUT
