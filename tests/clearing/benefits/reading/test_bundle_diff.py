"""What differs between two bundles: every table perturbed is found and named, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from clearing.benefits.loading import policy_from_canonical
from clearing.benefits.policy import Policy
from clearing.benefits.reading.bundle_diff import bundle_changes
from clearing.benefits.reading.document_diff import Change, Kind
from tests.clearing.benefits.claims import library


def _policy(region: str) -> Policy:
    policy = library().policy(region)
    assert policy is not None
    return policy


def _edited(region: str, edit: Callable[[dict[str, Any]], object]) -> tuple[Change, ...]:
    old = policy_from_canonical(_policy(region).canonical)
    content = json.loads(old.canonical)
    edit(content["files"])
    new = policy_from_canonical(json.dumps(content))
    return bundle_changes(old, new)


def _told(changes: tuple[Change, ...]) -> list[tuple[str, str, str, str, str]]:
    return [(c.kind.value, c.part, c.row, c.old, c.new) for c in changes]


@pytest.mark.parametrize("region", library().regions())
def test_a_bundle_does_not_differ_from_itself_however_it_is_kept(region: str) -> None:
    policy = _policy(region)
    assert bundle_changes(policy, policy_from_canonical(policy.canonical)) == ()


def test_one_value_of_one_row() -> None:
    def edit(files: dict[str, Any]) -> None:
        table = files["inpatient.yaml"]["tables"]["deductible"]
        table["editions"][0]["rows"][1]["value"] = "1100.00"

    (change,) = _edited("330213", edit)
    assert change == Change(
        Kind.CHANGED,
        "value",
        ("inpatient.yaml", "tables", "deductible", "editions", "2020-01-01"),
        "level=tertiary, special_disease=no",
        "1200.00",
        "1100.00",
    )


def test_a_band_and_its_source() -> None:
    def edit(files: dict[str, Any]) -> None:
        row = files["inpatient.yaml"]["tables"]["ratio"]["editions"][0]["rows"][2]
        row["bands"][0]["ratio"], row["source"] = "72%", "S3:82"

    row = "category=adult_a, level=tertiary"
    old, new = ("0.00–40000.00: 70%; 40000.00–∞: 75%", "0.00–40000.00: 72%; 40000.00–∞: 75%")
    assert _told(_edited("330213", edit)) == [
        ("changed", "value", row, old, new), ("changed", "source", row, "S3:81", "S3:82"),
    ]  # fmt: skip


def test_a_row_that_is_no_longer_given() -> None:
    def edit(files: dict[str, Any]) -> None:
        row = files["outpatient.yaml"]["tables"]["monthly_cap"]["editions"][2]["rows"][1]
        del row["value"]
        row["not_given"] = "cap_not_given"

    ((_, part, row, old, new),) = _told(_edited("440700", edit))
    assert (part, row, old) == ("value", "tier=level_2_3", "75.00")
    assert new.startswith("not_given: cap_not_given")


def test_rows_that_change_alike_are_told_as_one_block() -> None:
    def edit(files: dict[str, Any]) -> None:
        rows = files["policy.yaml"]["tables"]["remote_points"]["editions"][0]["rows"]
        rows[2]["value"] = "12"

    ((_, _, row, old, new),) = _told(_edited("990100", edit))
    assert (row, old, new) == ("where=away, filing=referral|emergency", "10", "12")


def test_a_new_edition_is_held_against_what_held_before_it() -> None:
    def edit(files: dict[str, Any]) -> None:
        editions = files["outpatient.yaml"]["tables"]["monthly_cap"]["editions"]
        rows = [{"tier": "level_1", "value": "90.00"}, {"tier": "level_2_3", "value": "75.00"}]
        editions.append({"from": "2024-01-01", "source": "S4:152", "rows": rows})

    first, second = _edited("440700", edit)
    assert (first.kind, first.part, first.place[-1]) == (Kind.ADDED, "edition", "2024-01-01")
    assert (second.row, second.old, second.new) == ("tier=level_1", "85.00", "90.00")


def test_the_same_rows_written_another_way() -> None:
    def edit(files: dict[str, Any]) -> None:
        files["outpatient.yaml"]["tables"]["monthly_cap"]["editions"][0]["rows"].reverse()

    assert [change.part for change in _edited("440700", edit)] == ["notation"]


@pytest.mark.parametrize(
    ("file", "edit", "part", "old", "new"),
    [
        ("policy.yaml", lambda f: f["schemes"]["resident"].update(until="2021-12-31"),
         "span", "2020-12-31", "2021-12-31"),
        ("outpatient.yaml", lambda f: f["benefits"]["resident"]["exclusions"][0]["when"].update(
            where="home"), "condition", "away", "home"),
        ("inpatient.yaml", lambda f: f["benefits"]["resident"]["steps"].pop(), "step",
         '{"step": "count_admission"}', ""),
        ("inpatient.yaml", lambda f: f["benefits"]["resident"].update(in_scope="S3:74"),
         "source", "S3:88", "S3:74"),
        ("policy.yaml", lambda f: f["exclusions"][0]["readings"][0].update(why="another"),
         "reading", None, "another"),
        ("policy.yaml", lambda f: f["flags"][0].update(total_above="50000.00"),
         "flag", "40000.00", "50000.00"),
        ("region.yaml", lambda f: f["name"].update(en="Fenghua"), "words", None, "Fenghua"),
    ],
)  # fmt: skip
def test_what_is_stated_beside_the_tables(
    file: str, edit: Callable[[dict[str, Any]], object], part: str, old: str | None, new: str
) -> None:
    (change,) = _edited("330213", lambda files: edit(files[file]))
    assert (change.place[0], change.part, change.new) == (file, part, new)
    assert old is None or change.old == old


def test_every_row_of_every_table_is_compared() -> None:
    """Doubling nothing, dropping nothing: each row made ``not_given`` is told by its table."""
    policy = _policy("980100")
    seen = 0
    for file, content in json.loads(policy.canonical)["files"].items():
        for name, table in content.get("tables", {}).items():
            for i, edition in enumerate(table["editions"]):
                for j, row in enumerate(edition["rows"]):
                    if "not_given" in row:
                        continue

                    def edit(
                        files: dict[str, Any], at: tuple[str, str, int, int] = (file, name, i, j)
                    ) -> None:
                        where = files[at[0]]["tables"][at[1]]["editions"][at[2]]["rows"][at[3]]
                        where.pop("value", None)
                        where.pop("bands", None)
                        where["not_given"] = "left_open"

                    changes = _edited("980100", edit)
                    assert {(change.place[0], change.place[2]) for change in changes} == {
                        (file, name)
                    }
                    assert all("left_open" in change.new for change in changes)
                    seen += 1
    assert seen > 20


def test_a_region_that_only_one_side_has() -> None:
    policy = _policy("330213")
    (added,) = bundle_changes(None, policy)
    (removed,) = bundle_changes(policy, None)
    assert (added.kind, removed.kind) == (Kind.ADDED, Kind.REMOVED)
    assert "奉化" in added.new
    assert bundle_changes(None, None) == ()


def test_the_order_of_classes_over_identities_is_content() -> None:
    """The first class that fits a member counts, so another order is another bundle."""

    def edit(files: dict[str, Any]) -> None:
        group = files["policy.yaml"]["groups"]["aid_class"]
        group["classes"] = dict(reversed(group["classes"].items()))

    (change,) = _edited("990100", edit)
    assert (change.part, change.place[-1]) == ("group", "order")
    assert (change.old, change.new) == (
        '["full", "low_income", "margin"]', '["margin", "low_income", "full"]',
    )  # fmt: skip
