"""Answers to what care regions want undone; those given before this were not kept."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0005"
down_revision = "0004"

SHAPES = {
    "undo_answer": (
        "undo_id:str,business_time:int,result:str,code:str,message_zh:str,message_en:str,"
        "settlement_id:str,amount_fen:int key=('undo_id',) indexes=() unique=()"
    ),
}


def upgrade() -> None:
    op.create_table(
        "undo_answer",
        sa.Column("undo_id", TEXT, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("message_zh", TEXT, nullable=False),
        sa.Column("message_en", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("amount_fen", INTEGER, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="undo_answer_amount_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("undo_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
