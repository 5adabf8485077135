"""Bringing a broker to its plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.broker import topics
from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from adapters.broker.topics import Deed, TopicPlan
from clearing.errors import Rejected
from tests.contracts.broker_server import broker_address, prefix_of

WORK = TopicPlan("work", 3, 1, 1, 86_400_000)
HEADS = TopicPlan("heads", 1, 1, 1, None)


@pytest.fixture
def settings(tmp_path: Path) -> BrokerSettings:
    return BrokerSettings(broker_address(), prefix=prefix_of(tmp_path))


def _deeds(settings: BrokerSettings, *plans: TopicPlan) -> dict[str, Deed]:
    return {change.name: change.deed for change in topics.apply(settings, plans)}


def test_what_is_there_is_kept_and_what_differs_is_mended(settings: BrokerSettings) -> None:
    assert _deeds(settings, WORK) == {"work": Deed.CREATED}
    assert _deeds(settings, WORK, HEADS) == {"work": Deed.KEPT, "heads": Deed.CREATED}
    longer = replace(WORK, retention_ms=2 * 86_400_000)
    (change,) = topics.apply(settings, [longer])
    assert change.deed is Deed.CHANGED
    assert change.options == {"retention.ms": "172800000"}
    assert _deeds(settings, longer, HEADS) == {"work": Deed.KEPT, "heads": Deed.KEPT}


def test_counts_that_differ_are_refused_and_nothing_is_done(settings: BrokerSettings) -> None:
    topics.apply(settings, [WORK])
    for wrong, code in (
        (replace(WORK, partitions=4), "topic_partitions"),
        (replace(WORK, replicas=2), "topic_replicas"),
    ):
        with pytest.raises(Rejected) as caught:
            topics.apply(settings, [HEADS, wrong])
        assert caught.value.code == code
    log = BrokerLog(settings)
    with pytest.raises(Rejected) as caught:
        log.partitions("heads")
    assert caught.value.code == "topic_unknown"
    assert len(log.partitions("work")) == 3
    log.close()
