"""Layers of rule files: a region inherits its province, a province the national layer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from clearing.strict_yaml import Document, RuleDataError


class RuleFile(Protocol):
    """A rule file that may inherit another one of its kind."""

    @property
    def inherits(self) -> str | None:
        """The region code of the layer above, ``None`` at the root."""

    @property
    def document(self) -> Document:
        """The text it was read from, for findings."""


FileT = TypeVar("FileT", bound=RuleFile)


def chain_of(region: str, files: Mapping[str, FileT], name: str) -> list[FileT]:
    """Return the files from the root of inheritance down to ``region``.

    ``name`` is the file name the region is missing, for the finding. Raises ``RuleDataError``
    where a layer is missing or inherits itself.
    """
    chain: list[FileT] = []
    wanted: str | None = region
    while wanted is not None:
        entry = files.get(wanted)
        if entry is None or entry in chain:
            at = chain[-1].document if chain else Document(f"{region}/{name}", None)
            what = "is missing" if entry is None else "inherits itself"
            raise RuleDataError([at.finding(("inherits",), f"the layer {wanted} {what}")])
        chain.append(entry)
        wanted = entry.inherits
    return chain[::-1]


def hash_of(content: Any) -> str:
    """Return ``sha256:…`` of JSON-like content, whatever order its mappings are in."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
