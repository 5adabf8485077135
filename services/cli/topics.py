"""What ``yidi topics apply`` and ``check`` do."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from adapters.broker import topics
from adapters.broker.settings import BrokerSettings
from adapters.broker.topics import Deed, TopicChange
from adapters.files.rule_books import RuleBooks
from clearing.errors import Malformed, Unavailable, YidiError
from services.cli import exit_codes
from services.cli.failures import say
from services.cli.process_settings import gathered
from services.network.process_settings import below
from services.network.topic_plan import TopicSettings, network_topics

DEFAULT_BROKER = "127.0.0.1:9092"
_GROUPS = ("broker.", "topics.", "rules", "config", "YIDI_BROKER_", "YIDI_TOPICS_")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What settings say of a network's topics, or everything that is wrong with them."""

    broker: BrokerSettings
    topics: TopicSettings
    rules: Path | None
    defects: Sequence[Malformed]

    def books(self) -> RuleBooks:
        """Return the rules, which say what regions there are."""
        return RuleBooks(self.rules)


def wanted_topics(file: Path | None, set_: Sequence[str], flags: Mapping[str, str]) -> Wanted:
    """Gather settings from every source; those that topics have nothing to do with don't count."""
    try:
        found = gathered(file, set_, **flags)
    except Malformed as defect:
        return Wanted(BrokerSettings(DEFAULT_BROKER), TopicSettings(), None, [defect])
    missing = "broker.bootstrap" not in found.said
    defects = [
        each
        for each in found.defects
        if (each.field or "").startswith(_GROUPS)
        and not (missing and each.field == "broker.bootstrap")
    ]
    broker = {"bootstrap": DEFAULT_BROKER} | below("broker", found.values)
    settings = TopicSettings(**below("topics", found.values))
    return Wanted(BrokerSettings(**broker), settings, found.values.get("rules"), defects)


def apply_command(wanted: Wanted, *, pretend: bool, as_json: bool) -> int:
    """Bring the broker to the plan and print what was done, topic by topic."""
    changes = _applied(wanted, pretend)
    if isinstance(changes, int):
        return changes
    _print(changes, wanted.broker.prefix, as_json)
    return exit_codes.OK


def check_command(wanted: Wanted, *, as_json: bool) -> int:
    """Print what applying would do, and say by the exit code whether it is anything."""
    changes = _applied(wanted, pretend=True)
    if isinstance(changes, int):
        return changes
    differing = [change for change in changes if change.deed is not Deed.KEPT]
    _print(differing, wanted.broker.prefix, as_json)
    return exit_codes.DIFFERENCE if differing else exit_codes.OK


def _applied(wanted: Wanted, pretend: bool) -> list[TopicChange] | int:
    """Return what was done, or the exit code of what went wrong."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what matters is raised, and told once
    for defect in wanted.defects:
        say(defect)
    if wanted.defects:
        return exit_codes.BAD_INPUT
    books = wanted.books()
    plans = network_topics(books.care_regions(), books.insured_regions(), wanted.topics)
    try:
        return topics.apply(wanted.broker, plans, pretend=pretend)
    except Unavailable as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.UNREACHABLE
    except YidiError as error:
        return say(error)


def _print(changes: Sequence[TopicChange], prefix: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(change) for change in changes], ensure_ascii=False))
        return
    for change in changes:
        options = " ".join(f"{name}={value}" for name, value in sorted(change.options.items()))
        print(f"{change.deed:8} {prefix}{change.name}  {options}".rstrip())
