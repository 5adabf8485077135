"""``yidi explain --claim``: text, JSON and HTML of claims without any node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli import exit_codes
from services.cli.explain_claims import explain_claims_command
from services.cli.explanation_form import Form
from services.cli.main import app
from tests.services.cli.test_adjudicate import EXAMPLE, changed


def _file(folder: Path, document: Any) -> str:
    path = folder / "claims.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def test_json_is_the_adjudication_with_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = Form(as_json=True)
    assert explain_claims_command(_file(tmp_path, EXAMPLE), False, None, form) == exit_codes.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["fund"] == answer["page"]["fund"] == "22980.00"
    assert len(answer["explanation"]) == len(answer["page"]["steps"])


def test_an_array_is_a_page_each_and_may_be_a_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visit = changed(
        care_region="330213", filing="local", care_type="outpatient",
        discharged_on="2020-06-01", amounts={"total": "3000.00"},
    )  # fmt: skip
    path = _file(tmp_path, [visit, visit])
    assert explain_claims_command(path, True, None, Form(as_json=True)) == exit_codes.OK
    first, second = json.loads(capsys.readouterr().out)
    assert first["page"]["accumulators"][0]["after"] == "3000.00"
    assert second["page"]["accumulators"][0]["before"] == "3000.00"
    page = tmp_path / "page.html"
    assert explain_claims_command(path, True, None, Form(html=str(page))) == exit_codes.OK
    assert page.read_text(encoding="utf-8").count("<main") == 2
    assert capsys.readouterr().out == ""


def test_bad_claims_and_unwritable_files_leave_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = _file(tmp_path, changed(filing="nonsense"))
    page = tmp_path / "page.html"
    assert explain_claims_command(bad, False, None, Form(html=str(page))) == exit_codes.BAD_INPUT
    assert not page.exists()
    good = _file(tmp_path, EXAMPLE)
    nowhere = Form(html=str(tmp_path / "none" / "page.html"))
    assert explain_claims_command(good, False, None, nowhere) == exit_codes.BAD_INPUT
    assert "file_unwritable" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["explain"], ["explain", "stl-1", "--claim", "-"], ["explain", "--claim", "-", "--html", "-",
     "--json"], ["explain", "--claim", "-", "--language", "fr"]],
)  # fmt: skip
def test_contradictory_options_are_bad_input(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == exit_codes.BAD_INPUT


def test_in_the_language_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = CliRunner().invoke(
        app, ["explain", "--claim", _file(tmp_path, EXAMPLE), "--language", "en"]
    )
    assert result.exit_code == exit_codes.OK
    assert "the pooled fund" in result.output
    assert "统筹基金" not in result.output
