"""First tables."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import BINARY, HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0001"
down_revision = None

SHAPES = {
    "break_closure": (
        "sequence:int,fingerprint:str,state:enum BreakState,closed_by:str,reason:str,"
        "evidence:str,closed_at:int,previous_hash:str,hash:str key=('sequence',"
        ") indexes=() unique=(('fingerprint',),)"
    ),
    "break_found": (
        "sequence:int,fingerprint:str,on:date,kind:enum BreakKind,line_id:str,"
        "care_region:str,insured_region:str,detail:str,found_at:int,previous_hash:str,"
        "hash:str key=('sequence',) indexes=(('on',),) unique=(('fingerprint',),)"
    ),
    "chain_head": ("chain:str,sequence:int,hash:str key=('chain',) indexes=() unique=()"),
    "consumed_offset": (
        "topic:str,partition:int,next_offset:int key=('topic', 'partition') indexes=() unique=()"
    ),
    "journal_line": (
        "sequence:int,line_id:str,settlement_id:str,kind:str,payer_region:str,"
        "payee_region:str,scheme:enum Scheme,clearing_type:str,fund:enum Fund,period:str,"
        "epoch:int,amount_fen:int,business_time:int,slipped_months:int,previous_hash:str,"
        "hash:str,original_line_id:str key=('sequence',) indexes=(('payer_region',"
        " 'payee_region', 'period'), ('payee_region', 'period'), ('period',),"
        " ('settlement_id',)) unique=(('line_id', 'fund'),)"
    ),
    "journal_state": (
        "journal:str,posting_on:date,published_sequence:int key=('journal',) indexes=() unique=()"
    ),
    "outbox": (
        "sequence:int,topic:str,key:str,value:bytes,written_at:int key=('sequence',"
        ") indexes=() unique=()"
    ),
    "parked_record": (
        "topic:str,partition:int,offset:int,key:str,value:bytes,code:str,reason:str,"
        "parked_at:int key=('topic', 'partition', 'offset') indexes=() unique=()"
    ),
    "period": ("period:str,state:enum PeriodState,epoch:int key=('period',) indexes=() unique=()"),
    "position": (
        "payer_region:str,payee_region:str,scheme:enum Scheme,clearing_type:str,"
        "fund:enum Fund,period:str,amount_fen:int,lines:int key=('payer_region',"
        " 'payee_region', 'scheme', 'clearing_type', 'fund',"
        " 'period') indexes=(('payee_region',), ('period',)) unique=()"
    ),
    "published_head": (
        "sequence:int,on:date,journal_sequence:int,journal_hash:str,published_at:int,"
        "previous_hash:str,hash:str key=('sequence',) indexes=() unique=()"
    ),
    "reported_line": (
        "sequence:int,line_id:str,side:enum Side,on:date,settlement_id:str,"
        "original_line_id:str,kind:str,care_region:str,payer_region:str,scheme:enum Scheme,"
        "clearing_type:str,business_time:int,total_fen:int,by_fund:json({enum Fund:int}),"
        "digest:str,reported_at:int,previous_hash:str,hash:str key=('sequence',"
        ") indexes=(('on', 'care_region', 'payer_region'),) unique=(('line_id', 'side'),)"
    ),
    "request": (
        "scope:str,request_id:str,kind:str,digest:str,status:enum RequestStatus,"
        "business_time:int,accepted_at:int,correlation_id:str,answer_kind:str,body:bytes,"
        "code:str,message_en:str,message_zh:str,field:str key=('scope',"
        " 'request_id') indexes=(('correlation_id',),) unique=()"
    ),
    "seen_message": ("message_id:str,seen_at:int key=('message_id',) indexes=() unique=()"),
}


def upgrade() -> None:
    op.create_table(
        "break_closure",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("closed_by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("closed_at", INTEGER, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index("break_closure_unique_0", "break_closure", ["fingerprint"], unique=True)
    op.create_table(
        "break_found",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("on", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("care_region", TEXT, nullable=False),
        sa.Column("insured_region", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("found_at", INTEGER, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index("break_found_index_0", "break_found", ["on", "sequence"], unique=False)
    op.create_index("break_found_unique_0", "break_found", ["fingerprint"], unique=True)
    op.create_table(
        "chain_head",
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("chain"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "consumed_offset",
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("partition", INTEGER, nullable=False),
        sa.Column("next_offset", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "journal_line",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("payer_region", TEXT, nullable=False),
        sa.Column("payee_region", TEXT, nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("clearing_type", TEXT, nullable=False),
        sa.Column("fund", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("epoch", INTEGER, nullable=False),
        sa.Column("amount_fen", INTEGER, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("slipped_months", INTEGER, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("original_line_id", TEXT, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="journal_line_amount_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index(
        "journal_line_index_0",
        "journal_line",
        ["payer_region", "payee_region", "period", "sequence"],
        unique=False,
    )
    op.create_index(
        "journal_line_index_1", "journal_line", ["payee_region", "period", "sequence"], unique=False
    )
    op.create_index("journal_line_index_2", "journal_line", ["period", "sequence"], unique=False)
    op.create_index(
        "journal_line_index_3", "journal_line", ["settlement_id", "sequence"], unique=False
    )
    op.create_index("journal_line_unique_0", "journal_line", ["line_id", "fund"], unique=True)
    op.create_table(
        "journal_state",
        sa.Column("journal", TEXT, nullable=False),
        sa.Column("posting_on", TEXT, nullable=False),
        sa.Column("published_sequence", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("journal"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "outbox",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", BINARY, nullable=False),
        sa.Column("written_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "parked_record",
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("partition", INTEGER, nullable=False),
        sa.Column("offset", INTEGER, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", BINARY, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("parked_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", "offset"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "period",
        sa.Column("period", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("epoch", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("period"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "position",
        sa.Column("payer_region", TEXT, nullable=False),
        sa.Column("payee_region", TEXT, nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("clearing_type", TEXT, nullable=False),
        sa.Column("fund", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("amount_fen", INTEGER, nullable=False),
        sa.Column("lines", INTEGER, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="position_amount_fen_is_money",
        ),
        sa.PrimaryKeyConstraint(
            "payer_region", "payee_region", "scheme", "clearing_type", "fund", "period"
        ),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index(
        "position_index_0",
        "position",
        ["payee_region", "payer_region", "scheme", "clearing_type", "fund", "period"],
        unique=False,
    )
    op.create_index(
        "position_index_1",
        "position",
        ["period", "payer_region", "payee_region", "scheme", "clearing_type", "fund"],
        unique=False,
    )
    op.create_table(
        "published_head",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("on", TEXT, nullable=False),
        sa.Column("journal_sequence", INTEGER, nullable=False),
        sa.Column("journal_hash", TEXT, nullable=False),
        sa.Column("published_at", INTEGER, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "reported_line",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("side", TEXT, nullable=False),
        sa.Column("on", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("original_line_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("care_region", TEXT, nullable=False),
        sa.Column("payer_region", TEXT, nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("clearing_type", TEXT, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("total_fen", INTEGER, nullable=False),
        sa.Column("by_fund", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("reported_at", INTEGER, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.CheckConstraint(
            "total_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="reported_line_total_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index(
        "reported_line_index_0",
        "reported_line",
        ["on", "care_region", "payer_region", "sequence"],
        unique=False,
    )
    op.create_index("reported_line_unique_0", "reported_line", ["line_id", "side"], unique=True)
    op.create_table(
        "request",
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("accepted_at", INTEGER, nullable=False),
        sa.Column("correlation_id", TEXT, nullable=False),
        sa.Column("answer_kind", TEXT, nullable=False),
        sa.Column("body", BINARY, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("message_en", TEXT, nullable=False),
        sa.Column("message_zh", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "request_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index(
        "request_index_0", "request", ["correlation_id", "scope", "request_id"], unique=False
    )
    op.create_table(
        "seen_message",
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("seen_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
