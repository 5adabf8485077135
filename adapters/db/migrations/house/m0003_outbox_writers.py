"""Outbox writers."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0003"
down_revision = "0002"

SHAPES = {
    "outbox_writer": ("name:str,generation:int key=('name',) indexes=() unique=()"),
}


def upgrade() -> None:
    op.create_table(
        "outbox_writer",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("generation", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
