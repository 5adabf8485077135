"""``yidi rules check``: exit codes, one line a finding, JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app

REGIONS = Path(__file__).parents[3] / "clearing" / "regions"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two small regions and the layers that they inherit."""
    for name in ("140000", "140100", "150623", "national", "illustrative", "440700"):
        shutil.copytree(REGIONS / name, tmp_path / name)
    return tmp_path


def _check(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["rules", "check", *arguments])
    return result.exit_code, result.stdout


def test_a_clean_folder_says_nothing(folder: Path) -> None:
    assert _check(str(folder)) == (0, "")
    assert _check(str(folder), "--json") == (0, "[]\n")


def test_every_finding_is_a_line(folder: Path) -> None:
    path = folder / "440700" / "outpatient.yaml"
    text = path.read_text(encoding="utf-8").replace("{tier: level_2_3, value: 40.00}", "{}", 1)
    path.write_text(text.replace("source: S4:152", "source: S4:153", 1), encoding="utf-8")
    (folder / "440700" / "inpatients.yaml").write_text("tables: {}\n", encoding="utf-8")
    code, said = _check(str(folder))
    assert code == 1
    lines = said.splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "unknown_file",
        "row_missing",
        "bad_row",
        "missing_key",
        "source_line",
    ]
    assert lines[0].startswith("440700/inpatients.yaml:1: unknown_file: nothing reads this file")
    code, said = _check(str(folder), "--json")
    assert code == 1
    assert [set(item) for item in json.loads(said)] == [{"file", "line", "code", "message"}] * 5


def test_broken_folders(folder: Path, tmp_path: Path) -> None:
    (folder / "440700" / "region.yaml").unlink()
    (folder / "440799").mkdir()
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "region.yaml").write_text("region: 440798\n", encoding="utf-8")
    code, said = _check(str(folder))
    assert code == 1
    assert "440700/region.yaml:1: no_region_file: " in said
    assert "440799/region.yaml:1: no_region_file: " in said
    assert "elsewhere/region.yaml:1: unknown_folder: " in said


def test_an_empty_folder_is_no_clean_one(tmp_path: Path) -> None:
    code, said = _check(str(tmp_path))
    assert (code, said.split(": ")[1]) == (1, "no_region")


def test_no_folder_is_bad_usage(tmp_path: Path) -> None:
    assert _check(str(tmp_path / "nowhere"))[0] == 2
    assert _check("--jason")[0] == 2


def test_broken_yaml_does_not_hide_the_files_beside_it(folder: Path) -> None:
    (folder / "150623" / "inpatient.yaml").write_text("tables: [\n", encoding="utf-8")
    path = folder / "150623" / "outpatient.yaml"
    path.write_text(path.read_text("utf-8").replace("value: ratio", "value: rate"), "utf-8")
    code, said = _check(str(folder))
    assert code == 1
    assert "150623/inpatient.yaml:2: yaml: " in said
    assert "150623/outpatient.yaml:6: bad_value: tables.ratio.value: write one of yuan" in said
