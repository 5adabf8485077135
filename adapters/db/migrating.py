"""Takes a database from the tables it was made with to those of this version.

Each kind of node has a line of Alembic migrations of its own in ``migrations/``. A new database
gets today's tables at once and is stamped with the newest migration; a test holds the two ways
to the same tables. A migration runs inside the transaction that ``schema`` has opened: a
database is migrated whole or not at all, by one process at a time.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"


def stamp_newest(connection: sa.Connection, line: str) -> None:
    """Note that a database has the tables of the newest migration."""
    scripts = scripts_of(line)
    MigrationContext.configure(connection).stamp(scripts, "head")


def migrate(connection: sa.Connection, line: str, to: str = "head") -> bool:
    """Run the migrations that a database lacks; tell whether there were any.

    A database without a stamp was made before there were migrations: by the first of them.
    """
    scripts = scripts_of(line)
    context = MigrationContext.configure(connection)
    before = context.get_current_revision()
    if before is None:
        before = scripts.get_base()
        context.stamp(scripts, before or "head")
    target = scripts.get_current_head() if to == "head" else to
    if before == target:
        return False
    logger.warning("%s: migrating from %s to %s", connection.engine.url.database, before, target)
    run(connection, line, to)
    return True


def shapes_as_stamped(connection: sa.Connection, line: str) -> dict[str, str]:
    """Return the shapes that a database should have by its stamp, or without one at first.

    None for the stamp of a newer version, which nobody here knows.
    """
    scripts = scripts_of(line)
    before = MigrationContext.configure(connection).get_current_revision() or scripts.get_base()
    if before not in {script.revision for script in scripts.walk_revisions()}:
        return {}
    return shapes_after(line, before or "head")


def run(connection: sa.Connection, line: str, to: str) -> None:
    """Run the migrations up to and with ``to``, in the open transaction."""
    scripts = scripts_of(line)
    environment = EnvironmentContext(
        Config(),
        scripts,
        # What Alembic's own upgrade command gives here; there is no public name for it.
        fn=lambda revision, _: scripts._upgrade_revs(to, revision),
    )
    with environment:
        environment.configure(connection=connection, transactional_ddl=False)
        environment.run_migrations()


def shapes_after(line: str, to: str = "head") -> dict[str, str]:
    """Return the shape of every table that the migrations leave, by its name.

    Each migration says the shapes it changes in ``SHAPES``; ``None`` is a table that went.
    """
    shapes: dict[str, str | None] = {}
    for script in reversed(list(scripts_of(line).walk_revisions("base", to))):
        shapes |= script.module.SHAPES
    return {table: shape for table, shape in shapes.items() if shape is not None}


@cache
def scripts_of(line: str) -> ScriptDirectory:
    """Return the migrations of a kind of node, oldest first by their links."""
    folder = str(MIGRATIONS / line)
    return ScriptDirectory(folder, version_locations=[folder])
