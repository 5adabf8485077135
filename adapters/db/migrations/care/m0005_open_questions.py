"""What other regions were asked to undo; what is under way is asked again in ten minutes.

Those regions are upgraded before this one: an older version undoes what it is asked again.
"""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import BOOLEAN, HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0005"
down_revision = "0004"

SHAPES = {
    "open_question": (
        "due_at:int,question_id:str,debit_id:str,business_time:int,times:int,"
        "set_aside:bool key=('due_at', 'question_id') indexes=(('question_id',),) unique=()"
    ),
}


_COLUMNS = "due_at, question_id, debit_id, business_time, times, set_aside"
_REQUEST = "request ON request.scope = undo.institution_id AND request.request_id = undo.request_id"
_UNDOS = f"""
INSERT INTO open_question ({_COLUMNS})
SELECT request.accepted_at + 600000, undo.undo_id, '', request.business_time, 1, 1 = 0
FROM undo JOIN {_REQUEST} WHERE undo.awaits_policy
"""
_DEBITS_OF_UNDOS = f"""
INSERT INTO open_question ({_COLUMNS})
SELECT request.accepted_at + 600000, debit.debit_undo_id, debit.debit_id, request.business_time,
  1, 1 = 0
FROM debit
JOIN settlement ON settlement.settlement_id = debit.settlement_id
JOIN undo ON undo.undo_id = settlement.undo_id
JOIN {_REQUEST}
WHERE debit.state = 'undoing'
"""
_DEBITS_GIVEN_UP = f"""
INSERT INTO open_question ({_COLUMNS})
SELECT deadline + 600000, debit_undo_id, debit_id, business_time, 1, 1 = 0
FROM debit WHERE state = 'given_up'
"""


def upgrade() -> None:
    op.create_table(
        "open_question",
        sa.Column("due_at", INTEGER, nullable=False),
        sa.Column("question_id", TEXT, nullable=False),
        sa.Column("debit_id", TEXT, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("times", INTEGER, nullable=False),
        sa.Column("set_aside", BOOLEAN, nullable=False),
        sa.PrimaryKeyConstraint("due_at", "question_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index(
        "open_question_index_0", "open_question", ["question_id", "due_at"], unique=False
    )
    op.execute(_UNDOS)
    op.execute(_DEBITS_OF_UNDOS)
    op.execute(_DEBITS_GIVEN_UP)
