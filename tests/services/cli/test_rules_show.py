"""``yidi rules show``: text and JSON, one language or both, and what it cannot show."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearing.wording import Language
from services.cli import exit_codes
from services.cli.main import app
from services.cli.rules_show import Wanted, show_command


def test_a_region_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Wanted(on=date(2022, 8, 1), language=Language.CHINESE)
    assert show_command("440700", asked) == exit_codes.OK
    text = "".join(capsys.readouterr().out.split())
    for said in ("江门市", "80.00元", "2023-01-01起由下一版取代", "市外就医的支付比例只给出下限",
                 "采用的读法", "S4:119", "民生热线", "sha256:"):  # fmt: skip
        assert said in text
    assert "85.00" not in text
    assert "resident scheme" not in text


def test_a_region_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_command("150623", Wanted(as_json=True)) == exit_codes.OK
    view = json.loads(capsys.readouterr().out)
    assert view["bundle_hash"].startswith("sha256:")
    assert {benefit["care_type"] for benefit in view["benefits"]} >= {"inpatient", "pharmacy"}


@pytest.mark.parametrize(
    "arguments",
    [["320100"], ["nonsense"], ["330213", "--scheme", "nobody"], ["330213", "--on", "2020"],
     ["330213", "--care-type", "x"], ["330213", "--language", "fr"]],
)  # fmt: skip
def test_what_is_not_there_is_bad_input(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["rules", "show", *arguments]).exit_code == exit_codes.BAD_INPUT


def test_broken_rules_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "330213").mkdir()
    (tmp_path / "330213" / "region.yaml").write_text("region: 330213\nnonsense: 1\n")
    assert show_command("330213", Wanted(), tmp_path) == exit_codes.DIFFERENCE
    assert "330213/region.yaml:2" in capsys.readouterr().err
