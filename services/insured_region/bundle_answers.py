"""What is answered about rule bundles and re-runs (``protos/insured/v1/insured.proto``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clearing.benefits.claim import Fund, Outcome
from clearing.calendar import Instant
from clearing.money import Fen
from services.insured_region.records import RuleLayer


@dataclass(frozen=True, slots=True)
class ActSeen:
    """One act of a bundle's life."""

    kind: str
    by: str
    at: Instant
    why: str = ""
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class PublicationSeen:
    """From which care day a bundle is in force, and from which one another one is instead."""

    number: int
    from_on: date | None
    superseded_from_on: date | None
    configured: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """A rule bundle and its life."""

    insured_region: str
    name_zh: str
    name_en: str
    policy_bundle: str
    illustrative: bool
    state: str = ""
    publications: tuple[PublicationSeen, ...] = ()
    acts: tuple[ActSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundles:
    """Rule bundles, the one that is asked first first, those not in force last."""

    bundles: tuple[Bundle, ...]


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What is wrong with a bundle, where, and what to write instead."""

    file: str
    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BundleChecked:
    """A bundle after its check; clean where there are no findings."""

    bundle: Bundle
    findings: tuple[RuleFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class BundlePublished:
    """A publication and the re-run it causes."""

    bundle: Bundle
    number: int
    rerun_id: str


@dataclass(frozen=True, slots=True)
class BundleContent:
    """A bundle whole: what its hash is of, and the texts it was made of where submitted."""

    bundle: Bundle
    canonical: str
    layers: tuple[RuleLayer, ...] = ()


@dataclass(frozen=True, slots=True)
class RerunSeen:
    """A re-run; the two sums are over its items."""

    rerun_id: str
    number: int
    policy_bundle: str
    from_on: date
    state: str
    started_at: Instant
    chains: int = 0
    settlements: int = 0
    reimburse_fen: Fen = 0
    recover_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class RerunsSeen:
    """Re-runs, in order of publication."""

    reruns: tuple[RerunSeen, ...]


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """What a settlement came to, comes to now, and what is to be done about the difference."""

    rerun_id: str
    settlement_id: str
    member_id: str
    care_region: str
    benefit_year: int
    day: date
    old_outcome: Outcome
    new_outcome: Outcome
    old_bundle: str
    remedy: str
    state: str
    new_code: str = ""
    new_bundle: str = ""
    old_by_fund: Mapping[Fund, Fen] = field(default_factory=dict)
    new_by_fund: Mapping[Fund, Fen] = field(default_factory=dict)
    difference_by_fund: Mapping[Fund, Fen] = field(default_factory=dict)
    difference_fen: Fen = 0
    recorded_by: str = ""
    reason: str = ""
    correction_id: str = ""


@dataclass(frozen=True, slots=True)
class RerunPage:
    """A page of a re-run's items; ``next_after`` is "" on the last page."""

    rerun: RerunSeen
    items: tuple[ItemSeen, ...] = ()
    next_after: str = ""
