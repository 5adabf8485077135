"""The shipped rule files as texts, and ways to change them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from clearing.benefits.check import check_region, check_texts
from clearing.strict_yaml import Finding

REGIONS = Path(__file__).parents[4] / "clearing" / "regions"


@cache
def _packaged() -> dict[str, str]:
    return {
        path.relative_to(REGIONS).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(REGIONS.rglob("*.yaml"))
    }


def packaged() -> dict[str, str]:
    """Return a copy of all packaged texts by path."""
    return dict(_packaged())


def changed(path: str, old: str, new: str, count: int = 1) -> dict[str, str]:
    """Return the packaged texts with one of them changed; ``old`` must be there."""
    texts = packaged()
    assert texts[path].count(old) >= 1, f"{path} has no {old!r}"
    texts[path] = texts[path].replace(old, new, count)
    return texts


def codes(found: tuple[Finding, ...]) -> set[str]:
    return {finding.code for finding in found}


__all__ = ["changed", "check_region", "check_texts", "codes", "packaged"]
