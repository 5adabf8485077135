"""JSON documents as commands take and print them: strict in, UTF-8 out."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from clearing.errors import Malformed

_EXTREME = "a number is too long, or it is nested too deeply"


def read_json(path: str) -> Any:
    """Return the document of a file; ``-`` is standard input.

    Raises ``Malformed`` for what is not UTF-8 or not JSON, for NaN and infinities, and for a key
    given twice.
    """
    return _parse(_read(path))


def print_json(answer: Any) -> None:
    """Print one result for reading, an array with one result a line."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8 whatever the terminal speaks
    if isinstance(answer, list):
        lines = ",\n".join(json.dumps(result, ensure_ascii=False) for result in answer)
        print(f"[\n{lines}\n]" if lines else "[]")
    else:
        print(json.dumps(answer, ensure_ascii=False, indent=2))


def _read(path: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return raw.decode("utf-8")
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise Malformed(
            "file_unreadable", f"{path}: {reason}", f"无法读取 {path}", field="document"
        ) from error
    except UnicodeDecodeError as error:
        raise Malformed(
            "not_utf8", f"{path} is not UTF-8", f"{path} 不是 UTF-8 文本", field="document"
        ) from error


def _parse(text: str) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        said = (
            str(error) if isinstance(error, json.JSONDecodeError | _NotANumberError) else _EXTREME
        )
        message = f"this is no JSON document: {said[:200]}"
        raise Malformed("not_json", message, "不是有效的 JSON", field="document") from error
    _refuse_doubled(data, "")
    return data


class _Doubled(dict[str, Any]):
    """An object that gives a key twice; ``key`` is the first such."""

    key: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    doubled, names = _Doubled(fields), [name for name, _ in pairs]
    doubled.key = next(name for name in names if names.count(name) > 1)
    return doubled


def _refuse_doubled(data: Any, path: str) -> None:
    """Name the path of a key given twice, which only the parser sees."""
    if isinstance(data, _Doubled):
        where = f"{path}.{data.key}".lstrip(".")
        raise Malformed("duplicate_key", "the key is given twice", "字段重复", field=where)
    if isinstance(data, dict):
        for name, value in data.items():
            _refuse_doubled(value, f"{path}.{name}".lstrip("."))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            _refuse_doubled(value, f"{path}[{i}]")


class _NotANumberError(ValueError):
    """NaN or an infinity, which Python reads and JSON doesn't know."""


def _no_constant(name: str) -> NoReturn:
    raise _NotANumberError(f"{name} is no JSON number")
