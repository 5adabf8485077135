"""Parked messages become dead letters with a state and acts; every line of nodes has them."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import BINARY, HAS_STRICT_TABLES, INTEGER, TEXT

SHAPES = {
    "held_key": ("topic:str,key:str,unresolved:int key=('topic', 'key') indexes=() unique=()"),
    "parked_record": (
        "topic:str,partition:int,offset:int,key:str,value:bytes,code:str,reason:str,"
        "parked_at:int,state:enum LetterState,kind:str,message_id:str,correlation_id:str,"
        "appended_at:int,attempts:int,last_at:int,acted_at:int?,act_request_id:str,act_by:str,"
        "act_why:str key=('topic', 'partition', 'offset') indexes=(('state',), ('topic',"
        " 'key')) unique=()"
    ),
}

_TAKEN_OVER = """topic, "partition", "offset", "key", value, code, reason, parked_at"""


def upgrade() -> None:
    """Keep what is parked as such: nobody has acted on it, and when it came is not known."""
    op.create_table(
        "held_key",
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("unresolved", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("topic", "key"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.execute(
        'INSERT INTO held_key (topic, "key", unresolved) '
        'SELECT topic, "key", count(*) FROM parked_record GROUP BY topic, "key"'
    )
    op.create_table(
        "parked_record_new",
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("partition", INTEGER, nullable=False),
        sa.Column("offset", INTEGER, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", BINARY, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("parked_at", INTEGER, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("correlation_id", TEXT, nullable=False),
        sa.Column("appended_at", INTEGER, nullable=False),
        sa.Column("attempts", INTEGER, nullable=False),
        sa.Column("last_at", INTEGER, nullable=False),
        sa.Column("acted_at", INTEGER, nullable=True),
        sa.Column("act_request_id", TEXT, nullable=False),
        sa.Column("act_by", TEXT, nullable=False),
        sa.Column("act_why", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", "offset"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.execute(
        f"INSERT INTO parked_record_new ({_TAKEN_OVER}, state, kind, message_id, correlation_id, "
        "appended_at, attempts, last_at, acted_at, act_request_id, act_by, act_why) "
        f"SELECT {_TAKEN_OVER}, 'parked', '', '', '', parked_at, 1, parked_at, NULL, '', '', '' "
        "FROM parked_record"
    )
    op.drop_table("parked_record")
    op.rename_table("parked_record_new", "parked_record")
    op.create_index(
        "parked_record_index_0", "parked_record", ["state", "topic", "partition", "offset"]
    )
    op.create_index(
        "parked_record_index_1", "parked_record", ["topic", "key", "partition", "offset"]
    )
