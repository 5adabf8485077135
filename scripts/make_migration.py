"""Write the next migration of a kind of node, from its last one to today's tables.

``make_migration.py care|insured|house NAME`` compares what the migrations so far make with what
the code declares and writes ``adapters/db/migrations/<line>/m<number>_<name>.py``. Read it before
you commit it: it knows columns and indexes, not what should stand in a new column, nor what
moved inside a JSON column.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from adapters.db import migrating
from adapters.db.shape import TableShape
from adapters.db.tables import table_of

SPECS = {
    "care": "services.care_region.records",
    "insured": "services.insured_region.records",
    "house": "services.clearing_house.role",
}
NAMES = {
    "sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')": "TEXT",
    "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')": "INTEGER",
    "sa.Boolean().with_variant(sa.Integer(), 'sqlite')": "BOOLEAN",
    "sa.LargeBinary()": "BINARY",
    ", autoincrement=False": "",
    "sqlite_strict=True": "sqlite_strict=HAS_STRICT_TABLES",
}
"""How the code is written that Alembic spells out."""

WIDTH = 84
KEPT_ASIDE = ("alembic_version", "schema_shapes")


def written(line: str, name: str) -> str:
    """Return the text of the migration. Raises ``SystemExit`` where nothing has changed."""
    metadata = sa.MetaData()
    shapes = [TableShape(spec) for spec in import_module(SPECS[line]).SPECS]
    for shape in shapes:
        table_of(shape, metadata)
    scripts = migrating.scripts_of(line)
    before = scripts.get_current_head()
    known = migrating.shapes_after(line) if before else {}
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    with engine.connect() as connection:
        if before is not None:
            migrating.run(connection, line, "head")
        options = {"include_object": _is_ours, "render_as_batch": before is not None}
        context = MigrationContext.configure(connection, opts=options)
        produced = produce_migrations(context, metadata)
    wanted = {shape.name: shape.fingerprint for shape in shapes}
    changed: dict[str, str | None] = dict.fromkeys(known.keys() - wanted.keys())
    changed |= {table: shape for table, shape in wanted.items() if known.get(table) != shape}
    if not changed:
        raise SystemExit(f"the tables of {line} are those of its last migration")
    upgrade = produced.upgrade_ops or ops.UpgradeOps([])
    code = render_python_code(upgrade, render_as_batch=before is not None)
    for spelt, short in NAMES.items():
        code = code.replace(spelt, short)
    code = "\n".join(line for line in code.splitlines() if not line.strip().startswith("# ###"))
    types = [
        name
        for name in ("BINARY", "BOOLEAN", "HAS_STRICT_TABLES", "INTEGER", "TEXT")
        if name in code
    ]
    number = f"{int(before or 0) + 1:04d}"
    said = ",\n".join(_said(table, shape) for table, shape in sorted(changed.items()))
    return "\n".join(
        [
            f'"""{name.replace("_", " ").capitalize()}."""',
            "",
            "import sqlalchemy as sa",
            "from alembic import op",
            "",
            *([f"from adapters.db.tables import {', '.join(types)}", ""] if types else []),
            f'revision = "{number}"',
            f"down_revision = {before!r}",
            "",
            f"SHAPES = {{\n{said},\n}}",
            "",
            "",
            "def upgrade() -> None:",
            f"    {code.strip()}",
            "",
        ]
    )


def _said(table: str, shape: str | None) -> str:
    """Write a shape as a text over several lines, cut after its commas."""
    if shape is None:
        return f"    {table!r}: None"
    lines = [""]
    for part in re.findall(r"[^,]*,?", shape):
        if len(lines[-1]) + len(part) > WIDTH:
            lines.append("")
        lines[-1] += part
    said = "\n".join(f"        {line!r}" for line in lines)
    return f"    {table!r}: (\n{said}\n    )"


def _is_ours(_item: object, name: str, kind: str, _reflected: bool, _other: object) -> bool:
    return not (kind == "table" and name in KEPT_ASIDE)


def main(arguments: Sequence[str]) -> int:
    """Write one migration and print its path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("line", choices=sorted(SPECS))
    parser.add_argument("name", help="in_snake_case")
    options = parser.parse_args(arguments)
    text = written(options.line, options.name)
    number = text.split('revision = "')[1][:4]
    path = migrating.MIGRATIONS / options.line / f"m{number}_{options.name}.py"
    path.write_text(text, encoding="utf-8")
    print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
