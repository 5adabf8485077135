"""Showing what is on the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.broker.listing import listed
from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from adapters.wire.envelopes import encode_envelope
from clearing.calendar import Instant
from clearing.errors import Rejected
from clearing.messages import HOUSE, Address, DebitUndone, Envelope, Role
from clearing.ports import NewRecord
from services.cli import exit_codes
from services.cli.log_show import Filter, log_show_command
from services.cli.topics import Wanted
from services.network.topic_plan import TopicSettings
from tests.contracts.broker_server import broker_address, prefix_of

pytestmark = pytest.mark.broker

ALL = Filter(None, None, "", 1000)


def _envelope(number: int) -> bytes:
    body = DebitUndone(f"dbt-{number}", "stl-1", "undone", number)
    care = Address(Role.CARE, "310000")
    at = Instant(1_700_000_000_000)
    return encode_envelope(Envelope(f"msg-{number}", "c", care, HOUSE, at, at, body))


@pytest.fixture
def settings(tmp_path: Path) -> BrokerSettings:
    found = BrokerSettings(broker_address(), prefix=prefix_of(tmp_path))
    log = BrokerLog(found)
    log.ensure_topic("work", 3)
    log.ensure_topic("empty", 1)
    log.append([NewRecord("work", f"key-{at % 4}", _envelope(at)) for at in range(20)])
    log.append([NewRecord("work", "garbage", b"\xff\xff")])
    log.close()
    return found


def _shown(
    settings: BrokerSettings, capsys: pytest.CaptureFixture[str], which: Filter
) -> list[dict[str, object]]:
    wanted = Wanted(settings, TopicSettings(), None, ())
    assert log_show_command(wanted, "work", which) == exit_codes.OK
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_messages_are_shown_as_they_are_and_others_as_bytes(
    settings: BrokerSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _shown(settings, capsys, ALL)
    assert len(shown) == 21
    (garbage,) = (each for each in shown if each["key"] == "garbage")
    assert garbage["bytes"] == "//8="
    messages = [each["message"] for each in shown if "message" in each]
    ids = {message["message_id"] for message in messages if isinstance(message, dict)}
    assert ids == {f"msg-{at}" for at in range(20)}
    assert all(str(each["logged_at"]).endswith("Z") for each in shown)


def test_what_is_asked_for_is_shown(
    settings: BrokerSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    of_key = _shown(settings, capsys, Filter(None, None, "key-1", 1000))
    assert len(of_key) == 5
    assert len({each["partition"] for each in of_key}) == 1
    partition = of_key[0]["partition"]
    assert isinstance(partition, int)
    later = _shown(settings, capsys, Filter(partition, 2, "", 1000))
    assert later
    assert {each["partition"] for each in later} == {partition}
    assert [each["offset"] for each in later] == list(range(2, 2 + len(later)))
    assert len(_shown(settings, capsys, Filter(None, None, "", 3))) == 3


def test_an_empty_topic_an_unknown_one_and_a_missing_partition(settings: BrokerSettings) -> None:
    assert list(listed(settings, "empty")) == []
    for topic, partition in (("none", None), ("work", 3)):
        with pytest.raises(Rejected) as caught:
            list(listed(settings, topic, partition))
        assert caught.value.code == "topic_unknown"


def test_listing_leaves_no_group(settings: BrokerSettings) -> None:
    from kafka.admin import KafkaAdminClient

    admin = KafkaAdminClient(**settings.connection())
    before = {str(each) for each in admin.list_groups()}
    list(listed(settings, "work"))
    assert {str(each) for each in admin.list_groups()} == before
    admin.close()
