"""The same said in Chinese and in English, and Chinese punctuation for print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """In which language a reader wants to read."""

    CHINESE = "zh"
    ENGLISH = "en"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Words:
    """The same said in Chinese and in English."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        """Return the words in a language, or both with a stroke between them."""
        if language is Language.BOTH:
            return f"{self.zh} / {self.en}" if self.zh != self.en else self.zh
        return self.zh if language is Language.CHINESE else self.en


_MARKS = ((", ", "，"), ("; ", "；"), (": ", "："))
_OPENING = re.compile(r" ?\((?=[^()]*[一-鿿][^()]*\))([^()]*)\) ?")


def print_chinese(text: str) -> str:
    """Return Chinese text with the marks of print: full-width commas, colons and brackets."""
    if not re.search(r"[一-鿿]", text):
        return text
    for narrow, wide in _MARKS:
        text = text.replace(narrow, wide)
    return _OPENING.sub(r"（\1）", text)
