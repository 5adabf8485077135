"""A data folder with the hand-checked corpus replayed into it, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli import exit_codes
from services.cli.demo import demo_command

CORPUS = Path(__file__).resolve().parents[3] / "corpora" / "by_hand"


@pytest.fixture(scope="package")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that nobody may change: tests that do take a ``copy``."""
    data = tmp_path_factory.mktemp("replayed") / "var"
    assert demo_command(CORPUS, data, once=True) == exit_codes.OK
    return data


@pytest.fixture
def copy(replayed: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of the replayed folder."""
    folder = tmp_path / "var"
    shutil.copytree(replayed, folder)
    yield folder
    shutil.rmtree(folder)
