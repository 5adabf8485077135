"""What is mended in the client still fits it; what it no longer needs is to be taken out."""

from __future__ import annotations

import inspect
import selectors
import socket
from unittest.mock import MagicMock

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.consumer.fetcher import Fetcher
from kafka.net.selector import NetworkSelector

from adapters.broker import mending
from adapters.broker.brief_selector import BriefSelector

PARKED, EMPTY = MagicMock(), MagicMock()
EMPTY.__bool__.return_value = False


def _fetcher() -> MagicMock:
    """Return what a fetcher looks like once a partition was paused half read, and resumed."""
    fetcher = MagicMock()
    fetcher.config = {"max_poll_records": 1}
    fetcher._next_in_line_exception_metadata = None
    fetcher._paused_completed_fetches = {}
    fetcher._paused_partition_records = {"place": PARKED}
    fetcher._completed_fetches = []
    fetcher._subscriptions.is_paused.return_value = False
    fetcher._next_partition_records = EMPTY
    fetcher._append.return_value = 1
    return fetcher


def test_the_client_forgets_what_it_parked_unless_mended() -> None:
    fetcher = _fetcher()
    mending._fetched_records(fetcher)
    assert fetcher._paused_partition_records == {"place": PARKED}, "the mending is needed no more"
    mending.mend()
    Fetcher.fetched_records(fetcher)
    assert fetcher._paused_partition_records == {}
    assert fetcher._next_partition_records is PARKED


def test_the_client_takes_the_selector_and_asks_it_as_before() -> None:
    for client in (KafkaAdminClient, KafkaConsumer, KafkaProducer):
        assert "selector" in client.DEFAULT_CONFIG
    register = inspect.getsource(NetworkSelector.register_event)
    assert "self._selector.get_key(fileobj)" in register
    assert "except KeyError" in register
    assert "except (KeyError, ValueError)" in inspect.getsource(NetworkSelector.unregister_event)


def test_the_selector_finds_and_misses_keys_as_the_standard_one_does() -> None:
    near, far = socket.socketpair()
    for selector in (BriefSelector(), selectors.DefaultSelector()):
        with pytest.raises(KeyError):
            selector.get_key(near)
        with pytest.raises(KeyError):
            selector.get_key(near.fileno())
        key = selector.register(near, selectors.EVENT_READ, "data")
        assert selector.get_key(near) == selector.get_key(near.fileno()) == key
        assert selector.modify(near, selectors.EVENT_WRITE, "more") == selector.get_key(near)
        selector.unregister(near)
        with pytest.raises(KeyError):
            selector.get_key(near)
    standing, standard = BriefSelector(), selectors.DefaultSelector()
    for each in (standing, standard):
        each.register(far, selectors.EVENT_READ)
    number = far.fileno()
    far.close()
    for each in (standing, standard):
        assert each.get_key(far).fd == number, "closed, and registered still"
        each.unregister(far)
        with pytest.raises(ValueError, match="Invalid file descriptor"):
            each.get_key(far)
        each.close()
        with pytest.raises((RuntimeError, KeyError)):
            each.get_key(near)
    near.close()


def test_the_selector_makes_no_message_of_a_socket() -> None:
    class Mute(socket.socket):
        def __repr__(self) -> str:
            raise AssertionError("nobody reads this")

    mute, selector = Mute(), BriefSelector()
    with pytest.raises(KeyError):
        selector.get_key(mute)
    mute.close()
    selector.close()
