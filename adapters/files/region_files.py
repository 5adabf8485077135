"""The rule files of the regions: those packaged with the house, or a folder of the caller's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from clearing.errors import Rejected


class RegionFiles:
    """Reads texts from ``<root>/<region>/<file>``; the root is a folder of region folders."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use ``folder``, or the packaged rules. Raises ``Rejected`` (``rules_folder``)."""
        if folder is not None and not folder.is_dir():
            raise Rejected(
                "rules_folder", f"there is no folder {folder}", f"规则目录 {folder} 不存在"
            )
        self._root: Traversable = folder if folder is not None else files("clearing.regions")
        self._regions: tuple[str, ...] | None = None

    def regions(self) -> Sequence[str]:
        """Return the codes of all regions with a ``region.yaml``, in order."""
        if self._regions is None:
            self._regions = tuple(
                sorted(
                    entry.name
                    for entry in self._root.iterdir()
                    if len(entry.name) == 6
                    and entry.name.isdigit()
                    and entry.joinpath("region.yaml").is_file()
                )
            )
        return self._regions

    def folders(self) -> Sequence[str]:
        """Return the codes of all regions with a folder, whatever is in it, in order."""
        return tuple(
            sorted(
                entry.name
                for entry in self._root.iterdir()
                if len(entry.name) == 6 and entry.name.isdigit()
            )
        )

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        """Return those of the named files that the region's folder has."""
        found = {name: self.text(f"{region}/{name}") for name in names}
        return {name: text for name, text in found.items() if text is not None}

    def text(self, path: str) -> str | None:
        """Return the text of a file under the root (``330213/enrolment.yaml``), or ``None``."""
        entry = self._root.joinpath(*path.split("/"))
        return entry.read_text(encoding="utf-8") if entry.is_file() else None
