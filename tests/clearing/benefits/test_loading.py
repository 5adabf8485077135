"""Rule files that are wrong: every defect is told, with file and line, and nothing loads half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from adapters.files.region_files import RegionFiles
from clearing.benefits.claim import Scheme
from clearing.benefits.loading import policy_from_canonical
from clearing.benefits.policies import Library
from clearing.benefits.schema import FILES
from clearing.strict_yaml import RuleDataError
from tests.clearing.benefits.claims import claim, library

REGION = """\
region: 123400
name: {zh: 某市, en: Some City}
"""
POLICY = """\
schemes:
  resident: {from: 2023-01-01, source: S4:65, zh: 居民, en: residents}
groups:
  tier:
    of: level
    zh: 档
    en: tier
    source: S4:65
    classes:
      low: [community, unrated, primary]
      high: [secondary, tertiary]
"""
OUTPATIENT = """\
tables:
  ratio:
    zh: 比例
    en: ratio
    keys: [tier]
    value: ratio
    editions:
      - from: 2023-01-01
        source: S4:65
        rows:
          - {tier: low, value: 70%}
          - {tier: high, value: 50%}
      - from: 2024-01-01
        source: S4:65
        rows:
          - {tier: any, value: 60%}
benefits:
  resident:
    in_scope: S4:65
    exclusions:
      - {code: unselected, when: {selected: "no"}, source: S4:65, zh: 未选点, en: not selected}
    steps:
      - {step: pay, fund: pooled, ratio: ratio}
"""


class Texts:
    """Rule texts held in memory."""

    def __init__(self, **folders: Mapping[str, str]) -> None:
        self._folders = {name.lstrip("_"): texts for name, texts in folders.items()}

    def regions(self) -> Sequence[str]:
        return sorted(self._folders)

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        return {n: t for n, t in self._folders.get(region, {}).items() if n in names}


def load(region: str = REGION, policy: str = POLICY, outpatient: str = OUTPATIENT) -> Library:
    files = {"region.yaml": region, "policy.yaml": policy, "outpatient.yaml": outpatient}
    made = Library(Texts(_123400=files))
    made.policy("123400")
    return made


def findings(region: str = REGION, policy: str = POLICY, outpatient: str = OUTPATIENT) -> list[str]:
    with pytest.raises(RuleDataError) as caught:
        load(region, policy, outpatient)
    return [str(finding) for finding in caught.value.findings]


def test_a_right_one_loads_and_decides() -> None:
    made = load()
    visit = claim("123400", "100.00", on="2023-05-01", level="unrated")
    assert made.adjudicate(visit, {}).fund_fen == 7_000
    later = claim("123400", "100.00", on="2024-01-01", level="unrated")
    assert made.adjudicate(later, {}).fund_fen == 6_000
    assert made.adjudicate(claim("123400", "1.00", on="2022-12-31"), {}).code == "edition_missing"
    inpatient = claim("123400", "1.00", on="2023-12-31", care_type="inpatient")
    assert made.adjudicate(inpatient, {}).code == "care_type_missing"
    employee = claim("123400", "1.00", on="2023-12-31", scheme="employee", category="active")
    assert made.adjudicate(employee, {}).code == "scheme_missing"
    unselected = claim("123400", "1.00", on="2023-12-31", selected=False)
    assert made.adjudicate(unselected, {}).code == "unselected"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("          - {tier: high, value: 50%}\n", "", 8, "no row for tier=high"),
        ("{tier: high, value", "{tier: [low, high], value", 12, "a second row for tier=low"),
        ("{tier: high, value: 50%}", "{tier: top, value: 50%}", 12, "tier has no value top"),
        ("{tier: high, value: 50%}", "{value: 50%}", 12, "says nothing about tier"),
        ("{tier: high, value: 50%}", "{tier: high}", 12, "either value or not_given"),
        ("high, value: 50%}", "high, value: 50%, not_given: x}", 12, "either value or not_given"),
        ("{tier: high, value: 50%}", "{tier: high, bands: []}", 12, "either value or not_given"),
        ("{tier: high, value: 50%}", "{tier: high, value: 0.5}", 12, "write a ratio as 75%"),
        ("{tier: high, value: 50%}", "{tier: high, value: 050%}", 12, "write a ratio as 75%"),
        ("{tier: high, value: 50%}", "{tier: high, value: 150%}", 12, "a ratio above 100%"),
        ("{tier: high, value: 50%}", "{tier: high, not_given: No}", 12, "names a code"),
        ("{tier: high, value: 50%}", "{tier: high, not_given: x, zh: 某}", 12, "both zh and en"),
        ("{tier: high, value: 50%}", "{tier: high, value: 50%, zh: 某}", 12, "zh is no key"),
        ("high, value: 50%}", "high, value: 50%, source: p. 3}", 12, "a source is written"),
        ("high, value: 50%}", "high, value: 50%, level: primary}", 12, "level is no key of it"),
        ("keys: [tier]", "keys: [tier, age]", 5, "age; the keys are"),
        ("value: ratio", "value: percent", 6, "yuan"),
        ("value: ratio", "value: yuan", 11, "not an amount"),
        ("from: 2024-01-01", "from: 2022-01-01", 8, "editions must follow"),
        ("from: 2024-01-01", "from: 2024-13-01", 13, "month"),
        ("ratio: ratio}", "ratio: ratios}", 23, "there is no table ratios"),
        ("fund: pooled", "fund: pool", 23, "pooled"),
        ("step: pay,", "step: pays,", 23, "pays"),
        (
            "ratio: ratio}",
            "ratio: ratio, cap: x}",
            23,
            "no key cap here; the keys here are step, fund, ratio",
        ),
        ("{selected: ", "{selecting: ", 21, "there is no key selecting"),
        ('{selected: "no"}', "{selected: never}", 21, "selected has no value never"),
        (
            "source: S4:65, zh: 未选点",
            "source: S9, zh: 未选点",
            21,
            "write a source as document and line",
        ),
        ("  resident:\n    in_scope", "  employee:\n    in_scope", 19, "no scheme employee"),
    ],
)
def test_defects_of_a_care_file(old: str, new: str, line: int, said: str) -> None:
    assert OUTPATIENT.count(old) >= 1
    told = findings(outpatient=OUTPATIENT.replace(old, new, 1))
    assert any(
        finding.startswith(f"123400/outpatient.yaml:{line}: ") and said in finding
        for finding in told
    ), told


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("      high: [secondary, tertiary]\n", "      high: [secondary]\n", 5, "tertiary"),
        ("[secondary, tertiary]", "[secondary, tertiary, primary]", 5, "a value is in two classes"),
        ("[secondary, tertiary]", "[secondary, tertiary, top]", 5, "level has no value top"),
        ("of: level", "of: rank", 5, "there is no key rank"),
        ("  tier:\n", "  level:\n", 5, "taken by another key"),
        ("from: 2023-01-01", "from: 2023", 2, "YYYY-MM-DD"),
    ],
)
def test_defects_of_the_policy_file(old: str, new: str, line: int, said: str) -> None:
    told = findings(policy=POLICY.replace(old, new, 1))
    assert any(
        finding.startswith(f"123400/policy.yaml:{line}") and said in finding for finding in told
    ), told


def test_all_defects_are_told_at_once() -> None:
    broken = OUTPATIENT.replace("tier: low, value: 70%", "tier: low, value: 70")
    broken = broken.replace("ratio: ratio}", "ratio: ratios}").replace("selected:", "chosen:")
    told = findings(policy=POLICY.replace("schemes:", "scheme_s:"), outpatient=broken)
    assert len(told) >= 2  # structure first
    told = findings(outpatient=broken)
    assert [finding.split(":")[1] for finding in told] == ["11", "21", "23"]
    other = "  other: {zh: 甲, en: a, value: yuans, editions: []}\n"
    unreadable = broken.replace("benefits:", f"{other}benefits:")
    told = findings(outpatient=unreadable)
    assert any("there is no table ratios" in finding for finding in told)
    assert any("write one of yuan" in finding for finding in told)


def test_broken_yaml_and_duplicate_keys() -> None:
    doubled = findings(outpatient=OUTPATIENT.replace("    en: ratio\n", "    en: a\n    en: b\n"))
    assert doubled == ["123400/outpatient.yaml:5: duplicate key 'en'"]
    assert "inside itself" in findings(policy="schemes: &a [*a]")[0]
    assert findings(policy="schemes: [")[0].startswith("123400/policy.yaml:")
    assert "mapping" in findings(outpatient="- a\n")[0]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("{step: cap_payment, fund: pooled, limits: []}", "before anything pays it"),
        ("{step: pay, fund: pooled, ratio: ratio}\n      - {step: pay, fund: pooled, ratio: ratio}",
         "paid or capped twice"),
        ("{step: pay_bands, fund: pooled, bands: ratio, account: x/fees}", "needs count_fees"),
        ("{step: deductible, table: ratio, per: year}", "needs an account"),
        ("{step: deductible, table: ratio}", "holds ratio, the step needs yuan"),
        ("{step: first_pay, table: ratio}\n      - {step: first_pay, table: ratio}",
         "one first_pay at most"),
        ('{step: count_fees, account: "fees/{age}"}', "there is no key age"),
    ],
)  # fmt: skip
def test_steps_that_do_not_fit(steps: str, said: str) -> None:
    broken = OUTPATIENT.replace("{step: pay, fund: pooled, ratio: ratio}", steps)
    assert any(said in finding for finding in findings(outpatient=broken))


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ("[]", "bands is a list"),
        ("[{to: 10.00, ratio: 50%}]", "only the last one is open"),
        ("[{ratio: 50%}, {ratio: 60%}]", "every band has to and ratio"),
        ("[{to: 10.00, ratio: 50%}, {to: 10.00, ratio: 60%}, {ratio: 70%}]", "bands go upwards"),
        ("[{ratio: 101%}]", "at most 100%"),
    ],
)
def test_bands_are_increasing_and_closed(bands: str, said: str) -> None:
    broken = OUTPATIENT.replace("value: ratio", "value: bands")
    broken = broken.replace("value: 70%", f"bands: {bands}")
    assert any(said in finding for finding in findings(outpatient=broken))


def test_region_files_must_agree_with_their_folder() -> None:
    assert "the folder is 123400" in findings(region=REGION.replace("123400", "123401"))[0]
    assert "no other region" in findings(region=REGION + "inherits: 999999\n")[0]
    assert "no other region" in findings(region=REGION + "inherits: 123400\n")[0]
    assert "illustrative_because" in findings(region=REGION + "illustrative: true\n")[0]


def test_a_child_replaces_by_table_and_tells_its_own_lines() -> None:
    child = {
        "region.yaml": "region: 123401\nname: {zh: 某县, en: Some County}\ninherits: 123400\n",
        "outpatient.yaml": OUTPATIENT.split("benefits:")[0].replace("70%", "80%"),
    }
    parent = {"region.yaml": REGION, "policy.yaml": POLICY, "outpatient.yaml": OUTPATIENT}
    made = Library(Texts(_123400=parent, _123401=child))
    visit = claim("123401", "100.00", on="2023-05-01", level="community")
    assert made.adjudicate(visit, {}).fund_fen == 8_000
    child["outpatient.yaml"] = child["outpatient.yaml"].replace("tier: high", "tier: top")
    parent["policy.yaml"] = POLICY.replace("of: level", "of: rank")
    with pytest.raises(RuleDataError) as caught:
        Library(Texts(_123400=parent, _123401=child)).policy("123401")
    told = [str(finding) for finding in caught.value.findings]
    assert any(finding.startswith("123400/policy.yaml:5: ") for finding in told)
    with pytest.raises(RuleDataError):
        Library(Texts(_123400=parent, _123401=child)).all_policies()


def test_the_hash_covers_content_and_inheritance() -> None:
    parent = {"region.yaml": REGION, "policy.yaml": POLICY, "outpatient.yaml": OUTPATIENT}
    child = {"region.yaml": "region: 123401\nname: {zh: 某县, en: C}\ninherits: 123400\n"}

    def hashes() -> tuple[str, str]:
        made = Library(Texts(_123400=parent, _123401=child))
        policies = (made.policy("123400"), made.policy("123401"))
        return tuple(policy.bundle_hash for policy in policies if policy)  # type: ignore[return-value]  # both are there

    first = hashes()
    assert first[0] != first[1]
    parent["outpatient.yaml"] = "# a comment\n" + OUTPATIENT
    assert hashes() == first
    parent["outpatient.yaml"] = OUTPATIENT.replace("70%", "71%")
    assert hashes()[0] != first[0]
    assert hashes()[1] != first[1]


def test_a_stored_bundle_makes_the_same_policy() -> None:
    for policy in library().all_policies():
        again = policy_from_canonical(policy.canonical)
        assert again.bundle_hash == policy.bundle_hash
        assert again.categories(Scheme.RESIDENT) == policy.categories(Scheme.RESIDENT)
        assert again.boundaries == policy.boundaries


def test_other_files_of_a_folder_are_left_alone() -> None:
    asked: list[str] = []

    class Watching(RegionFiles):
        def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
            asked.extend(names)
            return super().texts(region, names)

    assert Library(Watching()).policy("330213") is not None
    assert asked == [*FILES, "policy.yaml"]  # its own, then the national layer's
    assert "enrolment.yaml" not in asked
