"""The made-up region 990100 with its rules desk: editions of it to submit, sign off, publish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from clearing.benefits.claim import CareType, HospitalLevel, Scheme
from clearing.calendar import Instant, instant_at
from clearing.enrolment.spans import EnrolmentSpan
from clearing.messages import CostSplit, SettlementDecided, SettleRequested
from clearing.strict_yaml import Finding
from services.insured_region import bundle_commands as desk
from services.insured_region.bundle_answers import BundlePublished, ItemSeen, RerunPage
from services.insured_region.bundle_check import BundleReader
from services.insured_region.commands import MemberEntry
from services.insured_region.records import RuleLayer, RuleText, YearAccumulators
from services.simulator.plans import books
from tests.services.insured_region.agency import Agency

REGION = "990100"
FILES = (
    "region.yaml", "policy.yaml", "outpatient.yaml", "outpatient_special.yaml", "inpatient.yaml",
    "pharmacy.yaml",
)  # fmt: skip
NOON_2024 = instant_at(date(2024, 6, 10))
SPAN = EnrolmentSpan(
    Scheme.RESIDENT, "adult", date(2023, 1, 1), date(2025, 12, 31), date(2022, 11, 1)
)
# The packaged edition pays an adult's visit to a tertiary hospital at 50 %.
RAISED = """\
      - from: {first_day}
        source: illustrative
        rows:
          - {{category: adult, tier: basic, value: 60%}}
          - {{category: adult, tier: [secondary, tertiary], value: {ratio}}}
          - {{category: active, tier: basic, value: 70%}}
          - {{category: active, tier: secondary, value: 60%}}
          - {{category: active, tier: tertiary, value: 55%}}
          - {{category: retired, tier: basic, value: 75%}}
          - {{category: retired, tier: secondary, value: 65%}}
          - {{category: retired, tier: tertiary, value: 60%}}
"""
_BEHIND = "          - {category: retired, tier: tertiary, value: 60%}\n"


def texts() -> dict[str, str]:
    """Return the packaged rule files of the region."""
    folder = files("clearing.regions").joinpath(REGION)
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in FILES}


def layers(changed: Mapping[str, str] | None = None) -> tuple[RuleLayer, ...]:
    """Return the region's files as they are submitted."""
    found = {**texts(), **(changed or {})}
    return (RuleLayer(tuple(RuleText(name, text) for name, text in found.items()), REGION),)


def raised(ratio: str = "60%", first_day: str = "2024-03-01") -> tuple[RuleLayer, ...]:
    """Return the files with one more edition of the outpatient ratio."""
    before = texts()["outpatient.yaml"]
    edition = RAISED.format(ratio=ratio, first_day=first_day)
    assert before.count(_BEHIND) == 1
    return layers({"outpatient.yaml": before.replace(_BEHIND, _BEHIND + edition)})


def _check(texts: Mapping[str, str], region: str) -> tuple[Finding, ...]:
    marked = "# a finding" in texts[f"{region}/policy.yaml"]
    return (Finding(f"{region}/policy.yaml", 1, "marked as wrong", "marked"),) if marked else ()


class RulesDesk(Agency):
    """The region's node, with a member and the acts of its rules desk."""

    def __init__(self) -> None:
        # The real check takes its time; it has tests of its own.
        super().__init__(REGION, BundleReader(books().shared_texts(), _check))
        self.register(MemberEntry("M1", REGION, date(1980, 5, 1), (), (SPAN,)))

    def do(self, request_id: str, payload: Any, moment: Instant = NOON_2024) -> Any:
        return super().do(request_id, payload, moment)

    def visit(self, name: str, on: date, in_scope_fen: int, **changes: Any) -> int:
        """Settle an outpatient visit to a tertiary hospital elsewhere; return the fund's part."""
        (decided,) = self.tell(self.asked_for(name, on, in_scope_fen, **changes))
        assert isinstance(decided, SettlementDecided)
        return sum(decided.by_fund.values())

    def asked_for(self, name: str, on: date, in_scope_fen: int, **changes: Any) -> SettleRequested:
        """Return the request to settle an outpatient visit to a tertiary hospital elsewhere."""
        given = {
            "visit_id": f"visit of {name}",
            "insured_region": REGION,
            "care_type": CareType.OUTPATIENT,
            "hospital_level": HospitalLevel.TERTIARY,
            "admitted_on": on,
            "discharged_on": on,
            "records_verified": False,
            "cost": CostSplit(in_scope_fen, 0, 0, 0, in_scope_fen),
            **changes,
        }
        return self.asked(name, **given)

    def submit(self, given: tuple[RuleLayer, ...], by: str = "Ms Lin") -> str:
        """Submit a bundle and return its hash."""
        bundle = self.do(self.fresh("submit"), desk.SubmitBundle(by, given))
        return str(bundle.policy_bundle)

    def ready(self, given: tuple[RuleLayer, ...]) -> str:
        """Submit, check and sign off; return the hash."""
        bundle = self.submit(given)
        checked = self.do(self.fresh("check"), desk.CheckBundle(bundle, "Ms Lin"))
        assert checked.findings == ()
        self.do(self.fresh("sign"), desk.SignOffBundle(bundle, "Mr Wu", "read and agreed"))
        return bundle

    def publish(self, given: tuple[RuleLayer, ...], from_on: date) -> BundlePublished:
        """Walk a bundle all the way."""
        bundle = self.ready(given)
        published: BundlePublished = self.do(
            self.fresh("publish"), desk.PublishBundle(bundle, from_on, "Ms Lin", "order 7")
        )
        return published

    def run_all(self) -> None:
        """Let the node work until no re-run is under way."""
        while any(job.state == "running" for job in self.reruns()):
            self.pump.tick(self.at)

    def reruns(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self.ask(desk.ListReruns(REGION)).reruns
        return found

    def page(self, rerun_id: str, **given: Any) -> RerunPage:
        found: RerunPage = self.ask(desk.GetRerun(REGION, rerun_id, **given))
        return found

    def items(self, rerun_id: str) -> dict[str, ItemSeen]:
        return {item.settlement_id: item for item in self.page(rerun_id).items}

    def record(
        self, rerun_id: str, settlement_id: str, *, through_hospital: bool = False
    ) -> ItemSeen:
        recorded = desk.RecordCorrection(
            rerun_id, settlement_id, "Mr Hu", "paid to the member", through_hospital
        )
        found: ItemSeen = self.do(self.fresh("record"), recorded)
        return found

    def repeat(self, rerun_id: str) -> str:
        """Run it once more; return the new re-run's id."""
        return str(self.do(self.fresh("repeat"), desk.RepeatRerun(rerun_id)).rerun_id)

    def used(self, member_id: str = "M1") -> dict[str, int]:
        rows = self.pump.rows(self.at, YearAccumulators)
        return next((dict(row.values) for row in rows if row.member_id == member_id), {})

    def fresh(self, what: str) -> str:
        return f"{what}-{next(self._count)}"
