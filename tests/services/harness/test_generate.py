from __future__ import annotations

import filecmp
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from clearing.benefits.claim import CareType, Fund, Outcome
from clearing.calendar import civil_date, month_of
from clearing.geography import is_home
from services.harness.assembling import check_expectations
from services.harness.corpus import THREE_PARTS, FinalState, Story, Visit, VisitResult
from services.harness.folder import CorpusFolder
from services.harness.generation.generate import generate
from services.harness.generation.settings import CARE_MIX, MEAN_FUND_FEN, Settings
from tests.services.harness.generated import generated, rules, stories_of

FILES = ("institutions", "members", "filings", "visits", "expected")


def results_of(corpus: CorpusFolder) -> Mapping[str, VisitResult]:
    return {one.key: one for one in corpus.results() if isinstance(one, VisitResult)}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        generate(Settings(11, 150), tmp_path / name, rules(), lambda _: None)
    generate(Settings(12, 150), tmp_path / "c", rules(), lambda _: None)
    names = [*(f"{name}.jsonl" for name in FILES), "balances.json", "manifest.json"]
    assert filecmp.cmpfiles(tmp_path / "a", tmp_path / "b", names, shallow=False)[0] == names
    assert "visits.jsonl" in filecmp.cmpfiles(tmp_path / "a", tmp_path / "c", names, False)[1]


def test_visits_and_filings_stand_in_order_of_time() -> None:
    corpus = generated(1, 600)
    times = [visit.settle_at for visit in corpus.visits()]
    assert times == sorted(times)
    assert len(times) == 600
    # `filings` sorts: look at the file itself.
    said = (corpus.path / "filings.jsonl").read_text().splitlines()
    stamps = [line.split('"at": "')[1][:25] for line in said]
    assert stamps == sorted(stamps)


def test_every_story_occurs_and_ends_as_it_should() -> None:
    corpus = generated(1, 600)
    assert stories_of(corpus) == set(Story)
    results = results_of(corpus)
    for visit in corpus.visits():
        state = results[visit.key].state
        if visit.story is Story.WITHDRAWN:
            assert state is FinalState.WITHDRAWN
        elif visit.story is Story.CANCELLED:
            assert state is FinalState.CANCELLED
        elif visit.story is Story.REVERSED:
            assert state is FinalState.REVERSED
        else:
            assert state in (FinalState.SETTLED, FinalState.REFUSED, FinalState.MANUAL)


@pytest.mark.slow
def test_the_mix_follows_the_published_figures() -> None:
    corpus = generated(1, 4000, many_stories=False)
    visits = list(corpus.visits())
    kinds = Counter(visit.care_type for visit in visits)
    for kind, per_mille in CARE_MIX.items():
        assert abs(kinds[kind] * 1000 / len(visits) - per_mille) < 25, kind
    paid: dict[CareType, list[int]] = {kind: [] for kind in CareType}
    results = results_of(corpus)
    for visit in visits:
        result = results[visit.key]
        if result.state is FinalState.SETTLED and result.payment is not None:
            paid[visit.care_type].append(result.payment.fund_fen + result.payment.account_fen)
    for kind, mean_fen in MEAN_FUND_FEN.items():
        mean = sum(paid[kind]) / len(paid[kind])
        assert 0.6 * mean_fen < mean < 1.5 * mean_fen, kind
    assert sum(map(len, paid.values())) > 0.75 * len(visits)
    assert max(len(visit.lines) for visit in visits) <= 26  # 25 and one that is uploaded anew


def test_expectations_are_those_of_a_fresh_pass() -> None:
    corpus = generated(1, 600)
    assert check_expectations(corpus, rules()) == 600 + len(corpus.filings())


def test_who_asks_for_an_account_that_is_not_shared_pays_cash() -> None:
    """A generated corpus holds shared accounts; drawing never exceeds what was there."""
    corpus = generated(1, 600)
    held = {m.account_id: m.account_balance_fen for m in corpus.members() if m.account_id}
    left = {key.account_id: fen for key, fen in corpus.balances().accounts.items()}
    assert held.keys() == left.keys()
    assert all(0 <= left[account] <= held[account] for account in held)
    shared = [v for v in corpus.visits() if v.account is not None and not v.account.own]
    assert any(v.account and v.account.account_region != v.insured_region for v in shared)


def test_positions_are_the_sum_of_the_results() -> None:
    """Adds the books up a second time, from the expected results alone."""
    # Without the stories that settle twice, whose two settlements may differ.
    corpus = generated(2, 600, without=THREE_PARTS)
    results = results_of(corpus)
    sums: Counter[tuple[str, str, str, str]] = Counter()
    for visit in corpus.visits():
        result = results[visit.key]
        payment = result.payment
        if result.outcome is not Outcome.PAID or payment is None:
            continue
        for month, sign in months_of(visit):
            if not is_home(visit.insured_region, visit.care_region):
                for fund, amount in payment.by_fund.items():
                    sums[visit.insured_region, visit.care_region, fund, month] += sign * amount
            account = visit.account
            if account and not is_home(account.account_region, visit.care_region):
                payer = account.account_region
                drawn = sign * payment.account_fen
                sums[payer, visit.care_region, Fund.PERSONAL_ACCOUNT, month] += drawn
    expected: Counter[tuple[str, str, str, str]] = Counter()
    for key, (amount, _) in corpus.balances().positions.items():
        expected[key.payer_region, key.payee_region, key.fund, key.period] += amount
    assert {k: v for k, v in sums.items() if v} == {k: v for k, v in expected.items() if v}


def months_of(visit: Visit) -> list[tuple[str, int]]:
    """Return the months in which a paid visit's amounts are entered, with their signs."""
    entries = [(month_of(civil_date(visit.settle_at)), 1)]
    if visit.undo_at is not None:
        entries.append((month_of(civil_date(visit.undo_at)), -1))
    return entries
