"""``yidi rules diff``: exit codes as diff's, inherited changes, files beside the policy."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from services.cli import exit_codes
from services.cli.rules_diff import diff_command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the packaged rules."""
    with_rules = tmp_path / "rules"
    shutil.copytree(Path(str(files("clearing.regions"))), with_rules)
    return with_rules


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_same_rules(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff_command("packaged", str(folder), as_json=True) == exit_codes.OK
    assert json.loads(capsys.readouterr().out) == {"same": True, "regions": []}
    assert diff_command(str(folder), "packaged", as_json=False) == exit_codes.OK
    assert "same" in capsys.readouterr().out


def test_a_change_of_the_province_reaches_its_cities(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(folder / "140000" / "outpatient.yaml", "value: 200.00", "value: 220.00")
    assert diff_command("packaged", str(folder), as_json=True) == exit_codes.DIFFERENCE
    regions = json.loads(capsys.readouterr().out)["regions"]
    assert [region["region"] for region in regions] == ["140000", "140100", "140300"]
    for region in regions:
        (change,) = region["changes"]
        assert (change["old"], change["new"]) == ("200.00", "220.00")
        assert region["hash_changes"]
        assert region["old_hash"] != region["new_hash"]


def test_files_beside_the_policy_change_no_bundle(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(folder / "330213" / "filing.yaml", "valid_months: 12", "valid_months: 11")
    _replace(folder / "national" / "bounds.yaml", "at_most_points: 10", "at_most_points: 11")
    assert diff_command("packaged", str(folder), as_json=True) == exit_codes.DIFFERENCE
    national, fenghua = json.loads(capsys.readouterr().out)["regions"]
    assert (national["region"], fenghua["region"]) == ("national", "330213")
    assert not fenghua["hash_changes"]
    assert fenghua["changes"][0]["place"][0] == "filing.yaml"


def test_one_region_against_itself_and_against_another(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(folder / "440700" / "outpatient.yaml", "value: 85.00", "value: 95.00")
    city = str(folder / "330213")
    assert diff_command("packaged", city, as_json=False) == exit_codes.OK
    other = str(folder / "440700")
    assert diff_command("packaged", other, as_json=False) == exit_codes.DIFFERENCE
    assert "85.00 → 95.00" in " ".join(capsys.readouterr().out.split())
    pair = str(folder / "140100"), str(folder / "140300")
    assert diff_command(*pair, as_json=True) == exit_codes.DIFFERENCE
    (diff,) = json.loads(capsys.readouterr().out)["regions"]
    assert diff["region"] == "140100 → 140300"
    assert ("50%", "60%") in {(change["old"], change["new"]) for change in diff["changes"]}


def test_a_region_that_is_gone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(folder / "150623")
    assert diff_command("packaged", str(folder), as_json=True) == exit_codes.DIFFERENCE
    (diff,) = json.loads(capsys.readouterr().out)["regions"]
    assert {change["kind"] for change in diff["changes"]} == {"removed"}
    assert (bool(diff["old_hash"]), diff["new_hash"]) == (True, "")


def test_what_cannot_be_read(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for bad in (str(tmp_path / "none"), str(empty)):
        assert diff_command("packaged", bad, as_json=False) == exit_codes.BAD_INPUT
    assert capsys.readouterr().err.count("rules_folder") == 2
    _replace(folder / "330213" / "policy.yaml", "basis: discharge", "basis: whenever")
    assert diff_command("packaged", str(folder), as_json=True) == exit_codes.BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "330213/policy.yaml:2" in printed.err
