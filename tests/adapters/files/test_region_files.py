"""Rule files from the package and from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.files.region_files import RegionFiles
from clearing.benefits.policies import Library
from clearing.errors import Rejected


def test_the_packaged_rules_are_found() -> None:
    packaged = RegionFiles()
    assert {"330213", "440700", "140000", "150623"} <= set(packaged.regions())
    texts = packaged.texts("440700", ["region.yaml", "outpatient.yaml", "nothing.yaml"])
    assert sorted(texts) == ["outpatient.yaml", "region.yaml"]
    assert packaged.text("sources.yaml") is not None
    assert packaged.text("999999/region.yaml") is None


def test_only_folders_with_a_region_file_are_regions() -> None:
    # Care regions have a folder with a catalogue and no rules of their own.
    assert "310000" not in RegionFiles().regions()


def test_a_folder_takes_the_place_of_the_package(tmp_path: Path) -> None:
    packaged = RegionFiles()
    names = ["region.yaml", "policy.yaml", "outpatient.yaml"]
    for name, text in packaged.texts("440700", names).items():
        (tmp_path / "440700").mkdir(exist_ok=True)
        changed = text.replace("value: 50.00", "value: 55.00")
        (tmp_path / "440700" / name).write_text(changed, encoding="utf-8")
    own = Library(RegionFiles(tmp_path))
    assert own.regions() == ("440700",)
    policy, shipped = own.policy("440700"), Library(packaged).policy("440700")
    assert policy is not None
    assert shipped is not None
    assert policy.bundle_hash != shipped.bundle_hash
    assert own.policy("330213") is None


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="rules_folder"):
        RegionFiles(tmp_path / "none")
