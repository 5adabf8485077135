"""Every table of every packaged region, perturbed: the check refuses each, with its file.

Values that stay possible (a cap of another amount) are the golden cases' to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
import yaml

from clearing.benefits.check.folder import RegionTexts
from clearing.benefits.check.region import gaps
from clearing.benefits.check.sources import source_findings
from clearing.benefits.combinations import indexes
from clearing.benefits.policies import Library
from clearing.source_documents import read_source_documents
from clearing.strict_yaml import Finding, parse
from tests.clearing.benefits.check.regions import changed, check_region, codes, packaged
from tests.effort import thorough_only

Mutation = Callable[[dict[str, Any]], bool]
"""Changes a table in place; tells whether there was something to change."""


def _files() -> list[str]:
    """Return the rule files that have tables."""
    return [
        path
        for path in packaged()
        if path[:6].isdigit() and path.count("/") == 1 and _parsed(path).get("tables")
    ]


@cache
def _parsed(path: str) -> Any:
    return parse(packaged()[path], path).data


def _changed(path: str, mutation: Mutation) -> tuple[dict[str, str], list[str]]:
    """Return the texts with every table of a file changed, and the tables that could be."""
    data = deepcopy(_parsed(path))
    names = [name for name, table in data["tables"].items() if mutation(table)]
    texts = packaged()
    texts[path] = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    return texts, names


def _table_of(texts: dict[str, str], finding: Finding) -> str:
    """Return the table in whose lines a finding is."""
    document = parse(texts[finding.file], finding.file)
    starts = {name: document.line(("tables", name)) for name in document.data["tables"]}
    before = [(line, name) for name, line in starts.items() if line - 1 <= finding.line]
    name: str = max(before)[1]
    return name


def _rows(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for edition in table["editions"]:
        yield from edition["rows"]


def _first_value(table: dict[str, Any], value: str) -> bool:
    row = next((row for row in _rows(table) if "value" in row), None)
    if row is not None:
        row["value"] = value
    return row is not None


def ratio_above_whole(table: dict[str, Any]) -> bool:
    for row in _rows(table):
        if "bands" in row:
            row["bands"][0]["ratio"] = "110%"
            return True
    raises = "倍数" in table["zh"]  # a raised deductible's factor may be above 100 %
    return table["value"] == "ratio" and not raises and _first_value(table, "110%")


def row_removed(table: dict[str, Any]) -> bool:
    table["editions"][0]["rows"].pop()
    return True


def row_doubled(table: dict[str, Any]) -> bool:
    table["editions"][-1]["rows"].append(table["editions"][-1]["rows"][0])
    return True


def unknown_key(table: dict[str, Any]) -> bool:
    table["keys"] = [*table.get("keys", []), "rank"]
    return True


def unknown_value(table: dict[str, Any]) -> bool:
    if not table.get("keys"):
        return False
    table["editions"][0]["rows"][0][table["keys"][0]] = "nowhere"
    return True


def negative(table: dict[str, Any]) -> bool:
    wrong = {"yuan": "-1.00", "ratio": "-1%", "points": "-1"}
    return table["value"] in wrong and _first_value(table, wrong[table["value"]])


def bands_turned_round(table: dict[str, Any]) -> bool:
    row = next((row for row in _rows(table) if len(row.get("bands", ())) > 1), None)
    if row is not None:
        row["bands"].reverse()
    return row is not None


def line_beyond_the_document(table: dict[str, Any]) -> bool:
    table["editions"][0]["source"] = "S4:99999"
    return True


def edition_moved(table: dict[str, Any]) -> bool:
    """Begin a day later than the scheme's span; a table of one edition then holds too late."""
    edition = table["editions"][0]
    edition["from"] = (date.fromisoformat(edition["from"]) + timedelta(days=1)).isoformat()
    return True


EXPECTED: dict[Mutation, set[str]] = {
    ratio_above_whole: {"ratio_out_of_range", "bad_value"},
    row_removed: {"row_missing"},
    row_doubled: {"row_doubled"},
    unknown_key: {"unknown_key"},
    unknown_value: {"unknown_value"},
    negative: {"bad_value"},
    bands_turned_round: {"bad_value"},
}


def _marked(path: str) -> Any:
    """Return a file as a parameter: every run breaks those of some regions only."""
    return pytest.param(
        path, marks=thorough_only if path[:6] in ("440700", "970100", "980100") else ()
    )


@pytest.mark.parametrize("path", [_marked(path) for path in _files()])
@pytest.mark.parametrize("mutation", EXPECTED, ids=lambda mutation: mutation.__name__)
def test_every_broken_table_is_told(path: str, mutation: Mutation) -> None:
    texts, names = _changed(path, mutation)
    if not names:
        return
    found = check_region(texts, path[:6])
    told = {
        _table_of(texts, finding)
        for finding in found
        if finding.file == path and finding.code in EXPECTED[mutation]
    }
    assert told >= set(names), [str(finding) for finding in found]


@pytest.mark.parametrize("path", _files())
def test_every_source_beyond_its_document_is_told(path: str) -> None:
    texts, names = _changed(path, line_beyond_the_document)
    listed = read_source_documents(texts["sources.yaml"], "sources.yaml")
    found = list(source_findings(parse(texts[path], path), listed))
    assert {_table_of(texts, finding) for finding in found} == set(names)
    assert {finding.code for finding in found} == {"source_line"}


def test_a_check_looks_at_sources() -> None:
    texts, _ = _changed("440700/outpatient.yaml", line_beyond_the_document)
    assert {finding.code for finding in check_region(texts, "440700")} >= {"source_line"}


# City A alone has thousands of cells for each kind of care: one kind stands for all of them.
_DECIDING = [
    pytest.param(path, name, marks=thorough_only if path[:6] in ("980100", "990100") else ())
    for path in _files()
    if not path.startswith("140000")
    if not path.startswith("990100") or path.endswith("/pharmacy.yaml")
    for name in _parsed(path)["tables"]
]


@pytest.mark.parametrize(("path", "name"), _DECIDING, ids=str)
def test_a_table_that_begins_after_its_scheme_leaves_a_gap(path: str, name: str) -> None:
    data = deepcopy(_parsed(path))
    edition_moved(data["tables"][name])
    texts = packaged()
    texts[path] = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    policy = Library(RegionTexts(texts)).policy(path[:6])
    assert policy is not None
    # The first gap is enough; where the table is that of one kind of care, it is found there.
    assert any(problem.table == name for index in indexes(policy) for problem in gaps([index]))


def test_an_inherited_table_that_begins_too_late_is_refused_in_its_own_file() -> None:
    texts, path = packaged(), "140000/outpatient.yaml"
    data = deepcopy(_parsed(path))
    edition_moved(data["tables"]["year_cap"])
    texts[path] = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    assert check_region(texts, "140000") == ()  # a layer decides nothing
    found = check_region(texts, "140100")
    assert {(finding.file, finding.code) for finding in found} >= {(path, "edition_gap")}


OUT_OF_BOUNDS = [
    # City A has by far the most combinations; the others stand for it where time matters.
    pytest.param(
        "990100/policy.yaml",
        "[referral, emergency], value: 10",
        "[referral, emergency], value: 11",
        marks=thorough_only,
    ),
    pytest.param(
        "990100/policy.yaml",
        "filing: unfiled, value: 20",
        "filing: unfiled, value: 21",
        marks=thorough_only,
    ),
    ("980100/policy.yaml", "filing: unfiled, value: 80%", "filing: unfiled, value: 75%"),
    (
        "970100/policy.yaml",
        "[referral, emergency], value: 10%",
        "[referral, emergency], value: 12%",
    ),
]


@pytest.mark.parametrize(("path", "old", "new"), OUT_OF_BOUNDS)
def test_an_adjustment_beyond_the_national_bounds_is_refused(path: str, old: str, new: str) -> None:
    found = check_region(_without_cases(changed(path, old, new)), path[:6])
    assert "bound_broken" in codes(found)


def test_the_bounds_hold_for_care_from_2023_on_only() -> None:
    """Fenghua's 20 and 30 points of 2020 break no bound; the same in 2023 would."""
    assert codes(check_region(packaged(), "330213")) == set()
    texts = packaged()
    for path in [path for path in texts if path.startswith("330213/")]:
        texts[path] = texts[path].replace("2020-", "2023-")
    found = check_region(_without_cases(texts), "330213")
    assert "bound_broken" in codes(found)


def test_jiangmen_needs_ten_points_and_a_value() -> None:
    """S4:119 gives a bound and no value: 9 points are refused, 10 are not."""
    for points, refused in ((9, True), (10, False)):
        found = check_region(_without_cases(_jiangmen_away(points)), "440700")
        assert ("bound_broken" in codes(found)) is refused, [str(f) for f in found]


def _jiangmen_away(points: int) -> dict[str, str]:
    texts, path = packaged(), "440700/outpatient.yaml"
    data = deepcopy(_parsed(path))
    data["tables"]["remote_points"] = {
        "zh": "降低", "en": "points off", "keys": ["where", "filing"], "value": "points",
        "editions": [{"from": "2022-01-01", "source": "S4:119", "rows": [
            {"where": "home", "filing": "any", "value": "0"},
            {"where": "away", "filing": "any", "value": str(points)},
        ]}],
    }  # fmt: skip
    for benefit in data["benefits"].values():
        benefit["open"] = []
        benefit["steps"][0]["adjust"] = [{"operator": "subtract_points", "table": "remote_points"}]
    texts[path] = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    return texts


OUT_OF_ORDER = [
    ("330213/outpatient.yaml", "outpatient_level: community, value: 60%",
     "outpatient_level: community, value: 20%", "order_level"),
    ("330213/policy.yaml", "filing: referral, value: 0", "filing: referral, value: 20",
     "order_filing"),
    ("440700/outpatient.yaml", "category: retired, tier: level_1, value: 80%",
     "category: retired, tier: level_1, value: 74%", "order_category"),
    ("980100/policy.yaml", "where: home, filing: any, value: 100%",
     "where: home, filing: any, value: 95%", "order_place"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "code"), OUT_OF_ORDER)
def test_rows_out_of_order_are_refused(path: str, old: str, new: str, code: str) -> None:
    assert code in codes(check_region(_without_cases(changed(path, old, new)), path[:6]))


def test_a_waiver_that_covers_nothing_is_refused() -> None:
    texts = changed("330213/policy.yaml", "{where: away, care_type: outpatient_special}",
                    "{where: home, care_type: outpatient_special}")  # fmt: skip
    assert codes(check_region(texts, "330213")) == {"waiver_unused", "order_level"}


def _without_cases(texts: dict[str, str]) -> dict[str, str]:
    """Return the texts without golden cases, which would see every change by themselves."""
    return {path: text for path, text in texts.items() if "cases" not in path}


def test_a_benefit_without_steps_is_refused() -> None:
    old = "    steps:\n      # S4 gives residents no cap.\n"
    old += "      - {step: pay, fund: pooled, ratio: resident_ratio}\n"
    texts = changed("440700/outpatient.yaml", old, "    steps: []\n")
    found = check_region(_without_cases(texts), "440700")
    assert codes(found) == {"no_steps", "unread_table"}


def test_contradicting_adjustments_are_found_and_do_not_crash() -> None:
    """Ninety points off 80 % are no ratio, and the engine never clamps."""
    texts = changed("330213/policy.yaml", "remote_level: other, value: 30",
                    "remote_level: other, value: 90")  # fmt: skip
    found = check_region(_without_cases(texts), "330213")
    assert "ratio_out_of_range" in codes(found)
    assert any("less than 0%" in finding.message for finding in found)
