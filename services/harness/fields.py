"""Strict reading of one JSON object: every field typed, none unknown, errors with a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from adapters.files.corpus_files import JsonLine, corpus_file_error
from clearing.calendar import Instant, parse_instant
from clearing.money import Fen, parse_yuan

ValueT = TypeVar("ValueT")
EnumT = TypeVar("EnumT", bound=StrEnum)

_MISSING = object()


class Fields:
    """Takes the fields of an object out one by one; ``done`` refuses what is left over."""

    def __init__(self, where: str, data: Mapping[str, Any]) -> None:
        self._where = where
        self._left = dict(data)

    @classmethod
    def of(cls, line: JsonLine) -> Fields:
        """Read the object of a line."""
        return cls(line.where, line.data)

    def text(self, name: str, default: Any = _MISSING) -> str:
        """Return a string."""
        value = self._left.pop(name, default)
        if not isinstance(value, str):
            raise self.error(name, "is missing or no text", "缺失或不是文本")
        return value

    def flag(self, name: str) -> bool:
        """Return a truth value, false where it isn't given."""
        value = self._left.pop(name, False)
        if not isinstance(value, bool):
            raise self.error(name, "is true or false", "应为 true 或 false")
        return value

    def number(self, name: str, default: Any = _MISSING) -> int:
        """Return a whole number."""
        value = self._left.pop(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(name, "is missing or no whole number", "缺失或不是整数")
        return value

    def day(self, name: str) -> date:
        """Return a civil date."""
        return self._read(name, date.fromisoformat)

    def optional_day(self, name: str) -> date | None:
        """Return a civil date, if there is one."""
        return self.day(name) if name in self._left else None

    def instant(self, name: str) -> Instant:
        """Return an instant."""
        return self._read(name, parse_instant)

    def yuan(self, name: str) -> Fen:
        """Return an amount written in yuan with two decimals."""
        return self._read(name, parse_yuan)

    def optional_yuan(self, name: str) -> Fen:
        """Return an amount, 0 where it isn't given."""
        return self.yuan(name) if name in self._left else 0

    def choice(self, name: str, kind: type[EnumT], default: Any = _MISSING) -> EnumT:
        """Return one of the words of an enumeration."""
        if name not in self._left and default is not _MISSING:
            return default  # type: ignore[no-any-return]  # the caller's own default
        return self._read(name, kind)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings, empty where it isn't given."""
        values = self._left.pop(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.error(name, "is a list of texts", "应为文本列表")
        return tuple(values)

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers, empty where it isn't given."""
        values = self._left.pop(name, [])
        if not isinstance(values, list) or not all(type(value) is int for value in values):
            raise self.error(name, "is a list of whole numbers", "应为整数列表")
        return tuple(values)

    def objects(self, name: str) -> list[Fields]:
        """Return a list of objects, empty where it isn't given."""
        values = self._left.pop(name, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.error(name, "is a list of objects", "应为对象列表")
        return [
            Fields(f"{self._where} {name}[{index}]", value) for index, value in enumerate(values)
        ]

    def optional_object(self, name: str) -> Fields | None:
        """Return an object, if there is one."""
        if name not in self._left:
            return None
        value = self._left.pop(name)
        if not isinstance(value, dict):
            raise self.error(name, "is an object", "应为对象")
        return Fields(f"{self._where} {name}", value)

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object as it is, empty where it isn't given."""
        value = self._left.pop(name, {})
        if not isinstance(value, dict):
            raise self.error(name, "is an object", "应为对象")
        return value

    def take(self, read: Callable[[Fields], ValueT]) -> ValueT:
        """Read the whole object by a function and refuse what it leaves over."""
        value = read(self)
        if self._left:
            raise self.error(min(self._left), "is not a field of the format", "不是格式中的字段")
        return value

    def error(self, name: str, what_en: str, what_zh: str) -> Exception:
        """Return the error about a field."""
        return corpus_file_error(f"{self._where}: {name}", what_en, what_zh)

    def _read(self, name: str, read: Callable[[str], ValueT]) -> ValueT:
        text = self.text(name)
        try:
            return read(text)
        except ValueError as error:
            raise self.error(name, f"cannot be {text!r}", f"不能为 {text!r}") from error
