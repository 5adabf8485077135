"""Bundles of rules, their re-runs, and what has to be recovered."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import BOOLEAN, HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0002"
down_revision = "0001"

SHAPES = {
    "bundle_act": (
        "sequence:int,bundle_hash:str,kind:enum ActKind,by:str,why:str,at:int,from_on:date?,"
        "previous_hash:str,hash:str key=('sequence',) indexes=(('bundle_hash',),) unique=()"
    ),
    "bundle_texts": (
        "bundle_hash:str,layers:json([RuleLayer(files:[RuleText(name:str,text:str)...],"
        "region:str)...]) key=('bundle_hash',) indexes=() unique=()"
    ),
    "chain_head": ("chain:str,sequence:int,hash:str key=('chain',) indexes=() unique=()"),
    "publication": (
        "number:int,bundle_hash:str,from_on:date?,act:int,configured:bool key=('number',"
        ") indexes=() unique=()"
    ),
    "receivable": ("settlement_id:str,amount_fen:int key=('settlement_id',) indexes=() unique=()"),
    "rerun": (
        "rerun_id:str,sequence:int,number:int,bundle_hash:str,from_on:date,"
        "state:enum RerunState,started_at:int,after_member:str,after_year:int,chains:int,"
        "settlements:int,reimburse_fen:int,recover_fen:int key=('rerun_id',"
        ") indexes=(('state',),) unique=()"
    ),
    "rerun_chain": (
        "rerun_id:str,member_id:str,benefit_year:int,publications:int,places:int,"
        "entries:json([RerunEntry(place:int,kind:str,entry_id:str)...]) key=('rerun_id',"
        " 'member_id', 'benefit_year') indexes=() unique=()"
    ),
    "rerun_item": (
        "rerun_id:str,settlement_id:str,member_id:str,benefit_year:int,day:date,"
        "old_outcome:enum Outcome,new_outcome:enum Outcome,new_code:str,"
        "old_by_fund:json({enum Fund:int}),new_by_fund:json({enum Fund:int}),"
        "old_additions:json({str:int}),new_additions:json({str:int}),before:json({str:int}),"
        "old_bundle:str,new_bundle:str,remedy:enum Remedy,state:enum ItemState,"
        "recorded_by:str,reason:str,correction_id:str,place:int,"
        "by_fund:json({enum Fund:int}),additions:json({str:int}) key=('rerun_id',"
        " 'settlement_id') indexes=(('settlement_id',), ('member_id',)) unique=()"
    ),
}


def upgrade() -> None:
    op.create_table(
        "bundle_act",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("bundle_hash", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("at", INTEGER, nullable=False),
        sa.Column("from_on", TEXT, nullable=True),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    with op.batch_alter_table("bundle_act", schema=None) as batch_op:
        batch_op.create_index("bundle_act_index_0", ["bundle_hash", "sequence"], unique=False)

    op.create_table(
        "bundle_texts",
        sa.Column("bundle_hash", TEXT, nullable=False),
        sa.Column("layers", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("bundle_hash"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "chain_head",
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("chain"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "publication",
        sa.Column("number", INTEGER, nullable=False),
        sa.Column("bundle_hash", TEXT, nullable=False),
        sa.Column("from_on", TEXT, nullable=True),
        sa.Column("act", INTEGER, nullable=False),
        sa.Column("configured", BOOLEAN, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "receivable",
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("amount_fen", INTEGER, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="receivable_amount_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("settlement_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "rerun",
        sa.Column("rerun_id", TEXT, nullable=False),
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column("bundle_hash", TEXT, nullable=False),
        sa.Column("from_on", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("started_at", INTEGER, nullable=False),
        sa.Column("after_member", TEXT, nullable=False),
        sa.Column("after_year", INTEGER, nullable=False),
        sa.Column("chains", INTEGER, nullable=False),
        sa.Column("settlements", INTEGER, nullable=False),
        sa.Column("reimburse_fen", INTEGER, nullable=False),
        sa.Column("recover_fen", INTEGER, nullable=False),
        sa.CheckConstraint(
            "recover_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="rerun_recover_fen_is_money",
        ),
        sa.CheckConstraint(
            "reimburse_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="rerun_reimburse_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("rerun_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    with op.batch_alter_table("rerun", schema=None) as batch_op:
        batch_op.create_index("rerun_index_0", ["state", "rerun_id"], unique=False)

    op.create_table(
        "rerun_chain",
        sa.Column("rerun_id", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("benefit_year", INTEGER, nullable=False),
        sa.Column("publications", INTEGER, nullable=False),
        sa.Column("places", INTEGER, nullable=False),
        sa.Column("entries", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("rerun_id", "member_id", "benefit_year"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "rerun_item",
        sa.Column("rerun_id", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("benefit_year", INTEGER, nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("old_outcome", TEXT, nullable=False),
        sa.Column("new_outcome", TEXT, nullable=False),
        sa.Column("new_code", TEXT, nullable=False),
        sa.Column("old_by_fund", TEXT, nullable=False),
        sa.Column("new_by_fund", TEXT, nullable=False),
        sa.Column("old_additions", TEXT, nullable=False),
        sa.Column("new_additions", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("old_bundle", TEXT, nullable=False),
        sa.Column("new_bundle", TEXT, nullable=False),
        sa.Column("remedy", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("correction_id", TEXT, nullable=False),
        sa.Column("place", INTEGER, nullable=False),
        sa.Column("by_fund", TEXT, nullable=False),
        sa.Column("additions", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("rerun_id", "settlement_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    with op.batch_alter_table("rerun_item", schema=None) as batch_op:
        batch_op.create_index("rerun_item_index_0", ["settlement_id", "rerun_id"], unique=False)
        batch_op.create_index(
            "rerun_item_index_1", ["member_id", "rerun_id", "settlement_id"], unique=False
        )
