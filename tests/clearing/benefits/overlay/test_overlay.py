"""Overlays: what they change, what they leave, and how they are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.files.region_files import RegionFiles
from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.overlay.overlay import overlay_of
from clearing.benefits.policies import Library
from clearing.benefits.row_keys import row_values, without_keys
from clearing.strict_yaml import RuleDataError
from tests.clearing.benefits.claims import claim, library

FENGHUA = """\
what_if: {zh: 提高五个百分点, en: five points more}
regions:
  "330213":
    inpatient:
      ratio:
        - from: 2020-07-01
          until: 2020-09-30
          set:
            - {category: adult_a, level: tertiary, bands: [{to: 40000.00, ratio: 75%}, {ratio: 80%}]}
"""  # noqa: E501 - a row is written in one line


def _changed(text: str) -> Library:
    return overlay_of(text, "what-if.yaml").policies(RegionFiles())


def _refused(text: str) -> list[str]:
    with pytest.raises(RuleDataError) as caught:
        _changed(text)
    return [str(finding) for finding in caught.value.findings]


def _under(region: str, file: str, table: str, changes: str) -> str:
    head = "what_if: {zh: 试, en: a trial}\nregions:\n"
    return f'{head}  "{region}":\n    {file}:\n      {table}:\n{changes}'


@pytest.mark.parametrize(
    ("day", "fund_fen"),
    [
        # (40,000.00 - 500.00 - 1,200.00) × 70 %, or × 75 % in the three months
        ("2020-06-30", 2_681_000),
        ("2020-07-01", 2_872_500),
        ("2020-09-30", 2_872_500),
        ("2020-10-01", 2_681_000),
    ],
)
def test_rows_are_set_on_the_days_named_only(day: str, fund_fen: int) -> None:
    stay: dict[str, Any] = {"category": "adult_a", "care_type": "inpatient", "own_pay": "500.00"}
    one = claim("330213", "40000.00", on=day, **stay)
    decision = adjudicate(_changed(FENGHUA).policy("330213"), one, {}, explain=True)
    assert decision.fund_fen == fund_fen
    made_up = any(step.source == "illustrative" for step in decision.explanation)
    assert made_up == (fund_fen == 2_872_500)


def test_rows_that_are_not_named_stay() -> None:
    other = claim("330213", "40000.00", category="adult_b", care_type="inpatient", on="2020-08-01")
    before, after = (
        adjudicate(lib.policy("330213"), other, {}) for lib in (library(), _changed(FENGHUA))
    )
    assert before.fund_fen == after.fund_fen
    assert before.bundle_hash != after.bundle_hash


def test_only_named_regions_and_those_that_inherit_them_change() -> None:
    text = _under(
        "140000", "outpatient", "visit_cap", "        - {from: 2021-06-01, set: [{value: 80.00}]}\n"
    )
    changed = _changed(text)
    touched = {
        region
        for region in library().regions()
        if _hash(library(), region) != _hash(changed, region)
    }
    assert touched == {"140000", "140100", "140300"}
    policy = changed.policy("140100")
    assert policy is not None
    assert policy.illustrative
    assert "a trial" in (policy.illustrative_because or ("", ""))[1]


def _hash(one: Library, region: str) -> str:
    policy = one.policy(region)
    assert policy is not None
    return policy.bundle_hash


def test_the_same_overlay_has_the_same_hash_and_another_one_another() -> None:
    again = _hash(_changed(FENGHUA), "330213")
    assert again == _hash(_changed(FENGHUA), "330213")
    assert again != _hash(_changed(FENGHUA.replace("75%", "74%")), "330213")


def test_a_new_edition_replaces_all_that_hold_on_its_days() -> None:
    rows = "            - {tier: any, value: 100.00}\n"
    head = "        - from: 2022-03-01\n          until: 2022-12-31\n          rows:\n"
    changed = _changed(_under("440700", "outpatient", "monthly_cap", head + rows)).policy("440700")
    assert changed is not None
    starts = [str(day) for day in changed.boundaries]
    assert "2022-03-01" in starts
    for day, cap_fen in (
        ("2022-02-28", 5_000),
        ("2022-03-01", 10_000),
        ("2022-12-31", 10_000),
        ("2023-01-01", 8_500),
    ):
        one = claim(
            "440700", "1000.00", scheme="employee", category="active", level="primary", on=day
        )
        assert adjudicate(changed, one, {}).fund_fen == cap_fen


def test_what_a_source_leaves_open_can_be_tried_out() -> None:
    rows = "        - {from: 2020-01-01, set: [{where: away, filing: emergency, value: 0}]}\n"
    changed = _changed(_under("330213", "policy", "unfiled_points", rows))
    one = claim(
        "330213",
        "40000.00",
        category="adult_a",
        care_type="inpatient",
        care_region="310000",
        filing="emergency",
    )
    assert adjudicate(library().policy("330213"), one, {}).outcome == "manual"
    # (40,000.00 - 1,200.00) × (70 % - 10 points)
    assert adjudicate(changed.policy("330213"), one, {}).fund_fen == 2_328_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            _under("330200", "inpatient", "ratio", "        - {from: 2020-01-01, rows: [{}]}\n"),
            "what-if.yaml:4: no region 330200 has rules; those that have: 140000",
        ),
        (
            _under("330213", "pharmacy", "ratio", "        - {from: 2020-01-01, rows: [{}]}\n"),
            "what-if.yaml:5: region 330213 has no pharmacy rules; it has: policy, outpatient",
        ),
        (
            _under("330213", "inpatient", "ratios", "        - {from: 2020-01-01, rows: [{}]}\n"),
            "what-if.yaml:6: 330213/inpatient has no table ratios; its tables: deductible, fee_cap",
        ),
        (
            FENGHUA.replace("from: 2020-07-01", "from: 2019-07-01"),
            "what-if.yaml:6: table ratio: it begins on 2020-01-01: write that day or a later one",
        ),
        (
            FENGHUA.replace("2020-09-30", "2020-06-30"),
            "what-if.yaml:6: regions.330213.inpatient.ratio.0: until is before from",
        ),
        (
            FENGHUA.replace("adult_a", "adult_c"),
            "what-if.yaml:9: table ratio: category has no value adult_c; it's one of",
        ),
        (
            FENGHUA.replace("75%", "0.75"),
            "what-if.yaml:9: table ratio: write a ratio as 75% or 67.5%, not '0.75'",
        ),
        (
            FENGHUA.replace(", level: tertiary", ""),
            "what-if.yaml:9: table ratio: the row says nothing about level",
        ),
        (
            FENGHUA.replace("          set:", "          rows:"),
            "what-if.yaml:6: table ratio: no row for category=adult_a, level=community",
        ),
        (
            FENGHUA + FENGHUA.splitlines(keepends=True)[-1],
            "what-if.yaml:10: table ratio: a second row for category=adult_a, level=tertiary",
        ),
        (
            FENGHUA.replace("          set:", "          sets:"),
            "what-if.yaml:9: regions.330213.inpatient.ratio.0.sets: there is no key sets here",
        ),
        ("regions: {}\n", "what-if.yaml:1: what_if: write what_if"),
    ],
)
def test_what_is_wrong_is_told_in_the_overlays_own_line(text: str, told: str) -> None:
    findings = _refused(text)
    assert any(finding.startswith(told) for finding in findings), findings


def test_values_are_raised_and_lowered_by_as_much_as_it_says() -> None:
    text = """\
what_if: {zh: 试, en: a trial}
regions:
  "330213":
    inpatient:
      ratio: [{from: 2020-01-01, raise: [{category: [adult_a, adult_b], level: any, by: 2.5%}]}]
      deductible: [{from: 2020-01-01, lower: [{special_disease: "no", level: any, by: 200.00}]}]
    policy:
      remote_points: [{from: 2020-01-01, lower: [{where: away, remote_level: tertiary, by: 5}]}]
"""
    changed = _changed(text).policy("330213")
    stay: dict[str, Any] = {"care_type": "inpatient", "own_pay": "500.00"}
    away: dict[str, Any] = {**stay, "care_region": "310000", "filing": "referral"}
    for visit, fund_fen in (
        ({**stay, "category": "adult_a"}, 2_791_250),  # 38,500.00 × 72.5 %
        ({**stay, "category": "adult_b"}, 2_598_750),  # × 67.5 %
        ({**stay, "category": "child_or_student"}, 3_080_000),  # × 80 % as before
        ({**away, "category": "adult_a"}, 2_598_750),  # × (72.5 - 5) %
    ):
        one = claim("330213", "40000.00", on="2020-08-01", **visit)
        assert adjudicate(changed, one, {}).fund_fen == fund_fen


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("{level: any, by: 5%}", "category is any, or one of adult_a, adult_b"),
        ("{category: adult_c, level: any, by: 5%}", "category is any, or one of adult_a"),
        ("{category: any, level: any}", "say by how much: by"),
        ("{category: any, level: any, value: 5%, by: 5%}", "value is no key of it; write category"),
        ("{category: any, level: any, by: 20%}", "85% can't be moved by 20%"),
        ("{category: any, level: any, by: five}", "write a ratio as 75% or 67.5%, not 'five'"),
        ("{category: any, level: primary, by: 5%}", "no row that it names gives a value on these"),
    ],
)
def test_a_move_that_can_not_be_made_is_told(change: str, told: str) -> None:
    changes = f"        - {{from: 2020-01-01, raise: [{change}]}}\n"
    findings = _refused(_under("330213", "inpatient", "ratio", changes))
    assert any(one.startswith(f"what-if.yaml:6: table ratio: {told}") for one in findings), findings


def test_defects_of_all_regions_are_told_at_once() -> None:
    more = '  "440700":\n    outpatient:\n      none_such: [{from: 2022-01-01, rows: [{}]}]\n'
    findings = _refused(FENGHUA.replace("adult_a", "adult_c") + more)
    assert len(findings) >= 2
    assert {finding.split(":")[0] for finding in findings} == {"what-if.yaml"}


DOMAINS = {"a": ("1", "2", "3"), "b": ("x", "y"), "c": ("p", "q", "r")}
_ROWS = st.fixed_dictionaries(
    {
        key: st.one_of(
            st.just("any"),
            st.sampled_from(values),
            st.lists(st.sampled_from(values), min_size=1, unique=True),
        )
        for key, values in DOMAINS.items()
    }
)


@given(_ROWS, _ROWS)
def test_a_cut_leaves_exactly_the_other_keys_each_once(
    row: dict[str, Any], cut: dict[str, Any]
) -> None:
    left = [
        key
        for part in without_keys({**row, "value": "1"}, cut, ("a", "b", "c"), DOMAINS)
        for key in _keys(part)
    ]
    assert len(left) == len(set(left))
    assert set(left) == set(_keys(row)) - set(_keys(cut))


def _keys(row: dict[str, Any]) -> list[tuple[str, ...]]:
    a, b, c = (row_values(row, key, DOMAINS) or () for key in ("a", "b", "c"))
    return [(x, y, z) for x in a for y in b for z in c]


def test_an_overlay_takes_effect_on_the_first_day() -> None:
    policy = _changed(FENGHUA).policy("330213")
    assert policy is not None
    assert {date(2020, 7, 1), date(2020, 10, 1)} <= set(policy.boundaries)


def test_the_overlay_of_the_readme_works() -> None:
    readme = (Path(__file__).parents[4] / "README.md").read_text(encoding="utf-8")
    example = next(
        block for block in readme.split("```yaml\n")[1:] if block.startswith("what_if:")
    ).partition("```")[0]
    changed = _changed(example)
    assert _hash(changed, "990100") != _hash(library(), "990100")
    assert _hash(changed, "980100") == _hash(library(), "980100")
