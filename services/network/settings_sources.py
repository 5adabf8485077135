"""Settings from a file, the environment and flags; everything wrong with them is told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.broker.settings import BrokerSettings
from clearing.errors import Malformed
from services.network.process_settings import SETTINGS, ProcessSettings, assembled, below
from services.network.topic_plan import TopicSettings
from services.node.limits import ParkingLimits

_ENVIRONMENT = {f"YIDI_{name.upper().replace('.', '_')}": name for name in SETTINGS}
_GROUPS = tuple({f"YIDI_{name.partition('.')[0].upper()}_" for name in SETTINGS if "." in name})
"""A name that begins so and is no setting's is a slip."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a setting is, as text, and where that comes from: ``--flag``, ``YIDI_…``, a file."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every setting that has a value, and everything that is wrong."""

    said: Mapping[str, Said]
    values: Mapping[str, Any]
    defects: Sequence[Malformed]

    def settings(self) -> ProcessSettings:
        """Return the settings. Only where there are no defects."""
        assert not self.defects
        return assembled(self.values)

    def shown(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, text without secrets, and source of every setting that has a value."""
        for name, said in self.said.items():
            yield name, SETTINGS[name].shown(said.text), said.source


def gather(file: Path | None, environment: Mapping[str, str], flags: Mapping[str, str]) -> Gathered:
    """Read every source and every setting; nothing is raised, all defects are gathered."""
    defects: list[Malformed] = []
    said = {
        name: Said(setting.default, "default")
        for name, setting in SETTINGS.items()
        if setting.default is not None
    }
    said |= _from_file(file, defects)
    said |= _from_environment(environment, defects)
    for name, text in flags.items():
        if name in SETTINGS:
            said[name] = Said(text, "flag")
        else:
            defects.append(_unknown(name, "flag"))
    values: dict[str, Any] = {}
    for name in [name for name in SETTINGS if name in said]:
        try:
            values[name] = SETTINGS[name].read(said[name].text, name)
        except Malformed as defect:
            defects.append(defect)
    defects += [
        _missing(name) for name, each in SETTINGS.items() if each.required and name not in said
    ]
    defects += _of_groups(values)
    ordered = {name: said[name] for name in SETTINGS if name in said}
    return Gathered(ordered, values, defects)


def _of_groups(values: Mapping[str, Any]) -> Iterator[Malformed]:
    """Yield what is wrong with settings that are each well written but do not go together."""
    if "broker.bootstrap" in values:
        yield from BrokerSettings(**below("broker", values)).defects()
    yield from TopicSettings(**below("topics", values)).defects()
    yield from ParkingLimits(**below("parking", values)).defects()


def _from_file(file: Path | None, defects: list[Malformed]) -> dict[str, Said]:
    if file is None:
        return {}
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else str(error)
        defects.append(
            Malformed(
                "settings_file",
                f"{file} cannot be read: {words}",
                f"配置文件 {file} 无法读取",
                field="config",
            )
        )
        return {}
    found = {}
    for name, text in _flattened(document, ""):
        if name in SETTINGS:
            found[name] = Said(text, str(file))
        else:
            defects.append(_unknown(name, str(file)))
    return found


def _flattened(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield settings as text; a table below a setting's name is written ``KEY=VALUE,…``."""
    for key, value in table.items():
        name = f"{prefix}{key}"
        if not isinstance(value, dict):
            yield name, _as_text(value)
        elif name in SETTINGS:
            parts = (f"{at}={each}" if at != "others" else str(each) for at, each in value.items())
            yield name, ",".join(parts)
        else:
            yield from _flattened(value, f"{name}.")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)


def _from_environment(environment: Mapping[str, str], defects: list[Malformed]) -> dict[str, Said]:
    found = {}
    for variable, text in environment.items():
        name = _ENVIRONMENT.get(variable)
        if name is not None:
            found[name] = Said(text, variable)
        elif variable.startswith(_GROUPS):
            defects.append(_unknown(variable, "environment"))
    return found


def _unknown(name: str, source: str) -> Malformed:
    return Malformed(
        "setting_unknown",
        f"{name} ({source}) is no setting; yidi settings show lists them",
        f"没有名为 {name} 的配置项({source})",
        field=name,
    )


def _missing(name: str) -> Malformed:
    variable = f"YIDI_{name.upper().replace('.', '_')}"
    return Malformed(
        "setting_missing",
        f"{name} is needed: by file, as {variable}, or by --set {name}=…",
        f"缺少配置项 {name}(环境变量 {variable})",
        field=name,
    )
