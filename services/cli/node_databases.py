"""The databases of a network's nodes: those of a data folder, or those of a server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from adapters.db.database import Database
from adapters.db.postgres import Postgres
from clearing.messages import HOUSE, Address, Role
from services.network.network import database_of

Databases = Mapping[Address, Database | Path]
"""In the order in which they are looked at: care regions, insured regions, the house."""

_SCHEMA = re.compile(r"(care|insured)_(\d{6})")


def files_of(data: Path) -> Databases:
    """Return the databases that a folder holds."""
    found: dict[Address, Database | Path] = {}
    for role in (Role.CARE, Role.INSURED):
        for path in sorted((data / str(role)).glob("*.sqlite3")):
            found[Address(role, path.stem)] = path
    if database_of(data, HOUSE).is_file():
        found[HOUSE] = database_of(data, HOUSE)
    return found


def schemas_of(url: str, prefix: str) -> Databases:
    """Return the databases on a server. Raises ``Unavailable`` when it does not answer."""
    found: dict[Address, Database | Path] = {}
    names = _schemas(Postgres(url, "public"))
    for name in sorted(names):
        part = _SCHEMA.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if part is not None:
            found[Address(Role(part[1]), part[2])] = Postgres(url, name)
    if f"{prefix}house" in names:
        found[HOUSE] = Postgres(url, f"{prefix}house")
    return found


def _schemas(database: Postgres) -> list[str]:
    engine = database.open_engine()
    try:
        return sa.inspect(engine).get_schema_names()
    except sa.exc.DBAPIError as error:
        raise database.translate(error.orig or error) from error
    finally:
        engine.dispose()
