"""What the client's errors mean to whoever uses the log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from kafka import errors

from clearing.errors import Rejected, Unavailable, YidiError
from clearing.ports import TopicPartition

AnswerT = TypeVar("AnswerT")
RETRY_S = 0.1


PASSING = (
    errors.RetriableError,
    # A broker that was away for a while says of its partitions that none leads them, and the
    # admin client of kafka-python 3.0 then asks broker -1.
    errors.UnknownBrokerIdError,
)


def patiently(call: Callable[[], AnswerT], within_ms: int) -> AnswerT:
    """Call again while the error is one that passes (a coordinator is just being made)."""
    deadline = time.monotonic() + within_ms / 1000
    while True:
        try:
            return call()
        except PASSING:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the client into those of the house."""
    try:
        yield
    except errors.KafkaError as error:
        raise meaning(error) from error


def meaning(error: errors.KafkaError) -> YidiError:
    """Return what an error of the client means."""
    if isinstance(error, errors.AuthorizationError | errors.SaslAuthenticationFailedError):
        return Rejected(
            "broker_forbidden",
            f"The broker does not allow this: {_words(error)}.",
            f"消息代理拒绝了此操作：{_words(error)}。",
        )
    return Unavailable(
        "log_unavailable",
        f"The broker cannot be used right now: {_words(error)}.",
        f"消息代理暂时不可用：{_words(error)}。",
    )


def unknown_topic(topic: str) -> Rejected:
    """Say that there is no such topic."""
    return Rejected("topic_unknown", f"There is no topic {topic}.", f"主题 {topic} 不存在。")


def out_of_range(place: TopicPartition, offset: int) -> Rejected:
    """Say that the log has no record at an offset, and never had or has it no more."""
    return Rejected(
        "offset_out_of_range",
        f"{place.topic}/{place.partition} has no offset {offset}: the log is not the one that "
        "was read before, or it kept its records for too short a time.",
        f"{place.topic}/{place.partition} 不含偏移量 {offset}："
        "该日志并非此前读取的日志，或其保留期过短。",
        field=place.topic,
    )


def _words(error: errors.KafkaError) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
