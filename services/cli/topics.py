"""What ``yidi topics apply`` does."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from adapters.broker import topics
from adapters.broker.settings import BrokerSettings
from adapters.files.rule_books import RuleBooks
from clearing.errors import Unavailable, YidiError
from services.cli import exit_codes
from services.cli.failures import say
from services.network.topic_plan import network_topics


def apply_command(
    settings: BrokerSettings, replicas: int, rules: Path | None, *, as_json: bool
) -> int:
    """Bring the broker to the plan and print what was done, topic by topic."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what matters is raised, and told once
    books = RuleBooks(rules)
    plans = network_topics(books.care_regions(), books.insured_regions(), replicas)
    defects = settings.defects()
    for defect in defects:
        say(defect)
    if defects:
        return exit_codes.BAD_INPUT
    try:
        changes = topics.apply(settings, plans)
    except Unavailable as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.UNREACHABLE
    except YidiError as error:
        return say(error)
    if as_json:
        print(json.dumps([asdict(change) for change in changes], ensure_ascii=False))
        return exit_codes.OK
    for change in changes:
        options = " ".join(f"{name}={value}" for name, value in sorted(change.options.items()))
        print(f"{change.deed:8} {settings.prefix}{change.name}  {options}".rstrip())
    return exit_codes.OK
