"""Errors of the client that pass, and those that do not."""

from __future__ import annotations

import pytest
from kafka import errors

from adapters.broker import failures
from adapters.broker.failures import patiently


class _Broker:
    """Fails a few times before it answers."""

    def __init__(self, *failing: Exception) -> None:
        self.failing = list(failing)

    def ask(self) -> str:
        if self.failing:
            raise self.failing.pop(0)
        return "answer"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "RETRY_S", 0.001)


@pytest.mark.parametrize(
    "error",
    [
        errors.CoordinatorNotAvailableError(),
        errors.NodeNotReadyError(),
        errors.UnknownBrokerIdError(-1),
    ],
)
def test_an_error_that_passes_is_waited_out(error: Exception) -> None:
    assert patiently(_Broker(error, error, error).ask, 10_000) == "answer"


def test_patience_has_an_end() -> None:
    broker = _Broker(*[errors.UnknownBrokerIdError(-1)] * 10_000)
    with pytest.raises(errors.UnknownBrokerIdError):
        patiently(broker.ask, 20)
    assert len(broker.failing) < 9_999


def test_an_error_that_does_not_pass_is_raised_at_once() -> None:
    broker = _Broker(errors.TopicAuthorizationFailedError(), errors.NodeNotReadyError())
    with pytest.raises(errors.TopicAuthorizationFailedError):
        patiently(broker.ask, 10_000)
    assert len(broker.failing) == 1
