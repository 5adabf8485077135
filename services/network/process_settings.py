"""What a process that hosts the nodes of one role is told when it starts.

Every setting has one dotted name. A TOML file gives it by its tables, the environment in
capitals (``broker.bootstrap`` is ``YIDI_BROKER_BOOTSTRAP``), a flag as ``NAME=VALUE``; a flag
wins over the environment and that over the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from adapters.broker.settings import HIDDEN, SECRETS, BrokerSettings
from adapters.telemetry import log_output
from clearing.errors import Malformed
from clearing.messages import Role
from services.care_region.region_load import MAX_WAITING
from services.network.targets import Targets
from services.network.topic_plan import TopicSettings
from services.node.limits import ParkingLimits

LISTEN = {
    Role.CARE: "127.0.0.1:7610",
    Role.INSURED: "127.0.0.1:7620",
    Role.HOUSE: "127.0.0.1:7630",
}
MAX_SLOT = 999
MAX_HOURS = 10 * 366 * 24
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}|")


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """Where a process of one role finds everything.

    ``regions`` are those it hosts, all that have rules where it names none. ``slot`` tells it
    from other processes with the same nodes, and is the same from start to start.
    ``schema_prefix`` comes before the schema of each node. ``drain_s`` is how long it still
    takes calls after it has said that it ends. ``max_waiting`` is how many settle requests may
    wait for one insured region. ``metrics_listen`` is where its figures are told, nowhere by
    default.
    """

    role: Role
    broker: BrokerSettings
    database_url: str = field(repr=False)
    regions: tuple[str, ...] = ()
    slot: int = 1
    listen: str = ""
    rules: Path | None = None
    replay: bool = False
    schema_prefix: str = ""
    answer_within_s: int = 25
    drain_s: int = 2
    care: Targets = field(default_factory=lambda: Targets((LISTEN[Role.CARE],)))
    insured: Targets = field(default_factory=lambda: Targets((LISTEN[Role.INSURED],)))
    topics: TopicSettings = field(default_factory=TopicSettings)
    parking: ParkingLimits = field(default_factory=ParkingLimits)
    max_waiting: int = MAX_WAITING
    metrics_listen: str = ""
    log_format: str = "auto"
    log_level: str = "warning"

    @property
    def host(self) -> str:
        """The host to listen on."""
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port to listen on; 0 is any free one."""
        return int(self.listen.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: how its text is read, and what stands where nobody says anything."""

    read: Callable[[str, str], Any]
    default: str | None = None
    required: bool = False
    show: Callable[[str], str] = str

    def shown(self, text: str) -> str:
        """Return the text without what is secret in it."""
        return self.show(text)


def _text(text: str, _name: str) -> str:
    return text


def _whole(least: int, most: int) -> Callable[[str, str], int]:
    def read(text: str, name: str) -> int:
        if not text.isdigit() or not least <= int(text) <= most:
            raise _defect(name, f"a whole number from {least} to {most}", f"{least}至{most}的整数")
        return int(text)

    return read


def _switch(text: str, name: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise _defect(name, "true or false", "true 或 false")
    return text.lower() == "true"


def _role(text: str, name: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise _defect(name, "care, insured or house", "care, insured 或 house") from None


def _regions(text: str, name: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(len(each) == 6 and each.isascii() and each.isdigit() for each in found):
        raise _defect(name, "codes of six digits, with commas", "六位行政区划代码, 以逗号分隔")
    return tuple(dict.fromkeys(found))


def _listen(text: str, name: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise _defect(name, "HOST:PORT", "主机:端口")
    return text


def _one_of(known: Sequence[str]) -> Callable[[str, str], str]:
    def read(text: str, name: str) -> str:
        if text not in known:
            raise _defect(name, ", ".join(known), "、".join(known))
        return text

    return read


def _path(text: str, _name: str) -> Path:
    return Path(text)


def _prefix(text: str, name: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise _defect(name, "small letters, digits and _", "小写字母, 数字和下划线")
    return text


def _url(text: str, name: str) -> str:
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if (
        url is None
        or url.drivername != "postgresql"
        or not url.host
        or not url.database
        or _looks_cut(url.host)
        or not 0 < (url.port or 5432) < 65_536
    ):
        # What was given may hold a password and is not repeated.
        raise _defect(
            name,
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, in the password %40 for @",
            "postgresql://用户:口令@主机:端口/数据库, 口令中的 @ 写作 %40",
        )
    return text


def _looks_cut(host: str) -> bool:
    """Tell whether a host is the rest of a password: an ``@`` in one is written ``%40``."""
    return "@" in host


def _url_without_secrets(text: str) -> str:
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        return HIDDEN
    if _looks_cut(url.host or ""):
        return HIDDEN
    secret = {name: HIDDEN for name in url.query if "password" in name}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


def _defect(name: str, en: str, zh: str) -> Malformed:
    return Malformed("settings", f"{name}: write {en}", f"{name}: 应为 {zh}", field=name)


def _hidden(_text: str) -> str:
    return HIDDEN


def _broker_settings() -> Mapping[str, Setting]:
    """Return a setting for every field of the broker's, read by the field's type."""
    readers: dict[str, Callable[[str, str], Any]] = {
        "int": _whole(1, 2**31 - 1),
        "bool": _switch,
        "Path | None": _path,
    }
    return {
        f"broker.{each.name}": Setting(
            readers.get(str(each.type), _text),
            required=each.name == "bootstrap",
            show=_hidden if each.name in SECRETS else str,
        )
        for each in fields(BrokerSettings)
    }


def _number(owner: type, name: str, most: int) -> Setting:
    """Return the setting of a field that is a whole number from 1 on, with its own default."""
    (known,) = (each for each in fields(owner) if each.name == name)
    return Setting(_whole(1, most), str(known.default))


SETTINGS: Mapping[str, Setting] = {
    "role": Setting(_role, required=True),
    "regions": Setting(_regions, ""),
    "slot": Setting(_whole(1, MAX_SLOT), "1"),
    "listen": Setting(_listen),
    "rules": Setting(_path),
    "replay": Setting(_switch, "false"),
    "answer_within_s": Setting(_whole(1, 600), "25"),
    "drain_s": Setting(_whole(0, 600), "2"),
    "database.url": Setting(_url, required=True, show=_url_without_secrets),
    "database.schema_prefix": Setting(_prefix, ""),
    "addresses.care": Setting(Targets.read, LISTEN[Role.CARE]),
    "addresses.insured": Setting(Targets.read, LISTEN[Role.INSURED]),
    "waiting.max_per_region": Setting(_whole(1, 1_000_000), str(MAX_WAITING)),
    "parking.max_unresolved": _number(ParkingLimits, "max_unresolved", 1_000_000),
    "parking.max_share_bp": _number(ParkingLimits, "max_share_bp", 10_000),
    "parking.window": _number(ParkingLimits, "window", 1_000_000),
    "metrics.listen": Setting(_listen),
    "log.format": Setting(_one_of(log_output.FORMATS), "auto"),
    "log.level": Setting(_one_of(log_output.LEVELS), "warning"),
    "topics.replicas": _number(TopicSettings, "replicas", 9),
    "topics.keep_hours": _number(TopicSettings, "keep_hours", MAX_HOURS),
    "topics.backup_every_hours": _number(TopicSettings, "backup_every_hours", MAX_HOURS),
    **_broker_settings(),
}
"""Every setting there is, by its name."""


def assembled(values: Mapping[str, Any]) -> ProcessSettings:
    """Return the settings made of values that were read, each by its name."""
    role: Role = values["role"]
    return ProcessSettings(
        role=role,
        broker=BrokerSettings(**below("broker", values)),
        database_url=values["database.url"],
        regions=values["regions"],
        slot=values["slot"],
        listen=values.get("listen", LISTEN[role]),
        rules=values.get("rules"),
        replay=values["replay"],
        schema_prefix=values["database.schema_prefix"],
        answer_within_s=values["answer_within_s"],
        drain_s=values["drain_s"],
        care=values["addresses.care"],
        insured=values["addresses.insured"],
        topics=TopicSettings(**below("topics", values)),
        parking=ParkingLimits(**below("parking", values)),
        max_waiting=values["waiting.max_per_region"],
        metrics_listen=values.get("metrics.listen", ""),
        log_format=values["log.format"],
        log_level=values["log.level"],
    )


def below(group: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of one group of settings, by the rest of their names."""
    start = f"{group}."
    return {
        name.removeprefix(start): value for name, value in values.items() if name.startswith(start)
    }
