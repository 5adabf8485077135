"""Settings by file, environment and flag."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearing.messages import Role
from services.care_region.region_load import MAX_WAITING
from services.network.settings_sources import gather
from services.node.limits import ParkingLimits

NEEDED = {
    "role": "care",
    "broker.bootstrap": "127.0.0.1:9092",
    "database.url": "postgresql://yidi:very-secret@127.0.0.1:5432/yidi",
}


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "care.toml"
    file.write_text(
        'role = "insured"\nslot = 3\nregions = ["330213", "140100"]\n'
        '[broker]\nprefix = "file."\n'
        '[addresses.care]\nothers = "10.0.0.1:1"\n330213 = "10.0.0.2:2"\n',
        "utf-8",
    )
    environment = {"YIDI_SLOT": "4", "YIDI_BROKER_PREFIX": "env.", "PATH": "/"}
    found = gather(file, environment, NEEDED | {"slot": "5"})
    assert not found.defects
    settings = found.settings()
    assert (settings.role, settings.slot) == (Role.CARE, 5)
    assert settings.broker.prefix == "env."
    assert settings.regions == ("330213", "140100")
    assert settings.care.of("330213") == ("10.0.0.2:2",)
    assert settings.care.of("310000") == ("10.0.0.1:1",)
    assert settings.listen == "127.0.0.1:7610"


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("slut = 1\n", "utf-8")
    environment = {"YIDI_BROKER_BOOTSTRAPS": "x", "YIDI_SLOT": "0", "YIDI_REGIONS": "Shanghai"}
    found = gather(file, environment, {"role": "hospital", "replay": "perhaps"})
    assert {defect.field for defect in found.defects} == {
        *("slut", "YIDI_BROKER_BOOTSTRAPS", "slot", "regions", "role", "replay"),
        *("broker.bootstrap", "database.url"),
    }


def test_what_the_broker_refuses_is_told_with_the_rest() -> None:
    found = gather(None, {}, NEEDED | {"broker.security_protocol": "SASL_SSL"})
    assert {each.field for each in found.defects} == {
        *("broker.sasl_mechanism", "broker.sasl_user", "broker.sasl_password")
    }


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert [each.field for each in gather(tmp_path / "none", {}, NEEDED).defects] == ["config"]


def test_secrets_are_never_shown() -> None:
    secret = {"broker.sasl_password": "very-secret", "broker.tls_key_password": "very-secret"}
    found = gather(None, {}, NEEDED | secret)
    shown = list(found.shown())
    assert {name for name, _, _ in shown} >= set(NEEDED) | set(secret)
    assert "very-secret" not in repr(shown) + repr(found.settings())


def test_a_wrong_url_is_not_repeated() -> None:
    found = gather(None, {}, NEEDED | {"database.url": "mysql://yidi:very-secret@h/d"})
    (defect,) = found.defects
    assert defect.field == "database.url"
    assert "very-secret" not in f"{defect.message_en} {defect.message_zh}"
    wrong = gather(None, {}, NEEDED | {"database.url": "very-secret"})
    assert "very-secret" not in repr(list(wrong.shown()))


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hunter2@very-secret@h:5432/d", "postgresql://u:a@very-secret:c@h:5432/d"],
)
def test_a_password_with_a_bare_at_is_refused_and_no_part_of_it_shown(url: str) -> None:
    found = gather(None, {}, NEEDED | {"database.url": url})
    (defect,) = found.defects
    assert defect.field == "database.url"
    assert "%40" in defect.message_en
    assert "very-secret" not in repr(list(found.shown())) + f"{defect}"


def test_a_url_has_a_port_that_there_is() -> None:
    found = gather(None, {}, NEEDED | {"database.url": "postgresql://u:p@h:70000/d"})
    assert [defect.field for defect in found.defects] == ["database.url"]


def test_secrets_in_a_url_are_hidden_wherever_they_stand() -> None:
    url = (
        "postgresql://yidi:very-secret@db:5432/yidi?sslmode=verify-full&sslrootcert=ca.pem"
        "&sslpassword=very-secret&password=very-secret"
    )
    found = gather(None, {}, NEEDED | {"database.url": url})
    (shown,) = (text for name, text, _ in found.shown() if name == "database.url")
    assert "very-secret" not in shown + repr(found.settings())
    assert "sslmode=verify-full" in shown
    assert "sslrootcert=ca.pem" in shown
    assert found.settings().database_url == url, "what is passed on is whole"


def test_limits_are_read_shown_and_checked_with_the_rest() -> None:
    given = {"parking.max_unresolved": "7", "parking.window": "50", "waiting.max_per_region": "9"}
    found = gather(None, {"YIDI_PARKING_MAX_SHARE_BP": "500"}, NEEDED | given)
    settings = found.settings()
    assert settings.parking == ParkingLimits(max_unresolved=7, max_share_bp=500, window=50)
    assert settings.max_waiting == 9
    shown = {name: (text, source) for name, text, source in found.shown()}
    assert shown["parking.max_unresolved"] == ("7", "flag")
    assert shown["parking.max_share_bp"] == ("500", "YIDI_PARKING_MAX_SHARE_BP")
    assert shown["waiting.max_per_region"] == ("9", "flag")
    default = gather(None, {}, NEEDED).settings()
    assert default.parking == ParkingLimits()
    assert default.max_waiting == MAX_WAITING


def test_limits_that_cannot_be_are_told_with_every_other_defect() -> None:
    environment = {
        "YIDI_PARKING_MAX_UNRESOLVED": "0",
        "YIDI_PARKING_WINDOW": "3",
        "YIDI_PARKING_LIMIT": "1",
        "YIDI_WAITING_MAX_PER_REGION": "many",
        "YIDI_TOPICS_KEEP_HOURS": "47",
        "YIDI_BROKER_SECURITY_PROTOCOL": "TLS",
    }
    found = gather(None, environment, NEEDED | {"slot": "x"})
    assert {each.field for each in found.defects} == {
        *("parking.max_unresolved", "parking.window", "YIDI_PARKING_LIMIT"),
        *("waiting.max_per_region", "topics.keep_hours", "broker.security_protocol", "slot"),
    }
