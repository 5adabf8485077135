"""All texts of a folder of region folders, to be checked: nothing of it need be readable."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from clearing.errors import Rejected

_ALWAYS = ("sources.yaml", "names.yaml", "national/bounds.yaml")
"""What holds for every folder of rules: taken from the package where a folder hasn't its own."""

_PYTHON = ("__init__.py", "__pycache__")


def rule_texts(folder: Path | None = None) -> dict[str, str]:
    """Return the texts of all files of a folder (or the packaged ones) by their path in it.

    A folder without files is its name with a slash at the end. What isn't UTF-8 has U+FFFD in
    its place. Raises ``Rejected`` (``rules_folder``) where there is no such folder.
    """
    package = files("clearing.regions")
    if folder is not None and not folder.is_dir():
        raise Rejected("rules_folder", f"there is no folder {folder}", f"规则目录 {folder} 不存在")
    texts: dict[str, str] = {}
    _read(package if folder is None else folder, "", texts)
    for path in _ALWAYS:
        if path not in texts:
            texts[path] = package.joinpath(*path.split("/")).read_text(encoding="utf-8")
    return texts


def _read(at: Path | Traversable, path: str, texts: dict[str, str]) -> None:
    entries = [e for e in at.iterdir() if e.name not in _PYTHON and not e.name.startswith(".")]
    if path and not entries:
        texts[path] = ""
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.is_dir():
            _read(entry, f"{path}{entry.name}/", texts)
        else:
            texts[path + entry.name] = entry.read_bytes().decode("utf-8", errors="replace")
