"""``yidi rules diff OLD NEW``: how the rules of two folders differ, region by region."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from adapters.files.region_files import RegionFiles
from clearing.benefits.policies import Library
from clearing.benefits.reading.bundle_diff import bundle_changes
from clearing.benefits.reading.document_diff import Change, Kind, document_changes
from clearing.errors import Malformed, YidiError
from clearing.strict_yaml import parse
from services.cli import exit_codes
from services.cli.json_document import print_json

PACKAGED: Final = "packaged"
_LAYERS: Final = ("national", "illustrative")
_OTHER_FILES: Final = ("enrolment.yaml", "filing.yaml", "catalogue.yaml", "bounds.yaml")
"""Rule files beside those of a policy; they have a hash of their own, or none."""

_SIGNS: Final = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~"}
_STYLES: Final = {Kind.ADDED: "green", Kind.REMOVED: "red", Kind.CHANGED: "yellow"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: all regions of a folder, or ``only`` one of them."""

    files: RegionFiles
    policies: Library
    only: str


@dataclass(frozen=True, slots=True)
class RegionDiff:
    """How a region's rules differ; an empty hash is a side without a policy of it."""

    region: str
    name: str
    old_hash: str
    new_hash: str
    changes: tuple[Change, ...]

    @property
    def hash_changes(self) -> bool:
        """Whether settlements would carry another bundle."""
        return self.old_hash != self.new_hash


def diff_command(old: str, new: str, *, as_json: bool) -> int:
    """Print how two sets of rules differ; exit code 0 the same, 1 different, 2 unreadable."""
    try:
        sides = _side(old, "OLD"), _side(new, "NEW")
        found = [diff for pair in _pairs(*sides) if (diff := _region_diff(sides, *pair)).changes]
    except YidiError as error:
        field = f" field {error.field}:" if error.field else ""
        print(f"error: {error.code}:{field} {error.message_en}", file=sys.stderr)
        return exit_codes.BAD_INPUT
    if as_json:
        print_json({"same": not found, "regions": [_as_dict(diff) for diff in found]})
    else:
        _show(found, Console())
    return exit_codes.DIFFERENCE if found else exit_codes.OK


def _side(given: str, field: str) -> Side:
    """Read an argument. Raises ``Malformed`` (``rules_folder``) for a folder without rules."""
    if given == PACKAGED:
        return _all_of(RegionFiles())
    folder = Path(given).resolve()
    if (folder / "region.yaml").is_file():
        files = RegionFiles(folder.parent)
        if folder.name in files.regions():
            return Side(files, Library(files), folder.name)
    elif folder.is_dir():
        files = RegionFiles(folder)
        if files.folders():
            return _all_of(files)
    raise Malformed(
        "rules_folder",
        f"{given} is neither a folder of region folders nor one named after its region",
        f"{given} 不是规则目录",
        field=field,
    )


def _all_of(files: RegionFiles) -> Side:
    return Side(files, Library(files), "")


def _pairs(old: Side, new: Side) -> list[tuple[str, str]]:
    """Return what is held against what: regions by their code, or one against the other."""
    if old.only or new.only:
        return [(old.only or new.only, new.only or old.only)]
    codes = sorted({*old.files.folders(), *new.files.folders()})
    return [(code, code) for code in (*_LAYERS, *codes)]


def _region_diff(sides: tuple[Side, Side], old: str, new: str) -> RegionDiff:
    had, has = (
        side.policies.policy(code) if code in side.files.regions() else None
        for side, code in zip(sides, (old, new), strict=True)
    )
    changes = list(bundle_changes(had, has))
    for name in _OTHER_FILES:
        before = _document(sides[0].files, f"{old}/{name}")
        after = _document(sides[1].files, f"{new}/{name}")
        changes.extend(document_changes(before, after, (name,)))
    known = has or had
    return RegionDiff(
        region=old if old == new else f"{old} → {new}",
        name=f"{known.name_zh} / {known.name_en}" if known else "",
        old_hash=had.bundle_hash if had else "",
        new_hash=has.bundle_hash if has else "",
        changes=tuple(changes),
    )


def _document(files: RegionFiles, path: str) -> Any:
    text = files.text(path)
    return None if text is None else parse(text, path).data


def _as_dict(diff: RegionDiff) -> dict[str, Any]:
    changes = [{**asdict(change), "place": list(change.place)} for change in diff.changes]
    return {**asdict(diff), "hash_changes": diff.hash_changes, "changes": changes}


def _show(found: list[RegionDiff], console: Console) -> None:
    if not found:
        console.print("the rules are the same / 规则相同")
    for diff in found:
        console.print(f"[bold]{diff.region}[/bold] {escape(diff.name)}", highlight=False)
        for change in diff.changes:
            console.print(_line(change), highlight=False)
        if diff.hash_changes:
            before, after = diff.old_hash or "none / 无", diff.new_hash or "none / 无"
            said = f"the bundle changes / 规则包改变: {before} → {after}"
        else:
            said = f"the bundle stays / 规则包不变: {diff.old_hash or 'none / 无'}"
        console.print(f"  [dim]{said}[/dim]", highlight=False)


def _line(change: Change) -> str:
    sign, style = _SIGNS[change.kind], _STYLES[change.kind]
    where = " ".join(change.place) + (f" [{change.row}]" if change.row else "")
    said = (
        f"{change.old} → {change.new}" if change.kind is Kind.CHANGED else change.old + change.new
    )
    if change.part == "notation":
        said = "the same rows, written another way / 内容相同, 写法不同"
    head = f"  [{style}]{sign} {change.part}[/{style}]"
    return f"{head} {escape(where)}: {escape(said)}"
