from __future__ import annotations

from datetime import date

import pytest

from clearing.catalogue_file import CatalogueFile, read_catalogue, resolve_catalogue
from clearing.strict_yaml import RuleDataError

PARENT = """\
region: illustrative
illustrative: true
classes:
  - {class: A, source: S0:14, rule_zh: 甲类, rule_en: class A}
  - {class: B, source: S0:14, rule_zh: 乙类, rule_en: class B}
kinds:
  - {kind: ambulance, source: S0:21, rule_zh: 急救车, rule_en: ambulance}
editions:
  - from: 2020-01-01
    until: 2020-12-31
    source: illustrative
    items:
      - {code: X1, name_zh: 甲, name_en: one, class: A}
      - {code: X2, name_zh: 乙, name_en: two, class: B, first_pay_bp: 1000}
"""

CHILD = """\
region: 310000
inherits: illustrative
editions:
  - from: 2020-07-01
    until: 2021-06-30
    source: illustrative
    items:
      - {code: X2, name_zh: 乙, name_en: two, class: A, price_limit: 1.234567}
"""


def files(*texts: str) -> dict[str, CatalogueFile]:
    read = [read_catalogue(text, f"file{number}.yaml") for number, text in enumerate(texts)]
    return {entry.region: entry for entry in read}


def test_editions_of_parent_and_child_are_cut_at_every_boundary() -> None:
    shipped = resolve_catalogue("310000", files(PARENT, CHILD))
    assert [(e.from_, e.until, sorted(e.items)) for e in shipped.editions] == [
        (date(2020, 1, 1), date(2020, 6, 30), ["X1", "X2"]),
        (date(2020, 7, 1), date(2020, 12, 31), ["X1", "X2"]),
        (date(2021, 1, 1), date(2021, 6, 30), ["X2"]),
    ]
    before, after, _ = shipped.editions
    assert before.items["X2"].first_pay_bp == 1000
    assert after.items["X2"].price_limit_e6 == 1_234_567
    assert shipped.illustrative


def test_the_hash_covers_what_is_inherited_and_nothing_of_the_layout() -> None:
    first = resolve_catalogue("310000", files(PARENT, CHILD)).bundle_hash
    spaced = "# a comment\n" + PARENT.replace("name_en: one, class: A", "class: A,  name_en: one")
    assert resolve_catalogue("310000", files(spaced, CHILD)).bundle_hash == first
    changed = PARENT.replace("first_pay_bp: 1000", "first_pay_bp: 1001")
    assert resolve_catalogue("310000", files(changed, CHILD)).bundle_hash != first


def test_all_defects_are_told_at_once_with_their_lines() -> None:
    text = PARENT.replace("class: A}", "class: D}").replace("until: 2020", "until: 20x")
    with pytest.raises(RuleDataError) as refused:
        read_catalogue(text, "x.yaml")
    assert [(f.file, f.line) for f in refused.value.findings] == [("x.yaml", 10), ("x.yaml", 13)]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("class: B, first_pay_bp: 1000", "class: B", 14),
        ("class: A}", "class: A, first_pay_bp: 1}", 13),
        ("class: A}", "class: A, kind: ambulance}", 13),
        ("class: A}", "kind: ambulance, price_limit: 1.00}", 13),
        ("code: X2", "code: X1", 14),
        ("until: 2020-12-31", "until: 2019-12-31", 10),
        ("{class: B,", "{class: A,", 5),
    ],
)
def test_a_defect_of_meaning_is_told_with_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(RuleDataError) as refused:
        read_catalogue(PARENT.replace(old, new, 1) if "{class" in old else _late(old, new), "x")
    assert [finding.line for finding in refused.value.findings] == [line]


def _late(old: str, new: str) -> str:
    """Replace within the editions only; the definitions above them stay."""
    head, marker, tail = PARENT.partition("editions:")
    return head + marker + tail.replace(old, new, 1)


def test_editions_that_overlap_are_refused() -> None:
    twice = PARENT + PARENT.partition("editions:\n")[2]
    with pytest.raises(RuleDataError, match="follow one another"):
        read_catalogue(twice, "x")


def test_undefined_kinds_missing_parents_and_circles_are_refused() -> None:
    undefined = CHILD.replace("class: A, price_limit: 1.234567", "kind: magic")
    with pytest.raises(RuleDataError, match=r"file1\.yaml:8: the kind magic is not defined"):
        resolve_catalogue("310000", files(PARENT, undefined))
    with pytest.raises(RuleDataError, match=r"file0\.yaml:2: .* illustrative is missing"):
        resolve_catalogue("310000", files(CHILD))
    with pytest.raises(RuleDataError, match="inherits itself"):
        resolve_catalogue("310000", files(CHILD.replace("illustrative", "310000", 1)))
