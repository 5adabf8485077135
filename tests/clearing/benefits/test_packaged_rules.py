"""The packaged rules as a whole: every cell binds, sources exist, made-up numbers say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from itertools import product
from typing import Any

import pytest

from clearing.benefits.cell import Cell, resolve
from clearing.benefits.claim import CareType, Fund, Outcome, Scheme
from clearing.benefits.policy import Policy
from clearing.benefits.steps.arithmetic import (
    after_first_pay,
    paid_at_ratio,
    with_band,
)
from clearing.benefits.steps.op import FUND_SLOTS, PAYING_FUNDS
from clearing.benefits.vocabulary import DOMAINS
from clearing.strict_yaml import parse
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS


def every_region() -> list[Policy]:
    return list(library().all_policies())


def cells(policy: Policy, **fixed: str) -> Iterator[tuple[dict[str, str], Cell]]:
    """Every cell of a policy for members without identities, on every boundary day."""
    schemes = [Scheme(fixed["scheme"])] if "scheme" in fixed else list(Scheme)
    for scheme in schemes:
        domains = {**DOMAINS, "scheme": (scheme,), "category": policy.categories(scheme)}
        domains |= {"cause": ("illness",), "delivery": ("none",), "special_disease": ("no",)}
        domains |= {name: (value,) for name, value in fixed.items()}
        for values in product(*domains.values()):
            facts = dict(zip(domains, values, strict=True))
            for day in policy.boundaries:
                yield facts, resolve(policy.rules, facts, (), day)


def test_every_region_of_the_contract_is_there() -> None:
    codes = {policy.region for policy in every_region()}
    assert codes == {*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS}
    assert all(policy.name_zh and policy.name_en for policy in every_region())
    assert len({policy.bundle_hash for policy in every_region()}) == len(codes)


@pytest.mark.parametrize("region", [*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS])
def test_every_cell_decides(region: str) -> None:
    policy = library().policy(region)
    assert policy is not None
    seen = set()
    for facts, cell in cells(policy, selected="yes", stay="within_year"):
        seen.add(cell.outcome)
        assert (cell.outcome is Outcome.PAID) == (cell.code is None)
        if facts["filing"] == "local" and facts["place"] != "home" and region.startswith("9"):
            assert cell.outcome is not Outcome.PAID or facts["care_type"] == "pharmacy"
    assert Outcome.MANUAL in seen or region.startswith("9")


def test_days_before_and_after_the_documents_are_manual() -> None:
    for policy in every_region():
        day = policy.boundaries[0] - timedelta(days=1)
        for facts, _ in cells(policy, level="tertiary", stay="within_year", admission="first"):
            assert resolve(policy.rules, facts, (), day).outcome is Outcome.MANUAL


def test_illustrative_regions_say_so() -> None:
    made_up = {policy.region for policy in every_region() if policy.illustrative}
    assert made_up == {"140100", "140300", *ILLUSTRATIVE_REGIONS}
    for policy in every_region():
        assert (policy.illustrative_because is not None) == policy.illustrative
        mentions = '"source":"illustrative"' in policy.canonical
        assert mentions == policy.illustrative


def test_sources_are_lines_of_listed_documents() -> None:
    listed = parse(_packaged("sources.yaml"), "sources.yaml").data
    assert sorted(listed) == ["S0", "S1", "S2", "S3", "S4"]
    for document in listed.values():
        assert {"title_zh", "title_en", "publisher_zh", "publisher_en", "date"} < set(document)
    for policy in every_region():
        for source in _sources(policy):
            if source not in ("illustrative", "national-2022-22"):
                document, _, lines = source.partition(":")
                first, _, last = lines.partition("-")
                assert 0 < int(first) <= int(last or first) <= int(listed[document]["lines"])


def _packaged(name: str) -> str:
    return files("clearing.regions").joinpath(name).read_text(encoding="utf-8")


def _sources(policy: Policy) -> Iterator[str]:
    import json

    def walk(data: Any) -> Iterator[str]:
        if isinstance(data, dict):
            for key, value in data.items():
                if key in ("source", "in_scope") and isinstance(value, str):
                    yield value
                yield from walk(value)
        elif isinstance(data, list):
            for value in data:
                yield from walk(value)

    yield from walk(json.loads(policy.canonical))


def _pooled_ratios(cell: Cell) -> list[int]:
    """What the pooled fund pays of a yuan above the deductible, by band, in basis points."""
    share = next((op.constants[0] for op in cell.ops if op.arithmetic is after_first_pay), 0)
    pooled = FUND_SLOTS[Fund.POOLED]
    single = [
        op.constants[0] for op in cell.ops if op.arithmetic is paid_at_ratio and op.write == pooled
    ]
    axis = next((op.write for op in cell.ops if op.arithmetic is with_band), None)
    bands = [op.constants[2] for op in cell.ops if op.arithmetic is with_band and op.write == axis]
    return [ratio * (10_000 - share) // 10_000 for ratio in single or bands]


@pytest.mark.parametrize("region", ILLUSTRATIVE_REGIONS)
def test_illustrative_regions_keep_the_national_bounds(region: str) -> None:
    """Referral at most 10 points below home level, unfiled at most 20, from 2023 on."""
    policy = library().policy(region)
    assert policy is not None
    at_most = {"long_term": 0, "referral": 1_000, "emergency": 1_000, "unfiled_verified": 2_000,
               "unfiled": 2_000}  # fmt: skip
    compared = 0
    home: dict[tuple[str, ...], list[int]] = {}
    for facts, cell in cells(policy, place="home", filing="local", selected="yes",
                             stay="within_year"):  # fmt: skip
        home[_without_place(facts)] = _pooled_ratios(cell)
    for facts, cell in cells(policy, place="mainland", selected="yes", stay="within_year"):
        if facts["filing"] in at_most and cell.outcome is Outcome.PAID:
            for near, far in zip(home[_without_place(facts)], _pooled_ratios(cell), strict=True):
                assert 0 <= near - far <= at_most[facts["filing"]]
                compared += 1
    assert compared > 100


def _without_place(facts: dict[str, str]) -> tuple[str, ...]:
    return tuple(value for key, value in facts.items() if key not in ("place", "filing"))


def test_illustrative_regions_exercise_every_step_operator_and_fund() -> None:
    steps, operators, periods, funds = set(), set(), set(), set()
    for region in ILLUSTRATIVE_REGIONS:
        policy = library().policy(region)
        assert policy is not None
        assert set(policy.rules.care) == set(CareType)
        for care in policy.rules.care.values():
            assert set(care.benefits) == set(Scheme)
            for benefit in care.benefits.values():
                for step in benefit.steps:
                    steps.add(step.step)
                    data = step.model_dump()
                    operators |= {item["operator"] for item in data.get("adjust", ())}
                    operators |= {"raised_deductible"} if data.get("raise_by") else set()
                    periods |= {item["per"] for item in data.get("limits", ())}
                    funds |= {data["fund"]} if "fund" in data else set()
    assert steps == {"account_limit", "cap_payment", "count_admission", "count_fees", "deductible",
                     "first_pay", "pay", "pay_bands"}  # fmt: skip
    assert operators == {"subtract_points", "multiply_ratio", "raised_deductible"}
    assert periods == {"visit", "day", "month", "year"}
    assert funds == set(PAYING_FUNDS)
