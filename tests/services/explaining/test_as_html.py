"""The printable page: self-contained, escaped, and it says the same in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from clearing.wording import Language, Words
from services.explaining.as_html import pages_html
from services.explaining.page import Page
from tests.services.explaining.pages import three_funds, worked_example

_VOID = {"meta", "br", "hr"}


class _Reader(HTMLParser):
    """Collects the visible text and holds that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.extend(attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def _read(page: Page, language: Language) -> str:
    reader = _Reader()
    reader.feed(pages_html([page], language))
    assert reader.open == []
    return " ".join(" ".join(reader.text).split())


@pytest.mark.parametrize("language", list(Language))
def test_it_says_the_figures_sources_and_hash(language: Language) -> None:
    page = worked_example()
    text = _read(page, language)
    for wanted in ("40000.00", "22980.00", "17020.00", "S3:138", page.bundle_hash):
        assert wanted in text
    assert ("个人负担" in text) == (language is not Language.ENGLISH)
    assert ("Paid by the patient" in text) == (language is not Language.CHINESE)


def test_english_has_no_chinese() -> None:
    text = _read(worked_example(), Language.ENGLISH)
    assert re.findall(r"[一-鿿]+", text) == []


def test_it_needs_nothing_from_outside() -> None:
    document = pages_html([worked_example()], Language.BOTH)
    for way_out in ("http:", "https:", "src=", "url(", "@import", "<script", "<link"):
        assert way_out not in document


def test_what_comes_from_outside_is_escaped() -> None:
    page = worked_example()
    evil = "<script>alert(1)</script>"
    fact = replace(page.facts[0], value=Words(evil, evil))
    document = pages_html([replace(page, facts=(fact,), settlement_id=evil)], Language.BOTH)
    assert "<script" not in document
    assert document.count("&lt;script&gt;") >= 2


def test_made_up_rules_are_said_before_anything_else() -> None:
    text = _read(three_funds(), Language.CHINESE)
    assert text.index("示例规则，不可作为依据") < text.index("参保地")


def test_each_page_is_a_sheet_of_its_own() -> None:
    document = pages_html([worked_example(), three_funds()], Language.CHINESE)
    assert document.count("<main") == 2
    assert "main + main { break-before: page; }" in document
    assert pages_html([], Language.CHINESE).count("<main") == 0
