"""Names of sources and regions, and Chinese as it is printed."""

from __future__ import annotations

import pytest

from adapters.files.reference_files import region_names, source_documents
from clearing.source_documents import read_source_documents
from clearing.strict_yaml import RuleDataError
from clearing.wording import Language, Words, print_chinese


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("起付标准 1200.00 元, 余 58300.00 元", "起付标准 1200.00 元，余 58300.00 元"),
        ("基金支付 (统筹基金 5.00 元), 个人", "基金支付（统筹基金 5.00 元），个人"),
        ("见 a (330213) 的表: b", "见 a (330213) 的表：b"),
        ("no Chinese, so (nothing): changes; here", "no Chinese, so (nothing): changes; here"),
    ],
)
def test_marks_of_print(text: str, printed: str) -> None:
    assert print_chinese(text) == printed


def test_both_languages_once_where_they_are_the_same() -> None:
    assert Words("甲", "A").say(Language.BOTH) == "甲 / A"
    assert Words("7", "7").say(Language.BOTH) == "7"
    assert Words("甲", "A").say(Language.CHINESE) == "甲"


def test_sources_are_cited_by_title_and_line() -> None:
    sources = source_documents()
    assert sources.cited("S4:65").zh == "《民生热线第826期：江门市医疗保障局》第 65 行"
    assert sources.cited("S3:80-82").en.endswith("lines 80 to 82")
    assert "没有文件依据" in sources.cited("illustrative").zh
    assert sources.cited("S9:1") == Words("S9:1", "S9:1")
    assert "Shanxi Evening News, 2021" in sources.titled("S1").en


def test_a_source_without_a_title_is_a_finding() -> None:
    with pytest.raises(RuleDataError, match="title_zh"):
        read_source_documents("S0: {title_en: x, lines: 3}", "sources.yaml")


@pytest.mark.parametrize(
    ("region", "zh", "en"),
    [
        ("310000", "上海市", "Shanghai"),
        ("440100", "广东省广州市", "Guangzhou, Guangdong"),
        ("440703", "广东省 440703", "440703, Guangdong"),
        ("990100", "990100", "990100"),
    ],
)
def test_regions_are_named_as_far_as_known(region: str, zh: str, en: str) -> None:
    assert region_names().named(region) == Words(zh, en)
