"""The alert rules speak of figures that there are, with the labels that these have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.telemetry.catalogue import METRICS, Kind

RULES = Path(__file__).resolve().parents[3] / "deploy" / "prometheus" / "alerts.yaml"
OF_THE_CLIENT = {"up", "process_start_time_seconds"}
OF_SCRAPING = {"instance", "job"}
SERIES = {
    f"{metric.name}{suffix}": metric
    for metric in METRICS
    for suffix in (("_bucket", "_sum", "_count") if metric.kind is Kind.HISTOGRAM else ("",))
}


def _rules() -> list[Any]:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _named(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:yidi_\w+|process_\w+|up)\b", expression))


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: rule["alert"])
def test_each_rule_names_what_there_is(rule: Any) -> None:
    named = _named(rule["expr"])
    assert named
    assert named <= SERIES.keys() | OF_THE_CLIENT
    labels = set().union(*(SERIES[name].labels for name in named if name in SERIES))
    matched = re.findall(r"[{,]\s*(\w+)\s*(?:=~|!~|!=|=)", rule["expr"])
    kept = re.findall(r"by \(([^)]*)\)", rule["expr"])
    said = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
    used = {*matched, *(part.strip() for each in kept for part in each.split(",")), *said}
    assert used <= labels | OF_SCRAPING | {"le"}
    if kept:  # nothing but these is left to speak of
        outermost = {part.strip() for part in kept[0].split(",")}
        assert set(said) <= outermost
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_no_alert_is_there_twice() -> None:
    names = [rule["alert"] for rule in _rules()]
    assert len(set(names)) == len(names)


def test_the_worries_an_operator_must_not_miss_have_an_alert() -> None:
    named = set().union(*(_named(rule["expr"]) for rule in _rules()))
    for name in ("yidi_outbox_oldest_age_seconds", "yidi_consumer_lag_records",
                 "yidi_dead_letters", "yidi_breaks_open", "yidi_node_halted",
                 "yidi_undoings_unanswered"):  # fmt: skip
        assert name in named
