"""``yidi rules backtest`` and ``yidi corpus claims`` from end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.files.claim_files import read_claim_set, write_claim_set
from services.cli import exit_codes
from services.cli.backtest import BacktestOptions, backtest_command, claims_command
from tests.bench.claim_sets import claim_set
from tests.clearing.benefits.claims import library

CORPUS = Path(__file__).resolve().parents[3] / "corpora" / "by_hand"
OVERLAY = """\
what_if: {zh: 试算, en: a trial}
regions:
  "330213":
    inpatient:
      ratio: [{from: 2020-01-01, raise: [{category: adult_a, level: tertiary, by: 5%}]}]
  "440700":
    outpatient:
      monthly_cap: [{from: 2022-01-01, lower: [{tier: any, by: 20.00}]}]
"""


def _written(folder: Path, text: str = OVERLAY) -> Path:
    path = folder / "what-if.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _ended(capsys: pytest.CaptureFixture[str], options: BacktestOptions) -> tuple[int, str, str]:
    code = backtest_command(options)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_claim_file_is_backtested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims, page = tmp_path / "claims.parquet", tmp_path / "effect.html"
    write_claim_set(claims, claim_set(3_000, 5))
    options = BacktestOptions(_written(tmp_path), claims, report=page, as_json=True)
    code, out, err = _ended(capsys, options)
    assert code == exit_codes.OK
    report = json.loads(out)
    assert report["claims"] == 3_000
    assert report["total"]["changed"] > 0
    assert {each["region"] for each in report["regions"] if each["touched"]} <= {"330213", "440700"}
    assert report["by_member"]["losers"]["members"] > 0
    assert len(report["largest"]) == 10
    assert "3,000 claims" in err
    first = page.read_bytes()
    assert b"a trial" in first
    assert _ended(capsys, options)[1] == out
    assert page.read_bytes() == first


def test_a_corpus_is_backtested_as_its_claim_file_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = tmp_path / "claims.parquet"
    assert claims_command(CORPUS, claims) == exit_codes.OK
    capsys.readouterr()
    overlay = _written(tmp_path)
    from_folder = _ended(capsys, BacktestOptions(overlay, CORPUS, as_json=True))
    from_file = _ended(capsys, BacktestOptions(overlay, claims, as_json=True))
    assert from_folder[:2] == from_file[:2]
    assert len(read_claim_set(claims, library().categories)) > 0


def test_the_terminal_tells_the_effect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _ended(capsys, BacktestOptions(_written(tmp_path), CORPUS))
    assert code == exit_codes.OK
    for told in ("a trial", "合计 / total", "winners", "sha256:"):
        assert told in out


def test_a_wrong_overlay_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay = _written(tmp_path, OVERLAY.replace("adult_a", "adult_x"))
    code, out, err = _ended(capsys, BacktestOptions(overlay, CORPUS))
    assert (code, out) == (exit_codes.BAD_INPUT, "")
    assert "what-if.yaml:5: table ratio: category is any, or one of" in err


@pytest.mark.parametrize(("claims", "told"), [("nothing.parquet", "claim_file"), (".", "manifest")])
def test_claims_that_are_none_are_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], claims: str, told: str
) -> None:
    code, out, err = _ended(capsys, BacktestOptions(_written(tmp_path), tmp_path / claims))
    assert (code, out) == (exit_codes.BAD_INPUT, "")
    assert told in err or "jsonl" in err
    assert claims_command(tmp_path / "nowhere", tmp_path / "out.parquet") == exit_codes.BAD_INPUT
