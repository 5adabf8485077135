"""What a process is told about its figures and its log."""

from __future__ import annotations

import pytest

from services.network.settings_sources import gather

NEEDED = {
    "role": "care",
    "broker.bootstrap": "127.0.0.1:9092",
    "database.url": "postgresql://yidi@127.0.0.1/yidi",
}


def test_nobody_is_told_anything_unless_asked() -> None:
    settings = gather(None, {}, NEEDED).settings()
    assert settings.metrics_listen == ""
    assert (settings.log_format, settings.log_level) == ("auto", "warning")


def test_the_environment_says_where_and_how() -> None:
    environment = {
        "YIDI_METRICS_LISTEN": "127.0.0.1:7710",
        "YIDI_LOG_FORMAT": "json",
        "YIDI_LOG_LEVEL": "debug",
    }
    settings = gather(None, environment, NEEDED).settings()
    assert settings.metrics_listen == "127.0.0.1:7710"
    assert (settings.log_format, settings.log_level) == ("json", "debug")


@pytest.mark.parametrize(
    "wrong", [{"metrics.listen": "7710"}, {"log.format": "xml"}, {"log.level": "loud"}]
)
def test_what_is_no_setting_is_told(wrong: dict[str, str]) -> None:
    (defect,) = gather(None, {}, NEEDED | wrong).defects
    assert defect.field in wrong


def test_a_slip_in_a_name_is_told() -> None:
    (defect,) = gather(None, {"YIDI_METRICS_LISTENS": "127.0.0.1:1"}, NEEDED).defects
    assert defect.code == "setting_unknown"
