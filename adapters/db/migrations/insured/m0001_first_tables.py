"""First tables."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import BINARY, BOOLEAN, HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0001"
down_revision = None

SHAPES = {
    "account": (
        "account_id:str,holder_id:str,opening_fen:int,balance_fen:int,"
        "shared_with:json([str...]) key=('account_id',) indexes=() unique=()"
    ),
    "accumulators": (
        "member_id:str,benefit_year:int,values:json({str:int}),places:int key=('member_id',"
        " 'benefit_year') indexes=() unique=()"
    ),
    "booked_line": (
        "line_id:str,side:str,on:date,settlement_id:str,original_line_id:str,kind:str,"
        "care_region:str,payer_region:str,scheme:enum Scheme,clearing_type:str,"
        "business_time:int,total_fen:int,by_fund:json({enum Fund:int}) key=('line_id',"
        ") indexes=(('on',),) unique=()"
    ),
    "bundle": ("bundle_hash:str,canonical:str key=('bundle_hash',) indexes=() unique=()"),
    "care_request": (
        "care_region:str,institution_id:str,request_id:str,kind:enum RequestKind,"
        "settlement_id:str,undo_id:str key=('care_region', 'institution_id',"
        " 'request_id') indexes=() unique=()"
    ),
    "consumed_offset": (
        "topic:str,partition:int,next_offset:int key=('topic', 'partition') indexes=() unique=()"
    ),
    "debit": (
        "debit_id:str,account_id:str,settlement_id:str,care_region:str,state:enum DebitState,"
        "scheme:enum Scheme?,care_type:enum CareType?,amount_fen:int,"
        "code:str key=('debit_id',) indexes=(('account_id',),) unique=()"
    ),
    "filing": (
        "filing_id:str,member_id:str,insured_region:str,category:enum FilingCategory,"
        "destination_region:str,approved_on:date,valid_from:date,valid_until:date?,"
        "locked_until:date?,revoked_on:date?,committed:bool,proof_on:date?,"
        "replaces:str key=('filing_id',) indexes=(('member_id',),) unique=()"
    ),
    "journal_head": ("sequence:int,on:date,hash:str key=('sequence',) indexes=() unique=()"),
    "line_details": (
        "settlement_id:str,chunk_no:int,chunks:int,lines:json([DetailedLine(line_no:int,"
        "item_code:str,quantity_e4:int,unit_price_e6:int,amount_fen:int,own_pay_fen:int,"
        "over_limit_fen:int,first_pay_fen:int,in_scope_fen:int,"
        "incurred_on:date)...]) key=('settlement_id', 'chunk_no') indexes=() unique=()"
    ),
    "live_settlement": (
        "care_region:str,visit_id:str,settlement_id:str key=('care_region',"
        " 'visit_id') indexes=() unique=()"
    ),
    "manual_case": (
        "case_id:str,member_id:str,state:enum CaseState,benefit_year:int,"
        "by_fund:json({enum Fund:int}),additions:json({str:int}),decided_by:str,reason:str,"
        "place:int key=('case_id',) indexes=(('state',), ('member_id',)) unique=()"
    ),
    "member": (
        "member_id:str,birth_date:date,identities:json([str...]),"
        "spans:json([EnrolmentSpan(scheme:enum Scheme,category:str,benefit_from:date,"
        "benefit_until:date,enrolled_on:date,cap_increase_fen:int)...]),"
        "account_id:str key=('member_id',) indexes=() unique=()"
    ),
    "outbox": (
        "sequence:int,topic:str,key:str,value:bytes,written_at:int key=('sequence',"
        ") indexes=() unique=()"
    ),
    "parked_record": (
        "topic:str,partition:int,offset:int,key:str,value:bytes,code:str,reason:str,"
        "parked_at:int key=('topic', 'partition', 'offset') indexes=() unique=()"
    ),
    "request": (
        "scope:str,request_id:str,kind:str,digest:str,status:enum RequestStatus,"
        "business_time:int,accepted_at:int,correlation_id:str,answer_kind:str,body:bytes,"
        "code:str,message_en:str,message_zh:str,field:str key=('scope',"
        " 'request_id') indexes=(('correlation_id',),) unique=()"
    ),
    "seen_message": ("message_id:str,seen_at:int key=('message_id',) indexes=() unique=()"),
    "settlement": (
        "settlement_id:str,care_region:str,institution_id:str,request_id:str,visit_id:str,"
        "member_id:str,state:enum SettlementState,business_time:int,scheme:enum Scheme?,"
        "category:str,birth_date:date?,identities:json([str...]),"
        "hospital_level:enum HospitalLevel,care_type:enum CareType,admitted_on:date,"
        "discharged_on:date,filing:enum Filing?,filing_id:str,selected_institution:bool,"
        "total_fen:int,own_pay_fen:int,over_limit_fen:int,first_pay_fen:int,"
        "outcome:enum Outcome,code:str,message_zh:str,message_en:str,"
        "by_fund:json({enum Fund:int}),benefit_year:int,before:json({str:int}),"
        "additions:json({str:int}),policy_bundle:str,catalogue_bundle:str,lines_digest:str,"
        "line_count:int,flags:json([str...]),"
        "circumstances:json(Circumstances(cause:enum Cause,third_party_compensation_fen:int,"
        "delivery:enum Delivery,delivered_on:date?,special_disease:bool)),"
        "cap_increase_fen:int,recoverable_fen:int,place:int,undo_id:str,"
        "seal:str key=('settlement_id',) indexes=(('member_id',),) unique=()"
    ),
}


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("holder_id", TEXT, nullable=False),
        sa.Column("opening_fen", INTEGER, nullable=False),
        sa.Column("balance_fen", INTEGER, nullable=False),
        sa.Column("shared_with", TEXT, nullable=False),
        sa.CheckConstraint(
            "balance_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="account_balance_fen_is_money",
        ),
        sa.CheckConstraint(
            "opening_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="account_opening_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("account_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "accumulators",
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("benefit_year", INTEGER, nullable=False),
        sa.Column("values", TEXT, nullable=False),
        sa.Column("places", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "benefit_year"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "booked_line",
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
        sa.CheckConstraint(
            "total_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="booked_line_total_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("line_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index("booked_line_index_0", "booked_line", ["on", "line_id"], unique=False)
    op.create_table(
        "bundle",
        sa.Column("bundle_hash", TEXT, nullable=False),
        sa.Column("canonical", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("bundle_hash"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "care_request",
        sa.Column("care_region", TEXT, nullable=False),
        sa.Column("institution_id", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("undo_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("care_region", "institution_id", "request_id"),
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
        "debit",
        sa.Column("debit_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("care_region", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("scheme", TEXT, nullable=True),
        sa.Column("care_type", TEXT, nullable=True),
        sa.Column("amount_fen", INTEGER, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="debit_amount_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("debit_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index("debit_index_0", "debit", ["account_id", "debit_id"], unique=False)
    op.create_table(
        "filing",
        sa.Column("filing_id", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("insured_region", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("destination_region", TEXT, nullable=False),
        sa.Column("approved_on", TEXT, nullable=False),
        sa.Column("valid_from", TEXT, nullable=False),
        sa.Column("valid_until", TEXT, nullable=True),
        sa.Column("locked_until", TEXT, nullable=True),
        sa.Column("revoked_on", TEXT, nullable=True),
        sa.Column("committed", BOOLEAN, nullable=False),
        sa.Column("proof_on", TEXT, nullable=True),
        sa.Column("replaces", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("filing_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index("filing_index_0", "filing", ["member_id", "filing_id"], unique=False)
    op.create_table(
        "journal_head",
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column("on", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "line_details",
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("chunk_no", INTEGER, nullable=False),
        sa.Column("chunks", INTEGER, nullable=False),
        sa.Column("lines", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("settlement_id", "chunk_no"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "live_settlement",
        sa.Column("care_region", TEXT, nullable=False),
        sa.Column("visit_id", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("care_region", "visit_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "manual_case",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("benefit_year", INTEGER, nullable=False),
        sa.Column("by_fund", TEXT, nullable=False),
        sa.Column("additions", TEXT, nullable=False),
        sa.Column("decided_by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("place", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index("manual_case_index_0", "manual_case", ["state", "case_id"], unique=False)
    op.create_index("manual_case_index_1", "manual_case", ["member_id", "case_id"], unique=False)
    op.create_table(
        "member",
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("birth_date", TEXT, nullable=False),
        sa.Column("identities", TEXT, nullable=False),
        sa.Column("spans", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
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
    op.create_table(
        "settlement",
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("care_region", TEXT, nullable=False),
        sa.Column("institution_id", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("visit_id", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("scheme", TEXT, nullable=True),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("birth_date", TEXT, nullable=True),
        sa.Column("identities", TEXT, nullable=False),
        sa.Column("hospital_level", TEXT, nullable=False),
        sa.Column("care_type", TEXT, nullable=False),
        sa.Column("admitted_on", TEXT, nullable=False),
        sa.Column("discharged_on", TEXT, nullable=False),
        sa.Column("filing", TEXT, nullable=True),
        sa.Column("filing_id", TEXT, nullable=False),
        sa.Column("selected_institution", BOOLEAN, nullable=False),
        sa.Column("total_fen", INTEGER, nullable=False),
        sa.Column("own_pay_fen", INTEGER, nullable=False),
        sa.Column("over_limit_fen", INTEGER, nullable=False),
        sa.Column("first_pay_fen", INTEGER, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("message_zh", TEXT, nullable=False),
        sa.Column("message_en", TEXT, nullable=False),
        sa.Column("by_fund", TEXT, nullable=False),
        sa.Column("benefit_year", INTEGER, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("additions", TEXT, nullable=False),
        sa.Column("policy_bundle", TEXT, nullable=False),
        sa.Column("catalogue_bundle", TEXT, nullable=False),
        sa.Column("lines_digest", TEXT, nullable=False),
        sa.Column("line_count", INTEGER, nullable=False),
        sa.Column("flags", TEXT, nullable=False),
        sa.Column("circumstances", TEXT, nullable=False),
        sa.Column("cap_increase_fen", INTEGER, nullable=False),
        sa.Column("recoverable_fen", INTEGER, nullable=False),
        sa.Column("place", INTEGER, nullable=False),
        sa.Column("undo_id", TEXT, nullable=False),
        sa.Column("seal", TEXT, nullable=False),
        sa.CheckConstraint(
            "cap_increase_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_cap_increase_fen_is_money",
        ),
        sa.CheckConstraint(
            "first_pay_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_first_pay_fen_is_money",
        ),
        sa.CheckConstraint(
            "over_limit_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_over_limit_fen_is_money",
        ),
        sa.CheckConstraint(
            "own_pay_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_own_pay_fen_is_money",
        ),
        sa.CheckConstraint(
            "recoverable_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_recoverable_fen_is_money",
        ),
        sa.CheckConstraint(
            "total_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_total_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("settlement_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index(
        "settlement_index_0", "settlement", ["member_id", "settlement_id"], unique=False
    )
