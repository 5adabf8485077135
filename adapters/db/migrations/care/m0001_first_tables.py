"""First tables."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import BINARY, BOOLEAN, HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0001"
down_revision = None

SHAPES = {
    "booked_line": (
        "line_id:str,side:str,on:date,settlement_id:str,original_line_id:str,kind:str,"
        "care_region:str,payer_region:str,scheme:enum Scheme,clearing_type:str,"
        "business_time:int,total_fen:int,by_fund:json({enum Fund:int}) key=('line_id',"
        ") indexes=(('on',),) unique=()"
    ),
    "consumed_offset": (
        "topic:str,partition:int,next_offset:int key=('topic', 'partition') indexes=() unique=()"
    ),
    "debit": (
        "debit_id:str,settlement_id:str,account_id:str,account_region:str,"
        "state:enum DebitState,limit_fen:int,deadline:int,business_time:int,amount_fen:int,"
        "debit_undo_id:str key=('debit_id',) indexes=(('state',),) unique=()"
    ),
    "fee_line": (
        "visit_id:str,line_no:int,item_code:str,quantity_e4:int,unit_price_e6:int,"
        "amount_fen:int,own_pay_fen:int,over_limit_fen:int,first_pay_fen:int,"
        "in_scope_fen:int,incurred_on:date,voided:bool key=('visit_id',"
        " 'line_no') indexes=() unique=()"
    ),
    "institution": (
        "institution_id:str,name:str,level:enum HospitalLevel key=('institution_id',"
        ") indexes=() unique=()"
    ),
    "outbox": (
        "sequence:int,topic:str,key:str,value:bytes,written_at:int key=('sequence',"
        ") indexes=() unique=()"
    ),
    "parked_record": (
        "topic:str,partition:int,offset:int,key:str,value:bytes,code:str,reason:str,"
        "parked_at:int key=('topic', 'partition', 'offset') indexes=() unique=()"
    ),
    "region_load": ("insured_region:str,waiting:int key=('insured_region',) indexes=() unique=()"),
    "request": (
        "scope:str,request_id:str,kind:str,digest:str,status:enum RequestStatus,"
        "business_time:int,accepted_at:int,correlation_id:str,answer_kind:str,body:bytes,"
        "code:str,message_en:str,message_zh:str,field:str key=('scope',"
        " 'request_id') indexes=(('correlation_id',),) unique=()"
    ),
    "seen_message": ("message_id:str,seen_at:int key=('message_id',) indexes=() unique=()"),
    "settlement": (
        "settlement_id:str,visit_id:str,institution_id:str,request_id:str,insured_region:str,"
        "member_id:str,care_type:enum CareType,state:enum SettlementState,business_time:int,"
        "total_fen:int,own_pay_fen:int,over_limit_fen:int,first_pay_fen:int,in_scope_fen:int,"
        "catalogue_bundle:str,use_account:bool,account_id:str,account_region:str,"
        "outcome:enum Outcome?,scheme:enum Scheme?,code:str,message_zh:str,message_en:str,"
        "flags:json([str...]),by_fund:json({enum Fund:int}),deductible_fen:int,"
        "account_limit_fen:int,account_fen:int,account_code:str,policy_bundle:str,"
        "illustrative:bool,debit_id:str,awaits_account:bool,undo_id:str,"
        "visit_changes:int key=('settlement_id',) indexes=(('institution_id', 'request_id'),"
        ") unique=()"
    ),
    "undo": (
        "undo_id:str,kind:str,institution_id:str,request_id:str,target_request_id:str,"
        "insured_region:str,member_id:str,settlement_id:str,previous_undo_id:str,"
        "awaits_policy:bool,awaits_account:bool,result:str key=('undo_id',"
        ") indexes=() unique=()"
    ),
    "visit": (
        "visit_id:str,institution_id:str,insured_region:str,member_id:str,"
        "care_type:enum CareType,admitted_on:date,discharged_on:date?,emergency:bool,"
        "records_verified:bool,selected_institution:bool,diagnosis_code:str,"
        "state:enum VisitState,total_fen:int,own_pay_fen:int,over_limit_fen:int,"
        "first_pay_fen:int,in_scope_fen:int,line_count:int,settlement_id:str,changes:int,"
        "circumstances:json(Circumstances(cause:enum Cause,third_party_compensation_fen:int,"
        "delivery:enum Delivery,delivered_on:date?,special_disease:bool)) key=('visit_id',"
        ") indexes=() unique=()"
    ),
}


def upgrade() -> None:
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
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("account_region", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("limit_fen", INTEGER, nullable=False),
        sa.Column("deadline", INTEGER, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("amount_fen", INTEGER, nullable=False),
        sa.Column("debit_undo_id", TEXT, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="debit_amount_fen_is_money",
        ),
        sa.CheckConstraint(
            "limit_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="debit_limit_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("debit_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index("debit_index_0", "debit", ["state", "debit_id"], unique=False)
    op.create_table(
        "fee_line",
        sa.Column("visit_id", TEXT, nullable=False),
        sa.Column("line_no", INTEGER, nullable=False),
        sa.Column("item_code", TEXT, nullable=False),
        sa.Column("quantity_e4", INTEGER, nullable=False),
        sa.Column("unit_price_e6", INTEGER, nullable=False),
        sa.Column("amount_fen", INTEGER, nullable=False),
        sa.Column("own_pay_fen", INTEGER, nullable=False),
        sa.Column("over_limit_fen", INTEGER, nullable=False),
        sa.Column("first_pay_fen", INTEGER, nullable=False),
        sa.Column("in_scope_fen", INTEGER, nullable=False),
        sa.Column("incurred_on", TEXT, nullable=False),
        sa.Column("voided", BOOLEAN, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="fee_line_amount_fen_is_money",
        ),
        sa.CheckConstraint(
            "first_pay_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="fee_line_first_pay_fen_is_money",
        ),
        sa.CheckConstraint(
            "in_scope_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="fee_line_in_scope_fen_is_money",
        ),
        sa.CheckConstraint(
            "over_limit_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="fee_line_over_limit_fen_is_money",
        ),
        sa.CheckConstraint(
            "own_pay_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="fee_line_own_pay_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("visit_id", "line_no"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "institution",
        sa.Column("institution_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("institution_id"),
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
        "region_load",
        sa.Column("insured_region", TEXT, nullable=False),
        sa.Column("waiting", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("insured_region"),
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
        sa.Column("visit_id", TEXT, nullable=False),
        sa.Column("institution_id", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("insured_region", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("care_type", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("business_time", INTEGER, nullable=False),
        sa.Column("total_fen", INTEGER, nullable=False),
        sa.Column("own_pay_fen", INTEGER, nullable=False),
        sa.Column("over_limit_fen", INTEGER, nullable=False),
        sa.Column("first_pay_fen", INTEGER, nullable=False),
        sa.Column("in_scope_fen", INTEGER, nullable=False),
        sa.Column("catalogue_bundle", TEXT, nullable=False),
        sa.Column("use_account", BOOLEAN, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("account_region", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("scheme", TEXT, nullable=True),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("message_zh", TEXT, nullable=False),
        sa.Column("message_en", TEXT, nullable=False),
        sa.Column("flags", TEXT, nullable=False),
        sa.Column("by_fund", TEXT, nullable=False),
        sa.Column("deductible_fen", INTEGER, nullable=False),
        sa.Column("account_limit_fen", INTEGER, nullable=False),
        sa.Column("account_fen", INTEGER, nullable=False),
        sa.Column("account_code", TEXT, nullable=False),
        sa.Column("policy_bundle", TEXT, nullable=False),
        sa.Column("illustrative", BOOLEAN, nullable=False),
        sa.Column("debit_id", TEXT, nullable=False),
        sa.Column("awaits_account", BOOLEAN, nullable=False),
        sa.Column("undo_id", TEXT, nullable=False),
        sa.Column("visit_changes", INTEGER, nullable=False),
        sa.CheckConstraint(
            "account_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_account_fen_is_money",
        ),
        sa.CheckConstraint(
            "account_limit_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_account_limit_fen_is_money",
        ),
        sa.CheckConstraint(
            "deductible_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_deductible_fen_is_money",
        ),
        sa.CheckConstraint(
            "first_pay_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_first_pay_fen_is_money",
        ),
        sa.CheckConstraint(
            "in_scope_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_in_scope_fen_is_money",
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
            "total_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="settlement_total_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("settlement_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_index(
        "settlement_index_0",
        "settlement",
        ["institution_id", "request_id", "settlement_id"],
        unique=False,
    )
    op.create_table(
        "undo",
        sa.Column("undo_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("institution_id", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("target_request_id", TEXT, nullable=False),
        sa.Column("insured_region", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("previous_undo_id", TEXT, nullable=False),
        sa.Column("awaits_policy", BOOLEAN, nullable=False),
        sa.Column("awaits_account", BOOLEAN, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("undo_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.create_table(
        "visit",
        sa.Column("visit_id", TEXT, nullable=False),
        sa.Column("institution_id", TEXT, nullable=False),
        sa.Column("insured_region", TEXT, nullable=False),
        sa.Column("member_id", TEXT, nullable=False),
        sa.Column("care_type", TEXT, nullable=False),
        sa.Column("admitted_on", TEXT, nullable=False),
        sa.Column("discharged_on", TEXT, nullable=True),
        sa.Column("emergency", BOOLEAN, nullable=False),
        sa.Column("records_verified", BOOLEAN, nullable=False),
        sa.Column("selected_institution", BOOLEAN, nullable=False),
        sa.Column("diagnosis_code", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("total_fen", INTEGER, nullable=False),
        sa.Column("own_pay_fen", INTEGER, nullable=False),
        sa.Column("over_limit_fen", INTEGER, nullable=False),
        sa.Column("first_pay_fen", INTEGER, nullable=False),
        sa.Column("in_scope_fen", INTEGER, nullable=False),
        sa.Column("line_count", INTEGER, nullable=False),
        sa.Column("settlement_id", TEXT, nullable=False),
        sa.Column("changes", INTEGER, nullable=False),
        sa.Column("circumstances", TEXT, nullable=False),
        sa.CheckConstraint(
            "first_pay_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="visit_first_pay_fen_is_money",
        ),
        sa.CheckConstraint(
            "in_scope_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="visit_in_scope_fen_is_money",
        ),
        sa.CheckConstraint(
            "over_limit_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="visit_over_limit_fen_is_money",
        ),
        sa.CheckConstraint(
            "own_pay_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="visit_own_pay_fen_is_money",
        ),
        sa.CheckConstraint(
            "total_fen BETWEEN -9999999999000000 AND 9999999999000000",
            name="visit_total_fen_is_money",
        ),
        sa.PrimaryKeyConstraint("visit_id"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
