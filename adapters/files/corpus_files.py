"""JSON lines on disk: read strictly and by offset, written durably.

Knows files and JSON, and nothing of what a corpus means.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NoReturn

from clearing.errors import Malformed


class CorpusFileError(Malformed):
    """A corpus file that is missing or cannot be read; ``field`` is file and line."""


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One object of a file: ``where`` is ``file:line``, ``offset`` its first byte."""

    where: str
    offset: int
    data: dict[str, Any]


def corpus_file_error(where: str, what_en: str, what_zh: str) -> CorpusFileError:
    """Return the error for a place in a corpus file."""
    return CorpusFileError("corpus_file", f"{where}: {what_en}", f"{where}: {what_zh}", field=where)


def read_json(path: Path) -> dict[str, Any]:
    """Read a file that holds one object. Raises ``CorpusFileError``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    return _parse(content, path.name)


def read_json_lines(path: Path) -> Iterator[JsonLine]:
    """Read a file of one object a line, one at a time. Raises ``CorpusFileError``."""
    try:
        with path.open("rb") as stream:
            offset = 0
            for number, line in enumerate(stream, 1):
                where = f"{path.name}:{number}"
                yield JsonLine(where, offset, _parse(line, where))
                offset += len(line)
    except OSError as error:
        raise _unreadable(path, error) from error


class LineReader:
    """Reads single lines of a file at offsets that ``read_json_lines`` gave."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._stream: BinaryIO = path.open("rb")

    def at(self, offset: int) -> JsonLine:
        """Return the line that starts at ``offset``."""
        self._stream.seek(offset)
        where = f"{self._name}@{offset}"
        return JsonLine(where, offset, _parse(self._stream.readline(), where))

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def digest_of(paths: Sequence[Path]) -> str:
    """Return the sha256 over the names and bytes of files, in the order given."""
    total = sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0")
        try:
            with path.open("rb") as stream:
                while block := stream.read(1 << 20):
                    total.update(block)
        except OSError as error:
            raise _unreadable(path, error) from error
    return total.hexdigest()


def dump_line(data: Mapping[str, Any]) -> str:
    """Write an object as one line, keys in the order given, Chinese as it is."""
    return json.dumps(data, ensure_ascii=False, separators=(", ", ": "))


class JsonLinesWriter:
    """Writes one object a line into a file of its own, streaming."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="\n")
        self.lines = 0

    def write(self, data: Mapping[str, Any]) -> None:
        """Append an object."""
        self._stream.write(dump_line(data) + "\n")
        self.lines += 1

    def flush(self) -> None:
        """Let readers see what is written so far."""
        self._stream.flush()

    def __enter__(self) -> JsonLinesWriter:
        """Open for writing."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._stream.close()


def write_text(path: Path, text: str) -> None:
    """Write a whole file so that it's there complete or not at all."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write one object, indented for people, complete or not at all."""
    write_text(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


class AppendingFile:
    """A file that only grows, made durable on demand; a torn last line is dropped on opening."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lines: list[str] = []
        kept = 0
        if path.exists():
            for line in path.read_bytes().splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    break
                self.lines.append(line.decode("utf-8").rstrip("\n"))
                kept += len(line)
        self._stream = path.open("ab")
        self._stream.truncate(kept)

    def append(self, lines: Iterable[str]) -> None:
        """Append lines; they outlive this process at once, and the machine after ``sync``."""
        for line in lines:
            self._stream.write(line.encode("utf-8") + b"\n")
        self._stream.flush()

    def sync(self) -> None:
        """Make everything appended durable."""
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def clear(self) -> None:
        """Forget everything."""
        self._stream.truncate(0)
        self.lines.clear()
        self.sync()

    def close(self) -> None:
        """Make it durable and close."""
        self.sync()
        self._stream.close()


def _parse(content: bytes, where: str) -> dict[str, Any]:
    try:
        data = json.loads(
            content, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_unique
        )
    except ValueError as error:
        raise corpus_file_error(where, f"not readable: {error}", f"无法读取: {error}") from error
    if not isinstance(data, dict):
        raise corpus_file_error(where, "each line is one object", "每行应为一个对象")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice")
    return data


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text} is a float; write amounts as text")


def _unreadable(path: Path, error: OSError) -> CorpusFileError:
    return corpus_file_error(
        path.name, f"cannot be opened: {error.strerror}", f"无法打开: {error.strerror}"
    )
