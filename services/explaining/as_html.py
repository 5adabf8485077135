"""Pages as one self-contained HTML document, each page on a sheet of A4 when printed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from clearing.money import format_yuan
from clearing.wording import Language, Words, print_chinese
from services.explaining.page import TITLE, Line, Page

_LANG = {Language.CHINESE: "zh-CN", Language.ENGLISH: "en", Language.BOTH: "zh-CN"}


def pages_html(pages: Sequence[Page], language: Language) -> str:
    """Return the document: no script, no outside resource, everything escaped."""

    def say(words: Words | tuple[str, str]) -> Markup:
        return _said(words if isinstance(words, Words) else Words(*words), language)

    def brief(words: Words) -> str:
        """Say it once where both languages would take a line too many."""
        return words.en if language is Language.ENGLISH else print_chinese(words.zh)

    def edition(line: Line) -> Words:
        return Words(f"{line.edition} 起", f"from {line.edition}")

    return _template().render(
        pages=pages,
        title=TITLE,
        lang=_LANG[language],
        language=language.value,
        say=say,
        brief=brief,
        edition=edition,
        yuan=format_yuan,
    )


def _said(words: Words, language: Language) -> Markup:
    zh, en = print_chinese(words.zh), words.en
    if language is Language.ENGLISH:
        return Markup('<span lang="en">{}</span>').format(en)
    if language is Language.CHINESE or zh == en:
        return Markup("{}").format(zh)
    return Markup('<span class="zh">{}</span> <span class="en" lang="en">{}</span>').format(zh, en)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("services.explaining"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
