"""Where in the rule data something would stand that a claim needs and no source gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clearing.benefits import schema
from clearing.benefits.key_words import key_words, value_words

_SECTIONS = {
    "care_type": "benefits",
    "scheme": "schemes",
    "edition": "schemes",
    "open": "open",
    "layer": "layer_only",
    "cause": "causes",
    "delivery": "applications",
}


def row_place(
    table: str, asked: Sequence[tuple[str, str]], file: str, groups: Mapping[str, schema.Group]
) -> tuple[str, str]:
    """Word the row of a table that isn't given, in Chinese and English."""
    zh, en = [], []
    for key, value in asked:
        (name_zh, name_en), (is_zh, is_en) = key_words(key, groups), value_words(key, value, groups)
        zh.append(f"{name_zh}为{is_zh}")
        en.append(f"{name_en}: {is_en}")
    for_zh, for_en = (f" {', '.join(zh)}的一行", f", row {'; '.join(en)}") if asked else ("", "")
    return (
        f", 应载于 {file} 的表 {table}{for_zh}",
        f"; it would be in {file}, table {table}{for_en}",
    )


def rule_place(step: str, code: str, file: str) -> tuple[str, str]:
    """Word where a rule leaves a claim open, or where its rules would stand."""
    section = _SECTIONS.get(step)
    if section is None:
        return "", ""
    if step == "open":
        return f", 见 {file} 的 {section}: {code}", f"; see {file}, {section}: {code}"
    if step == "layer":
        return f", 见 {file} 的 {section}", f"; see {file}, {section}"
    return f", 应载于 {file} 的 {section}", f"; it would be in {file}, {section}"
