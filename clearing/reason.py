"""Why a decision without an amount came out as it did: one record a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the explanation of an entitlement or of a governing filing.

    ``source`` is document and line (``S3:115``); ``inputs`` are the facts the step looked at,
    as text.
    """

    step: str
    edition: str
    source: str
    rule_en: str
    rule_zh: str
    inputs: Mapping[str, str] = field(default_factory=dict)
