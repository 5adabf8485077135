"""Rules change while the network runs: over gRPC, between hospital and region, over a restart.

Jiangmen pays an active employee's visit to a secondary hospital at 60 % up to 75.00 a month.
A corrected bundle says 80.00, for care from 2023-01-01 on.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from protos.house.v1 import house_pb2 as house_v1
from protos.insured.v1 import insured_pb2 as insured_v1
from services.cli import exit_codes
from services.cli.verify import verify_command
from services.insured_region.bundle_check import BundleReader
from tests.effort import thorough_only
from tests.scenarios.serving import Refusal, Served, eventually, header_of, refusal, serving
from tests.services.insured_region.rules_desk import raised

REGION = "440700"
START, VISIT, TODAY = date(2023, 1, 1), date(2023, 1, 9), date(2023, 6, 1)
FILES = ("region.yaml", "policy.yaml", "outpatient.yaml")
_CAP = "          - {tier: level_2_3, value: 75.00}\n"


def _layers(old: str = _CAP, new: str = _CAP.replace("75.00", "80.00")) -> list[Any]:
    folder = files("clearing.regions").joinpath(REGION)
    texts = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in FILES}
    assert texts["outpatient.yaml"].count(old) == 1
    texts["outpatient.yaml"] = texts["outpatient.yaml"].replace(old, new)
    rule_files = [insured_v1.RuleText(name=name, text=text) for name, text in texts.items()]
    return [insured_v1.RuleLayer(region=REGION, files=rule_files)]


def _head(request_id: str) -> common.RequestHeader:
    return header_of(REGION, request_id, TODAY, "desk")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


def _register(network: Served) -> None:
    network.designate(REGION, common.HOSPITAL_LEVEL_SECONDARY)
    span = insured_v1.EnrolmentSpan(
        scheme=common.SCHEME_EMPLOYEE,
        category="active",
        benefit_from="2022-01-01",
        benefit_until="2023-12-31",
        enrolled_on="2021-11-01",
    )
    network.register(
        insured_v1.Member(
            member_id="J1", insured_region=REGION, birth_date="1980-05-01", spans=[span]
        ),
        date(2022, 1, 1),
    )


def _settle(network: Served, key: str, day: date) -> int:
    visit = network.visit(
        key, REGION, REGION, "J1", (day, day), {"X0001": 20_000}, selected_institution=True
    )
    settled = network.settle(key, REGION, visit, TODAY)
    assert settled.state == common.SETTLEMENT_STATE_SETTLED, settled
    return int(settled.payment.fund_fen)


def _publish(network: Served) -> tuple[str, str]:
    """Walk the corrected bundle to being in force; return its hash and the re-run's id."""
    desk = network.insured
    submit = insured_v1.SubmitBundleRequest(header=_head("submit"), by="Lin", layers=_layers())
    draft = desk.SubmitBundle(submit)
    assert desk.SubmitBundle(submit) == draft
    bundle = draft.policy_bundle
    publish = insured_v1.PublishBundleRequest(
        header=_head("publish"),
        policy_bundle=bundle,
        from_on=START.isoformat(),
        by="Lin",
        why="corrigendum",
    )
    assert refusal(desk.PublishBundle, publish).reason == "bundle_not_checked"
    check = insured_v1.CheckBundleRequest(header=_head("check"), policy_bundle=bundle, by="Lin")
    assert list(desk.CheckBundle(check).findings) == []
    alone = insured_v1.SignOffBundleRequest(
        header=_head("alone"), policy_bundle=bundle, by="Lin", why="read"
    )
    told = refusal(desk.SignOffBundle, alone)
    assert (told.status, told.reason, told.field) == ("FAILED_PRECONDITION", "same_person", "by")
    desk.SignOffBundle(
        insured_v1.SignOffBundleRequest(
            header=_head("sign"), policy_bundle=bundle, by="Wu", why="read"
        )
    )
    published = desk.PublishBundle(publish)
    assert desk.PublishBundle(publish) == published
    return bundle, published.rerun_id


def _rerun(network: Served, rerun_id: str, region: str = REGION) -> Any:
    asked = insured_v1.GetRerunRequest(insured_region=region, rerun_id=rerun_id)
    return network.insured.GetRerun(asked)


def test_rules_change_while_the_network_runs(data: Path) -> None:
    with serving(data) as network:
        _register(network)
        assert _settle(network, "v1", VISIT) == 7_500
        bundle, rerun_id = _publish(network)
        eventually(lambda: _rerun(network, rerun_id).rerun.state == "done")
        (item,) = _rerun(network, rerun_id).items
        assert (item.difference_fen, item.remedy) == (500, "reimburse")
        # The new rules decide at once; of January's cap 5.00 are left.
        assert _settle(network, "v2", VISIT) == 500
        assert _settle(network, "v3", date(2023, 2, 9)) == 8_000
    with serving(data) as network:
        assert _settle(network, "v4", date(2023, 3, 9)) == 8_000
        listed = network.insured.ListBundles(insured_v1.ListBundlesRequest(insured_region=REGION))
        assert listed.bundles[0].policy_bundle == bundle
    assert verify_command(data, as_json=True) == exit_codes.OK


def test_a_text_with_a_defect_is_told_with_file_and_line(data: Path) -> None:
    with serving(data) as network:
        wrong = insured_v1.SubmitBundleRequest(
            header=_head("wrong"), by="Lin", layers=_layers(new=_CAP.replace("75.00", "much"))
        )
        told = refusal(network.insured.SubmitBundle, wrong)
        assert told == Refusal("INVALID_ARGUMENT", "rule_data", "layers", told.message_zh)
        assert f"{REGION}/outpatient.yaml:" in told.message_zh
        nobody = insured_v1.SubmitBundleRequest(header=_head("nobody"), layers=_layers())
        assert refusal(network.insured.SubmitBundle, nobody).field == "by"


@thorough_only
def test_money_through_the_hospital_is_cleared_in_its_own_month(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unchecked(shared: dict[str, str]) -> BundleReader:
        return BundleReader(shared, lambda _texts, _region: ())

    monkeypatch.setattr("services.network.roles.BundleReader", unchecked)
    march, june = date(2024, 3, 5), date(2024, 6, 10)
    with serving(data) as network:
        settled = _settled_elsewhere(network, march)
        rerun_id = _publish_raised(network, june)
        eventually(lambda: _rerun(network, rerun_id, "990100").rerun.state == "done")
        (item,) = _rerun(network, rerun_id, "990100").items
        # 1,000.00 less the deductible of 100.00: at 30 % before, at 40 % now.
        assert (settled.payment.fund_fen, item.difference_fen) == (27_000, 9_000)
        recorded = network.insured.RecordCorrection(
            insured_v1.RecordCorrectionRequest(
                header=header_of("990100", "correct", june, "desk"),
                rerun_id=rerun_id,
                settlement_id=settled.settlement_id,
                by="Hu",
                why="with the hospital's next payment",
                through_hospital=True,
            )
        )

        def lines() -> list[Any]:
            asked = house_v1.ListJournalLinesRequest(payer_region="990100")
            return list(network.house.ListJournalLines(asked).lines)

        eventually(lambda: len(lines()) == 2)
        first, second = lines()
        assert (first.period, first.amount_fen, first.line_id) == (
            "2024-03", 27_000, settled.settlement_id,
        )  # fmt: skip
        assert (second.kind, second.period, second.amount_fen) == ("correction", "2024-06", 9_000)
        assert (second.line_id, second.original_line_id) == (
            recorded.correction_id,
            settled.settlement_id,
        )
        for day in (march, june):
            answer = network.house.ReconcileDay(
                house_v1.ReconcileDayRequest(
                    header=header_of("000000", f"day-{day}", day, "operator"), on=day.isoformat()
                )
            )
            assert (list(answer.breaks), answer.matched_lines) == ([], 1)
        # What was corrected is no longer undone at the counter.
        undone = care_v1.CancelSettlementRequest(
            header=header_of("310000", "cancel", june), settlement_id=settled.settlement_id
        )
        assert refusal(network.care.CancelSettlement, undone).reason == "correction_recorded"
    assert verify_command(data, as_json=True) == exit_codes.OK


def _settled_elsewhere(network: Served, on: date) -> Any:
    network.designate("310000", common.HOSPITAL_LEVEL_TERTIARY)
    span = insured_v1.EnrolmentSpan(
        scheme=common.SCHEME_RESIDENT, category="adult", benefit_from="2023-01-01",
        benefit_until="2025-12-31", enrolled_on="2022-11-01",
    )  # fmt: skip
    network.register(
        insured_v1.Member(
            member_id="E1", insured_region="990100", birth_date="1980-05-01", spans=[span]
        ),
        on,
    )
    visit = network.visit("v", "310000", "990100", "E1", (on, on), {"X0001": 100_000})
    return network.settle("s", "310000", visit, on)


def _publish_raised(network: Served, on: date) -> str:
    def head(request_id: str) -> common.RequestHeader:
        return header_of("990100", request_id, on, "desk")

    layers = [
        insured_v1.RuleLayer(
            region=layer.region,
            files=[insured_v1.RuleText(name=file.name, text=file.text) for file in layer.files],
        )
        for layer in raised()
    ]
    desk = network.insured
    draft = desk.SubmitBundle(
        insured_v1.SubmitBundleRequest(header=head("submit"), by="Lin", layers=layers)
    )
    bundle = draft.policy_bundle
    desk.CheckBundle(
        insured_v1.CheckBundleRequest(header=head("check"), policy_bundle=bundle, by="Lin")
    )
    desk.SignOffBundle(
        insured_v1.SignOffBundleRequest(
            header=head("sign"), policy_bundle=bundle, by="Wu", why="read"
        )
    )
    published = desk.PublishBundle(
        insured_v1.PublishBundleRequest(
            header=head("publish"), policy_bundle=bundle, from_on="2024-03-01", by="Lin", why="7"
        )
    )
    return str(published.rerun_id)
