"""The shipped rule files, read straight from the source tree."""

from __future__ import annotations

from pathlib import Path

REGIONS = Path(__file__).parents[2] / "clearing" / "regions"


def texts(name: str) -> dict[str, tuple[str, str]]:
    """Return text and file name of every region's ``name`` (``catalogue.yaml``), by region."""
    return {
        path.parent.name: (path.read_text("utf-8"), f"{path.parent.name}/{name}")
        for path in sorted(REGIONS.glob(f"*/{name}"))
    }
