"""What a proof says of something that does not hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that does not hold; ``what`` names the settlement, or what there is of it."""

    code: str
    what: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.what}: {self.detail}"
