"""``yidi rules publish`` and what follows: a corrected cap of Jiangmen, from 2022-07-01 on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from services.cli import exit_codes
from services.cli.publish_rules import Wanted, publish_command
from services.cli.rule_bundles import bundles_command
from services.cli.rule_reruns import correct_command, repeat_command, reruns_command
from services.cli.up import ADDRESSES_FILE
from services.cli.verify import verify_command
from tests.scenarios.serving import serving

REGION = "440700"
JULY = date(2022, 7, 1)
_CAP = "          - {tier: level_2_3, value: 70.00}\n"


@pytest.fixture
def running(copy: Path) -> Iterator[Path]:
    """Return a folder with its network running, as commands find it."""
    with serving(copy) as served:
        (copy / ADDRESSES_FILE).write_text(json.dumps(asdict(served.addresses)))
        yield copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a rule folder in which the cap of July 2022 is 75.00 and not 70.00."""
    with as_file(files("clearing.regions")) as packaged:
        for name in (REGION, "national"):
            shutil.copytree(packaged / name, tmp_path / "rules" / name)
        shutil.copy(packaged / "sources.yaml", tmp_path / "rules")
    path = tmp_path / "rules" / REGION / "outpatient.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(_CAP) == 1
    path.write_text(text.replace(_CAP, _CAP.replace("70.00", "75.00")), encoding="utf-8")
    return tmp_path / "rules"


def _wanted(folder: Path | None, **given: Any) -> Wanted:
    fields = {"from_on": JULY, "by": "Lin", "why": "corrigendum", "folder": folder, **given}
    return Wanted(REGION, **fields)


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_an_edition_walks_to_being_in_force_and_its_rerun_is_worked_off(
    running: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The golden cases beside the rules say 70.00: the check stops it.
    assert publish_command(_wanted(folder), running, as_json=True) == exit_codes.DIFFERENCE
    captured = capsys.readouterr()
    stopped = json.loads(captured.out)
    assert stopped["steps"] == ["submitted", "check_failed"]
    assert {finding["file"] for finding in stopped["findings"]} == {f"{REGION}/cases.yaml"}
    assert f"{REGION}/cases.yaml:" in captured.err
    (folder / REGION / "cases.yaml").unlink()

    # Nobody signs it off yet; whoever submitted cannot.
    assert publish_command(_wanted(folder), running, as_json=True) == exit_codes.DIFFERENCE
    assert _json(capsys)["steps"] == ["submitted", "checked"]
    own = _wanted(folder, signed_off_by="Lin")
    assert publish_command(own, running, as_json=False) == exit_codes.DIFFERENCE
    assert "same_person" in capsys.readouterr().err

    # It goes on from where it was.
    signed = _wanted(folder, signed_off_by="Wu")
    assert publish_command(signed, running, as_json=True) == exit_codes.OK
    published = _json(capsys)
    assert published["steps"] == ["signed_off", "published"]
    assert published["rerun"]["state"] == "done"
    # 150.00 at a retiree's 65 % is 97.50: the cap decides.
    (item,) = published["items"]
    assert (item["day"], item["old_by_fund"], item["new_by_fund"]) == (
        "2022-08-08",
        [{"fund": "FUND_POOLED", "amount_fen": "7000"}],
        [{"fund": "FUND_POOLED", "amount_fen": "7500"}],
    )
    assert (item["difference_fen"], item["remedy"]) == ("500", "reimburse")
    rerun = published["rerun"]["rerun_id"]

    assert reruns_command(REGION, rerun, running, changed_only=False, as_json=True) == 0
    days = sorted(each["day"] for each in _json(capsys)["items"])
    assert days == ["2022-08-08", "2022-08-08", "2023-01-09"]
    assert repeat_command(REGION, rerun, running, 60, as_json=True) == exit_codes.OK
    again = _json(capsys)["rerun"]["rerun_id"]
    settlement = item["settlement_id"]
    late = correct_command(REGION, (rerun, settlement), "Hu", "paid", running)
    assert late == exit_codes.DIFFERENCE
    assert "item_superseded" in capsys.readouterr().err
    latest = (again, settlement)
    assert correct_command(REGION, latest, "Hu", "paid", running, as_json=True) == exit_codes.OK
    assert _json(capsys)["state"] == "recorded"

    assert bundles_command(REGION, running, as_json=True) == exit_codes.OK
    listed = _json(capsys)["bundles"]
    assert [bundle["state"] for bundle in listed] == ["published", "superseded"]
    assert listed[1]["publications"][0]["superseded_from_on"] == "2022-07-01"
    assert publish_command(signed, running, as_json=False) == exit_codes.DIFFERENCE
    assert "already_published" in capsys.readouterr().err

    for show in (
        bundles_command(REGION, running, as_json=False),
        reruns_command(REGION, "", running, changed_only=False, as_json=False),
        reruns_command(REGION, again, running, changed_only=True, as_json=False),
        verify_command(running, as_json=False),
    ):
        assert show == exit_codes.OK
    shown = capsys.readouterr().out
    assert "75.00" in shown
    assert "corrigendum" in shown


def test_input_that_cannot_be_read(
    running: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / REGION / "outpatient.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("value: 75.00", "value: much"))
    for code in (
        publish_command(_wanted(folder), running, as_json=False),
        publish_command(Wanted("999999", JULY, "Lin", "why"), running, as_json=False),
        publish_command(Wanted("4407", JULY, "Lin", "why"), running, as_json=False),
        reruns_command(REGION, "rerun-9", running, changed_only=False, as_json=False),
    ):
        assert code == exit_codes.BAD_INPUT
    told = capsys.readouterr().err
    assert f"{REGION}/outpatient.yaml:" in told
    assert "region_missing" in told
    assert "rerun_unknown" in told


def test_a_region_that_nobody_serves_is_not_reached(
    running: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bundles_command("310000", running, as_json=False) == exit_codes.UNREACHABLE
    assert "node_not_here" in capsys.readouterr().err
