"""Keeps the house tidy: what no linter says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 500
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "misc", "grpc", "kafka", "logging"}


def _tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _own_python() -> list[Path]:
    return [p for p in _tracked() if p.suffix == ".py" and "_pb2" not in p.name]


def test_no_module_is_too_long_to_find_a_thing_in() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _own_python()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_names_say_what_is_inside() -> None:
    vague = [
        str(path.relative_to(ROOT))
        for path in _own_python()
        if "protos" not in path.parts and VAGUE_NAMES & {path.stem, path.parent.name}
    ]
    assert vague == []


def test_each_exception_to_a_rule_says_why() -> None:
    bare = re.compile(r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*[A-Z0-9, ]+)?)\s*$")
    silent = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _own_python()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert silent == []


@pytest.mark.parametrize("pattern", [r"index[-]url", r"files[.]pythonhosted", r"pypi[.]org/simple"])
def test_no_file_names_a_registry(pattern: str) -> None:
    mine = Path(__file__).resolve()
    found = [
        str(path.relative_to(ROOT))
        for path in _tracked()
        if path != mine and re.search(pattern.encode(), path.read_bytes())
    ]
    assert found == []


def test_money_never_meets_a_float() -> None:
    float_use = re.compile(r"\bfloat\(|:\s*float\b|->\s*float\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _own_python()
        if path.is_relative_to(ROOT / "clearing")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if float_use.search(line) and "timeout_s" not in line
    ]
    assert found == []


def test_the_lock_file_has_hashes_and_covers_what_is_installed() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, flags=re.MULTILINE | re.IGNORECASE)
    assert len(pinned) == len(set(pinned)) > 20
    blocks = re.split(r"^(?=[a-z0-9][a-z0-9._-]*==)", lock, flags=re.MULTILINE | re.IGNORECASE)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)
