from __future__ import annotations

from pathlib import Path

import pytest

from clearing.errors import Malformed
from clearing.messages import HOUSE, Address, Role
from services.network.network import database_of
from services.network.settings import LogFaults, NetworkSettings, parse_log_faults


def test_the_hospital_is_answered_within_25_seconds_by_default() -> None:
    assert NetworkSettings(Path("x")).answer_within_s == 25.0


def test_each_node_has_a_database_of_its_own() -> None:
    care, insured = Address(Role.CARE, "310000"), Address(Role.INSURED, "310000")
    found = {str(database_of(Path("data"), address)) for address in (care, insured, HOUSE)}
    assert found == {
        "data/care/310000.sqlite3",
        "data/insured/310000.sqlite3",
        "data/house.sqlite3",
    }


def test_log_faults_are_read() -> None:
    text = "seed=7,repeat=20,unconfirmed=30,lose=40"
    assert parse_log_faults(text) == LogFaults(7, 20, 30, 40)
    assert parse_log_faults("seed=1") == LogFaults(1)


@pytest.mark.parametrize(
    "text", ["", "repeat=2", "seed=x", "seed=1,seed=2", "seed=1,drop=2", "seed=-1", "seed"]
)
def test_other_log_faults_are_malformed(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_log_faults(text)
    assert caught.value.field == "log_faults"
