"""Answers to what care regions want undone; those of before are told by the lines they booked."""

import json

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0005"
down_revision = "0004"

SHAPES = {
    "undo_answer": (
        "care_region:str,undo_id:str,business_time:int,result:str,code:str,message_zh:str,"
        "message_en:str,settlement_id:str,amount_fen:int key=('care_region',"
        " 'undo_id') indexes=() unique=()"
    ),
}


_LINES = sa.table(
    "booked_line",
    *map(
        sa.column,
        ("line_id", "kind", "care_region", "settlement_id", "business_time", "by_fund"),
    ),
)
_ANSWERS = sa.table(
    "undo_answer",
    *map(
        sa.column,
        (
            "care_region",
            "undo_id",
            "business_time",
            "result",
            "code",
            "message_zh",
            "message_en",
            "settlement_id",
            "amount_fen",
        ),
    ),
)
_RESULTS = {
    "cancellation": "undone",
    "reversal": "undone",
    "restoration": "restored",
    "debit_reversal": "",
}
"""What was answered by the kind of line; a debit's undoing says an amount instead."""


def upgrade() -> None:
    op.create_table(
        "undo_answer",
        sa.Column("care_region", TEXT, nullable=False),
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
        sa.PrimaryKeyConstraint("care_region", "undo_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    bind = op.get_bind()
    found = bind.execute(sa.select(_LINES).where(_LINES.c.kind.in_(_RESULTS)))
    answers = [_answer(line) for line in found.mappings()]
    if answers:
        bind.execute(sa.insert(_ANSWERS), answers)


def _answer(line: sa.RowMapping) -> dict[str, str | int]:
    result = _RESULTS[line["kind"]]
    drawn = json.loads(line["by_fund"]).get("personal_account", 0)
    return {
        "care_region": line["care_region"],
        "undo_id": line["line_id"],
        "business_time": line["business_time"],
        "result": result,
        "code": "",
        "message_zh": "",
        "message_en": "",
        "settlement_id": line["settlement_id"] if result else "",
        "amount_fen": 0 if result else -drawn,
    }
