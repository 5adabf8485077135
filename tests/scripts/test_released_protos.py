"""The command that holds the .proto files to what was released, on a copy of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts import released_protos

PROTOS = Path(__file__).parents[2] / "protos"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the .proto files and what was released of them."""
    for path in [*PROTOS.rglob("*.proto"), PROTOS / "released.txtpb"]:
        copy = tmp_path / "protos" / path.relative_to(PROTOS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    monkeypatch.setattr(released_protos, "ROOT", tmp_path)
    monkeypatch.setattr(released_protos, "RELEASED", tmp_path / "protos" / "released.txtpb")
    return tmp_path


def _change(folder: Path, old: str, new: str) -> None:
    path = folder / "protos" / "log" / "v1" / "messages.proto"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_the_present_files_break_nothing_that_was_released() -> None:
    assert released_protos.main([]) == 0


def test_a_change_is_refused_until_it_is_made_deliberately(
    copied: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _change(copied, "string to_region = 6;", "string to_region = 66;")
    assert released_protos.main([]) == 1
    assert "yidi.log.v1.Envelope.to_region: field_renumbered: 6 became 66" in capfd.readouterr().err
    assert released_protos.main(["--move"]) == 0
    assert released_protos.main([]) == 0


def test_a_field_that_goes_must_be_reserved_first(
    copied: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _change(copied, "string to_region = 6;", "")
    assert released_protos.main(["--move"]) == 1
    assert "reserve 6 and 'to_region'" in capfd.readouterr().err
    _change(copied, "string to_role = 5;", 'string to_role = 5; reserved 6; reserved "to_region";')
    assert released_protos.main([]) == 1
    assert released_protos.main(["--move"]) == 0
    assert released_protos.main([]) == 0
    _change(copied, 'reserved 6; reserved "to_region";', "")
    assert released_protos.main(["--move"]) == 1
    assert "reservation_removed" in capfd.readouterr().err


def test_what_was_added_may_be_changed_until_it_is_released(copied: Path) -> None:
    _change(copied, "string to_role = 5;", "string to_role = 5; string new = 99;")
    assert released_protos.main([]) == 0
    _change(copied, "string new = 99;", "string new = 98;")
    assert released_protos.main([]) == 0
    assert released_protos.main(["--move"]) == 0
    _change(copied, "string new = 98;", "string new = 99;")
    assert released_protos.main([]) == 1
