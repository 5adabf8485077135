from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.cli import exit_codes
from services.cli.corpus import check_command, generate_command, merge_command
from services.harness.folder import CorpusFolder
from tests.services.harness.generated import generated


def test_generating_and_checking(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "corpus"
    assert generate_command(9, 40, out, tag="demo") == exit_codes.OK
    assert check_command(out) == exit_codes.OK
    assert "40 visits" in capsys.readouterr().out
    manifest = CorpusFolder(out).manifest()
    assert (manifest.name, manifest.seed, manifest.counts["visits"]) == ("demo", 9, 40)
    assert manifest.illustrative
    assert all(visit.key.startswith("demo-") for visit in CorpusFolder(out).visits())


@pytest.mark.parametrize(
    ("seed", "settlements", "tag", "option"),
    [(-1, 5, "", "--seed"), (1, 0, "", "--settlements"), (1, 5, "a b", "--tag")],
)
def test_an_option_that_cannot_be(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    seed: int,
    settlements: int,
    tag: str,
    option: str,
) -> None:
    out = tmp_path / "corpus"
    assert generate_command(seed, settlements, out, tag=tag) == exit_codes.BAD_INPUT
    assert option in capsys.readouterr().err
    assert not out.exists()


def test_an_expectation_that_is_no_longer_true(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(generated(1, 600).path, folder)
    text = (folder / "expected.jsonl").read_text(encoding="utf-8")
    (folder / "expected.jsonl").write_text(
        text.replace('"deductible": "1', '"deductible": "2', 1), encoding="utf-8"
    )
    assert check_command(folder) == exit_codes.DIFFERENCE
    assert "payment.deductible should be 2" in capsys.readouterr().err


def test_merging_keeps_every_result(tmp_path: Path) -> None:
    one, other, out = tmp_path / "one", tmp_path / "other", tmp_path / "both"
    assert generate_command(1, 30, one, tag="one") == exit_codes.OK
    assert generate_command(2, 30, other, tag="other") == exit_codes.OK
    assert merge_command([one, other], out) == exit_codes.OK
    assert check_command(out) == exit_codes.OK
    both = {result.key: result for result in CorpusFolder(out).results()}
    for folder in (one, other):
        for result in CorpusFolder(folder).results():
            assert both.pop(result.key) == result
    assert not both


def test_a_corpus_is_not_merged_into_itself(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    assert generate_command(1, 10, folder) == exit_codes.OK
    before = (folder / "visits.jsonl").read_bytes()
    assert merge_command([folder], folder) == exit_codes.BAD_INPUT
    assert (folder / "visits.jsonl").read_bytes() == before
    assert check_command(tmp_path / "none") == exit_codes.BAD_INPUT
