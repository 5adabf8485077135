import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from protos.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Envelope(_message.Message):
    __slots__ = ("message_id", "correlation_id", "from_role", "from_region", "to_role", "to_region", "schema_version", "business_time", "sent_at", "trace_parent", "settle_requested", "settlement_decided", "undo_requested", "undo_decided", "debit_requested", "debit_decided", "debit_undo_requested", "debit_undone", "fee_lines_detailed", "line_reported", "journal_head_published", "correction_recorded", "request_parked", "lines_reported", "filing_asked")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_ROLE_FIELD_NUMBER: _ClassVar[int]
    FROM_REGION_FIELD_NUMBER: _ClassVar[int]
    TO_ROLE_FIELD_NUMBER: _ClassVar[int]
    TO_REGION_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_VERSION_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    TRACE_PARENT_FIELD_NUMBER: _ClassVar[int]
    SETTLE_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_DECIDED_FIELD_NUMBER: _ClassVar[int]
    UNDO_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    UNDO_DECIDED_FIELD_NUMBER: _ClassVar[int]
    DEBIT_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    DEBIT_DECIDED_FIELD_NUMBER: _ClassVar[int]
    DEBIT_UNDO_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    DEBIT_UNDONE_FIELD_NUMBER: _ClassVar[int]
    FEE_LINES_DETAILED_FIELD_NUMBER: _ClassVar[int]
    LINE_REPORTED_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_HEAD_PUBLISHED_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_RECORDED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_PARKED_FIELD_NUMBER: _ClassVar[int]
    LINES_REPORTED_FIELD_NUMBER: _ClassVar[int]
    FILING_ASKED_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    correlation_id: str
    from_role: str
    from_region: str
    to_role: str
    to_region: str
    schema_version: int
    business_time: _timestamp_pb2.Timestamp
    sent_at: _timestamp_pb2.Timestamp
    trace_parent: str
    settle_requested: SettleRequested
    settlement_decided: SettlementDecided
    undo_requested: UndoRequested
    undo_decided: UndoDecided
    debit_requested: DebitRequested
    debit_decided: DebitDecided
    debit_undo_requested: DebitUndoRequested
    debit_undone: DebitUndone
    fee_lines_detailed: FeeLinesDetailed
    line_reported: LineReported
    journal_head_published: JournalHeadPublished
    correction_recorded: CorrectionRecorded
    request_parked: RequestParked
    lines_reported: LinesReported
    filing_asked: FilingAsked
    def __init__(self, message_id: _Optional[str] = ..., correlation_id: _Optional[str] = ..., from_role: _Optional[str] = ..., from_region: _Optional[str] = ..., to_role: _Optional[str] = ..., to_region: _Optional[str] = ..., schema_version: _Optional[int] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., trace_parent: _Optional[str] = ..., settle_requested: _Optional[_Union[SettleRequested, _Mapping]] = ..., settlement_decided: _Optional[_Union[SettlementDecided, _Mapping]] = ..., undo_requested: _Optional[_Union[UndoRequested, _Mapping]] = ..., undo_decided: _Optional[_Union[UndoDecided, _Mapping]] = ..., debit_requested: _Optional[_Union[DebitRequested, _Mapping]] = ..., debit_decided: _Optional[_Union[DebitDecided, _Mapping]] = ..., debit_undo_requested: _Optional[_Union[DebitUndoRequested, _Mapping]] = ..., debit_undone: _Optional[_Union[DebitUndone, _Mapping]] = ..., fee_lines_detailed: _Optional[_Union[FeeLinesDetailed, _Mapping]] = ..., line_reported: _Optional[_Union[LineReported, _Mapping]] = ..., journal_head_published: _Optional[_Union[JournalHeadPublished, _Mapping]] = ..., correction_recorded: _Optional[_Union[CorrectionRecorded, _Mapping]] = ..., request_parked: _Optional[_Union[RequestParked, _Mapping]] = ..., lines_reported: _Optional[_Union[LinesReported, _Mapping]] = ..., filing_asked: _Optional[_Union[FilingAsked, _Mapping]] = ...) -> None: ...

class SettleRequested(_message.Message):
    __slots__ = ("settlement_id", "institution_id", "request_id", "visit_id", "care_region", "insured_region", "member_id", "hospital_level", "care_type", "admitted_on", "discharged_on", "emergency", "records_verified", "selected_institution", "cost", "line_count", "lines_digest", "catalogue_bundle", "deadline", "circumstances")
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    HOSPITAL_LEVEL_FIELD_NUMBER: _ClassVar[int]
    CARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_ON_FIELD_NUMBER: _ClassVar[int]
    DISCHARGED_ON_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_FIELD_NUMBER: _ClassVar[int]
    RECORDS_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    SELECTED_INSTITUTION_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LINES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    settlement_id: str
    institution_id: str
    request_id: str
    visit_id: str
    care_region: str
    insured_region: str
    member_id: str
    hospital_level: _common_pb2.HospitalLevel
    care_type: _common_pb2.CareType
    admitted_on: str
    discharged_on: str
    emergency: bool
    records_verified: bool
    selected_institution: bool
    cost: _common_pb2.CostSplit
    line_count: int
    lines_digest: str
    catalogue_bundle: str
    deadline: _timestamp_pb2.Timestamp
    circumstances: _common_pb2.Circumstances
    def __init__(self, settlement_id: _Optional[str] = ..., institution_id: _Optional[str] = ..., request_id: _Optional[str] = ..., visit_id: _Optional[str] = ..., care_region: _Optional[str] = ..., insured_region: _Optional[str] = ..., member_id: _Optional[str] = ..., hospital_level: _Optional[_Union[_common_pb2.HospitalLevel, str]] = ..., care_type: _Optional[_Union[_common_pb2.CareType, str]] = ..., admitted_on: _Optional[str] = ..., discharged_on: _Optional[str] = ..., emergency: _Optional[bool] = ..., records_verified: _Optional[bool] = ..., selected_institution: _Optional[bool] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ..., line_count: _Optional[int] = ..., lines_digest: _Optional[str] = ..., catalogue_bundle: _Optional[str] = ..., deadline: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., circumstances: _Optional[_Union[_common_pb2.Circumstances, _Mapping]] = ...) -> None: ...

class SettlementDecided(_message.Message):
    __slots__ = ("settlement_id", "institution_id", "request_id", "result", "code", "message_zh", "message_en", "flags", "by_fund", "deductible_fen", "account_limit_fen", "account_id", "scheme", "policy_bundle", "illustrative")
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    BY_FUND_FIELD_NUMBER: _ClassVar[int]
    DEDUCTIBLE_FEN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    ILLUSTRATIVE_FIELD_NUMBER: _ClassVar[int]
    settlement_id: str
    institution_id: str
    request_id: str
    result: str
    code: str
    message_zh: str
    message_en: str
    flags: _containers.RepeatedScalarFieldContainer[str]
    by_fund: _containers.RepeatedCompositeFieldContainer[_common_pb2.FundAmount]
    deductible_fen: int
    account_limit_fen: int
    account_id: str
    scheme: _common_pb2.Scheme
    policy_bundle: str
    illustrative: bool
    def __init__(self, settlement_id: _Optional[str] = ..., institution_id: _Optional[str] = ..., request_id: _Optional[str] = ..., result: _Optional[str] = ..., code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ..., flags: _Optional[_Iterable[str]] = ..., by_fund: _Optional[_Iterable[_Union[_common_pb2.FundAmount, _Mapping]]] = ..., deductible_fen: _Optional[int] = ..., account_limit_fen: _Optional[int] = ..., account_id: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., policy_bundle: _Optional[str] = ..., illustrative: _Optional[bool] = ...) -> None: ...

class UndoRequested(_message.Message):
    __slots__ = ("undo_id", "kind", "institution_id", "care_region", "member_id", "insured_region", "target_request_id", "settlement_id", "request_id")
    UNDO_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    TARGET_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    undo_id: str
    kind: str
    institution_id: str
    care_region: str
    member_id: str
    insured_region: str
    target_request_id: str
    settlement_id: str
    request_id: str
    def __init__(self, undo_id: _Optional[str] = ..., kind: _Optional[str] = ..., institution_id: _Optional[str] = ..., care_region: _Optional[str] = ..., member_id: _Optional[str] = ..., insured_region: _Optional[str] = ..., target_request_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UndoDecided(_message.Message):
    __slots__ = ("undo_id", "kind", "result", "code", "message_zh", "message_en", "settlement_id")
    UNDO_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    undo_id: str
    kind: str
    result: str
    code: str
    message_zh: str
    message_en: str
    settlement_id: str
    def __init__(self, undo_id: _Optional[str] = ..., kind: _Optional[str] = ..., result: _Optional[str] = ..., code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ..., settlement_id: _Optional[str] = ...) -> None: ...

class DebitRequested(_message.Message):
    __slots__ = ("debit_id", "settlement_id", "care_region", "account_id", "account_region", "member_id", "scheme", "care_type", "limit_fen", "deadline")
    DEBIT_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    debit_id: str
    settlement_id: str
    care_region: str
    account_id: str
    account_region: str
    member_id: str
    scheme: _common_pb2.Scheme
    care_type: _common_pb2.CareType
    limit_fen: int
    deadline: _timestamp_pb2.Timestamp
    def __init__(self, debit_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., care_region: _Optional[str] = ..., account_id: _Optional[str] = ..., account_region: _Optional[str] = ..., member_id: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., care_type: _Optional[_Union[_common_pb2.CareType, str]] = ..., limit_fen: _Optional[int] = ..., deadline: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DebitDecided(_message.Message):
    __slots__ = ("debit_id", "settlement_id", "result", "code", "amount_fen")
    DEBIT_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    debit_id: str
    settlement_id: str
    result: str
    code: str
    amount_fen: int
    def __init__(self, debit_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., result: _Optional[str] = ..., code: _Optional[str] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class DebitUndoRequested(_message.Message):
    __slots__ = ("debit_undo_id", "debit_id", "settlement_id", "care_region", "account_id", "account_region")
    DEBIT_UNDO_ID_FIELD_NUMBER: _ClassVar[int]
    DEBIT_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_REGION_FIELD_NUMBER: _ClassVar[int]
    debit_undo_id: str
    debit_id: str
    settlement_id: str
    care_region: str
    account_id: str
    account_region: str
    def __init__(self, debit_undo_id: _Optional[str] = ..., debit_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., care_region: _Optional[str] = ..., account_id: _Optional[str] = ..., account_region: _Optional[str] = ...) -> None: ...

class DebitUndone(_message.Message):
    __slots__ = ("debit_undo_id", "debit_id", "settlement_id", "amount_fen")
    DEBIT_UNDO_ID_FIELD_NUMBER: _ClassVar[int]
    DEBIT_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    debit_undo_id: str
    debit_id: str
    settlement_id: str
    amount_fen: int
    def __init__(self, debit_undo_id: _Optional[str] = ..., debit_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class CorrectionRecorded(_message.Message):
    __slots__ = ("correction_id", "settlement_id", "by_fund")
    CORRECTION_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BY_FUND_FIELD_NUMBER: _ClassVar[int]
    correction_id: str
    settlement_id: str
    by_fund: _containers.RepeatedCompositeFieldContainer[_common_pb2.FundAmount]
    def __init__(self, correction_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., by_fund: _Optional[_Iterable[_Union[_common_pb2.FundAmount, _Mapping]]] = ...) -> None: ...

class RequestParked(_message.Message):
    __slots__ = ("code", "message_zh", "message_en", "settlement_id", "undo_id")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    UNDO_ID_FIELD_NUMBER: _ClassVar[int]
    code: str
    message_zh: str
    message_en: str
    settlement_id: str
    undo_id: str
    def __init__(self, code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ..., settlement_id: _Optional[str] = ..., undo_id: _Optional[str] = ...) -> None: ...

class FilingAsked(_message.Message):
    __slots__ = ("method", "scope", "request_id", "digest", "accepted_at", "member_id", "on", "filing_id", "before_id", "category", "destination_region", "committed")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_AT_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    FILING_ID_FIELD_NUMBER: _ClassVar[int]
    BEFORE_ID_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_REGION_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_FIELD_NUMBER: _ClassVar[int]
    method: str
    scope: str
    request_id: str
    digest: str
    accepted_at: _timestamp_pb2.Timestamp
    member_id: str
    on: str
    filing_id: str
    before_id: str
    category: str
    destination_region: str
    committed: bool
    def __init__(self, method: _Optional[str] = ..., scope: _Optional[str] = ..., request_id: _Optional[str] = ..., digest: _Optional[str] = ..., accepted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., member_id: _Optional[str] = ..., on: _Optional[str] = ..., filing_id: _Optional[str] = ..., before_id: _Optional[str] = ..., category: _Optional[str] = ..., destination_region: _Optional[str] = ..., committed: _Optional[bool] = ...) -> None: ...

class FeeLinesDetailed(_message.Message):
    __slots__ = ("settlement_id", "chunk_no", "chunks", "lines")
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_NO_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    settlement_id: str
    chunk_no: int
    chunks: int
    lines: _containers.RepeatedCompositeFieldContainer[DetailedLine]
    def __init__(self, settlement_id: _Optional[str] = ..., chunk_no: _Optional[int] = ..., chunks: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[DetailedLine, _Mapping]]] = ...) -> None: ...

class DetailedLine(_message.Message):
    __slots__ = ("line_no", "item_code", "quantity_e4", "unit_price_e6", "amount_fen", "own_pay_fen", "over_limit_fen", "first_pay_fen", "in_scope_fen", "incurred_on")
    LINE_NO_FIELD_NUMBER: _ClassVar[int]
    ITEM_CODE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_E4_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_E6_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    OWN_PAY_FEN_FIELD_NUMBER: _ClassVar[int]
    OVER_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    FIRST_PAY_FEN_FIELD_NUMBER: _ClassVar[int]
    IN_SCOPE_FEN_FIELD_NUMBER: _ClassVar[int]
    INCURRED_ON_FIELD_NUMBER: _ClassVar[int]
    line_no: int
    item_code: str
    quantity_e4: int
    unit_price_e6: int
    amount_fen: int
    own_pay_fen: int
    over_limit_fen: int
    first_pay_fen: int
    in_scope_fen: int
    incurred_on: str
    def __init__(self, line_no: _Optional[int] = ..., item_code: _Optional[str] = ..., quantity_e4: _Optional[int] = ..., unit_price_e6: _Optional[int] = ..., amount_fen: _Optional[int] = ..., own_pay_fen: _Optional[int] = ..., over_limit_fen: _Optional[int] = ..., first_pay_fen: _Optional[int] = ..., in_scope_fen: _Optional[int] = ..., incurred_on: _Optional[str] = ...) -> None: ...

class LineReported(_message.Message):
    __slots__ = ("side", "line_id", "settlement_id", "original_line_id", "kind", "care_region", "payer_region", "scheme", "clearing_type", "total_fen", "by_fund")
    SIDE_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_LINE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    PAYER_REGION_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CLEARING_TYPE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BY_FUND_FIELD_NUMBER: _ClassVar[int]
    side: str
    line_id: str
    settlement_id: str
    original_line_id: str
    kind: str
    care_region: str
    payer_region: str
    scheme: _common_pb2.Scheme
    clearing_type: str
    total_fen: int
    by_fund: _containers.RepeatedCompositeFieldContainer[_common_pb2.FundAmount]
    def __init__(self, side: _Optional[str] = ..., line_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., original_line_id: _Optional[str] = ..., kind: _Optional[str] = ..., care_region: _Optional[str] = ..., payer_region: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., clearing_type: _Optional[str] = ..., total_fen: _Optional[int] = ..., by_fund: _Optional[_Iterable[_Union[_common_pb2.FundAmount, _Mapping]]] = ...) -> None: ...

class LinesReported(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[DatedLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[DatedLine, _Mapping]]] = ...) -> None: ...

class DatedLine(_message.Message):
    __slots__ = ("line", "business_time", "trace_parent")
    LINE_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    TRACE_PARENT_FIELD_NUMBER: _ClassVar[int]
    line: LineReported
    business_time: _timestamp_pb2.Timestamp
    trace_parent: str
    def __init__(self, line: _Optional[_Union[LineReported, _Mapping]] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., trace_parent: _Optional[str] = ...) -> None: ...

class JournalHeadPublished(_message.Message):
    __slots__ = ("on", "sequence", "hash")
    ON_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    on: str
    sequence: int
    hash: str
    def __init__(self, on: _Optional[str] = ..., sequence: _Optional[int] = ..., hash: _Optional[str] = ...) -> None: ...
