"""What other regions were asked to undo; what was under way before this is not asked again."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0005"
down_revision = "0004"

SHAPES = {
    "open_question": (
        "question_id:str,debit_id:str,business_time:int,asked_at:int,"
        "times:int key=('question_id',) indexes=() unique=()"
    ),
}


def upgrade() -> None:
    op.create_table(
        "open_question",
        sa.Column("question_id", TEXT, nullable=False),
        sa.Column("debit_id", TEXT, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("asked_at", INTEGER, nullable=False),
        sa.Column("times", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("question_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
