import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from protos.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class VisitState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VISIT_STATE_UNSPECIFIED: _ClassVar[VisitState]
    VISIT_STATE_OPEN: _ClassVar[VisitState]
    VISIT_STATE_CLOSED: _ClassVar[VisitState]
    VISIT_STATE_SETTLING: _ClassVar[VisitState]
    VISIT_STATE_SETTLED: _ClassVar[VisitState]
    VISIT_STATE_CANCELLED: _ClassVar[VisitState]
VISIT_STATE_UNSPECIFIED: VisitState
VISIT_STATE_OPEN: VisitState
VISIT_STATE_CLOSED: VisitState
VISIT_STATE_SETTLING: VisitState
VISIT_STATE_SETTLED: VisitState
VISIT_STATE_CANCELLED: VisitState

class LookUpMemberRequest(_message.Message):
    __slots__ = ("care_region", "insured_region", "member_id", "on")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    insured_region: str
    member_id: str
    on: str
    def __init__(self, care_region: _Optional[str] = ..., insured_region: _Optional[str] = ..., member_id: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class LookUpMemberResponse(_message.Message):
    __slots__ = ("member_id", "insured_region", "scheme", "category", "entitled", "reason_code", "reason_zh", "reason_en", "filing", "filing_id", "account_balance_fen", "account_id", "illustrative")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    ENTITLED_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_ZH_FIELD_NUMBER: _ClassVar[int]
    REASON_EN_FIELD_NUMBER: _ClassVar[int]
    FILING_FIELD_NUMBER: _ClassVar[int]
    FILING_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_BALANCE_FEN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ILLUSTRATIVE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    insured_region: str
    scheme: _common_pb2.Scheme
    category: str
    entitled: bool
    reason_code: str
    reason_zh: str
    reason_en: str
    filing: _common_pb2.Filing
    filing_id: str
    account_balance_fen: int
    account_id: str
    illustrative: bool
    def __init__(self, member_id: _Optional[str] = ..., insured_region: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., category: _Optional[str] = ..., entitled: _Optional[bool] = ..., reason_code: _Optional[str] = ..., reason_zh: _Optional[str] = ..., reason_en: _Optional[str] = ..., filing: _Optional[_Union[_common_pb2.Filing, str]] = ..., filing_id: _Optional[str] = ..., account_balance_fen: _Optional[int] = ..., account_id: _Optional[str] = ..., illustrative: _Optional[bool] = ...) -> None: ...

class Institution(_message.Message):
    __slots__ = ("institution_id", "name", "level")
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    institution_id: str
    name: str
    level: _common_pb2.HospitalLevel
    def __init__(self, institution_id: _Optional[str] = ..., name: _Optional[str] = ..., level: _Optional[_Union[_common_pb2.HospitalLevel, str]] = ...) -> None: ...

class RegisterInstitutionsRequest(_message.Message):
    __slots__ = ("header", "institutions")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    INSTITUTIONS_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    institutions: _containers.RepeatedCompositeFieldContainer[Institution]
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., institutions: _Optional[_Iterable[_Union[Institution, _Mapping]]] = ...) -> None: ...

class RegisterInstitutionsResponse(_message.Message):
    __slots__ = ("registered",)
    REGISTERED_FIELD_NUMBER: _ClassVar[int]
    registered: int
    def __init__(self, registered: _Optional[int] = ...) -> None: ...

class OpenVisitRequest(_message.Message):
    __slots__ = ("header", "insured_region", "member_id", "care_type", "admitted_on", "emergency", "records_verified", "selected_institution", "diagnosis_code", "circumstances")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_ON_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_FIELD_NUMBER: _ClassVar[int]
    RECORDS_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    SELECTED_INSTITUTION_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_CODE_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    insured_region: str
    member_id: str
    care_type: _common_pb2.CareType
    admitted_on: str
    emergency: bool
    records_verified: bool
    selected_institution: bool
    diagnosis_code: str
    circumstances: _common_pb2.Circumstances
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., insured_region: _Optional[str] = ..., member_id: _Optional[str] = ..., care_type: _Optional[_Union[_common_pb2.CareType, str]] = ..., admitted_on: _Optional[str] = ..., emergency: _Optional[bool] = ..., records_verified: _Optional[bool] = ..., selected_institution: _Optional[bool] = ..., diagnosis_code: _Optional[str] = ..., circumstances: _Optional[_Union[_common_pb2.Circumstances, _Mapping]] = ...) -> None: ...

class ChangeVisitRequest(_message.Message):
    __slots__ = ("header", "visit_id", "admitted_on", "diagnosis_code", "circumstances")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_ON_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_CODE_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    visit_id: str
    admitted_on: str
    diagnosis_code: str
    circumstances: _common_pb2.Circumstances
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., visit_id: _Optional[str] = ..., admitted_on: _Optional[str] = ..., diagnosis_code: _Optional[str] = ..., circumstances: _Optional[_Union[_common_pb2.Circumstances, _Mapping]] = ...) -> None: ...

class CloseVisitRequest(_message.Message):
    __slots__ = ("header", "visit_id", "discharged_on")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    DISCHARGED_ON_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    visit_id: str
    discharged_on: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., visit_id: _Optional[str] = ..., discharged_on: _Optional[str] = ...) -> None: ...

class CancelVisitRequest(_message.Message):
    __slots__ = ("header", "visit_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    visit_id: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., visit_id: _Optional[str] = ...) -> None: ...

class VisitResponse(_message.Message):
    __slots__ = ("visit_id", "state")
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    visit_id: str
    state: VisitState
    def __init__(self, visit_id: _Optional[str] = ..., state: _Optional[_Union[VisitState, str]] = ...) -> None: ...

class FeeLine(_message.Message):
    __slots__ = ("line_no", "item_code", "quantity_e4", "unit_price_e6", "amount_fen", "incurred_on")
    LINE_NO_FIELD_NUMBER: _ClassVar[int]
    ITEM_CODE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_E4_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_E6_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    INCURRED_ON_FIELD_NUMBER: _ClassVar[int]
    line_no: int
    item_code: str
    quantity_e4: int
    unit_price_e6: int
    amount_fen: int
    incurred_on: str
    def __init__(self, line_no: _Optional[int] = ..., item_code: _Optional[str] = ..., quantity_e4: _Optional[int] = ..., unit_price_e6: _Optional[int] = ..., amount_fen: _Optional[int] = ..., incurred_on: _Optional[str] = ...) -> None: ...

class SplitFeeLine(_message.Message):
    __slots__ = ("line_no", "item_class", "amount_fen", "own_pay_fen", "over_limit_fen", "first_pay_fen", "in_scope_fen", "source")
    LINE_NO_FIELD_NUMBER: _ClassVar[int]
    ITEM_CLASS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    OWN_PAY_FEN_FIELD_NUMBER: _ClassVar[int]
    OVER_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    FIRST_PAY_FEN_FIELD_NUMBER: _ClassVar[int]
    IN_SCOPE_FEN_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    line_no: int
    item_class: str
    amount_fen: int
    own_pay_fen: int
    over_limit_fen: int
    first_pay_fen: int
    in_scope_fen: int
    source: str
    def __init__(self, line_no: _Optional[int] = ..., item_class: _Optional[str] = ..., amount_fen: _Optional[int] = ..., own_pay_fen: _Optional[int] = ..., over_limit_fen: _Optional[int] = ..., first_pay_fen: _Optional[int] = ..., in_scope_fen: _Optional[int] = ..., source: _Optional[str] = ...) -> None: ...

class UploadFeeLinesRequest(_message.Message):
    __slots__ = ("header", "visit_id", "lines")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    visit_id: str
    lines: _containers.RepeatedCompositeFieldContainer[FeeLine]
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., visit_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[FeeLine, _Mapping]]] = ...) -> None: ...

class VoidFeeLinesRequest(_message.Message):
    __slots__ = ("header", "visit_id", "line_nos")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    LINE_NOS_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    visit_id: str
    line_nos: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., visit_id: _Optional[str] = ..., line_nos: _Optional[_Iterable[int]] = ...) -> None: ...

class UploadFeeLinesResponse(_message.Message):
    __slots__ = ("visit_id", "lines", "cost")
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    visit_id: str
    lines: _containers.RepeatedCompositeFieldContainer[SplitFeeLine]
    cost: _common_pb2.CostSplit
    def __init__(self, visit_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[SplitFeeLine, _Mapping]]] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ...) -> None: ...

class QuoteRequest(_message.Message):
    __slots__ = ("care_region", "institution_id", "visit_id", "business_time")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    institution_id: str
    visit_id: str
    business_time: _timestamp_pb2.Timestamp
    def __init__(self, care_region: _Optional[str] = ..., institution_id: _Optional[str] = ..., visit_id: _Optional[str] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class QuoteResponse(_message.Message):
    __slots__ = ("outcome", "code", "message_zh", "message_en", "cost", "payment", "account_limit_fen", "filing", "flags")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    FILING_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    code: str
    message_zh: str
    message_en: str
    cost: _common_pb2.CostSplit
    payment: _common_pb2.PaymentSplit
    account_limit_fen: int
    filing: _common_pb2.Filing
    flags: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, str]] = ..., code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ..., payment: _Optional[_Union[_common_pb2.PaymentSplit, _Mapping]] = ..., account_limit_fen: _Optional[int] = ..., filing: _Optional[_Union[_common_pb2.Filing, str]] = ..., flags: _Optional[_Iterable[str]] = ...) -> None: ...

class SettleRequest(_message.Message):
    __slots__ = ("header", "visit_id", "use_account", "account_id", "account_region")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    USE_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_REGION_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    visit_id: str
    use_account: bool
    account_id: str
    account_region: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., visit_id: _Optional[str] = ..., use_account: _Optional[bool] = ..., account_id: _Optional[str] = ..., account_region: _Optional[str] = ...) -> None: ...

class SettlementResponse(_message.Message):
    __slots__ = ("settlement_id", "visit_id", "state", "outcome", "code", "message_zh", "message_en", "cost", "payment", "flags", "policy_bundle", "catalogue_bundle", "illustrative", "account_code")
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    ILLUSTRATIVE_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_CODE_FIELD_NUMBER: _ClassVar[int]
    settlement_id: str
    visit_id: str
    state: _common_pb2.SettlementState
    outcome: _common_pb2.Outcome
    code: str
    message_zh: str
    message_en: str
    cost: _common_pb2.CostSplit
    payment: _common_pb2.PaymentSplit
    flags: _containers.RepeatedScalarFieldContainer[str]
    policy_bundle: str
    catalogue_bundle: str
    illustrative: bool
    account_code: str
    def __init__(self, settlement_id: _Optional[str] = ..., visit_id: _Optional[str] = ..., state: _Optional[_Union[_common_pb2.SettlementState, str]] = ..., outcome: _Optional[_Union[_common_pb2.Outcome, str]] = ..., code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ..., payment: _Optional[_Union[_common_pb2.PaymentSplit, _Mapping]] = ..., flags: _Optional[_Iterable[str]] = ..., policy_bundle: _Optional[str] = ..., catalogue_bundle: _Optional[str] = ..., illustrative: _Optional[bool] = ..., account_code: _Optional[str] = ...) -> None: ...

class CancelSettlementRequest(_message.Message):
    __slots__ = ("header", "settlement_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    settlement_id: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., settlement_id: _Optional[str] = ...) -> None: ...

class ReverseRequestRequest(_message.Message):
    __slots__ = ("header", "target_request_id", "member_id", "insured_region")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    TARGET_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    target_request_id: str
    member_id: str
    insured_region: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., target_request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., insured_region: _Optional[str] = ...) -> None: ...

class ReverseRequestResponse(_message.Message):
    __slots__ = ("result", "settlement_id", "state", "code", "message_zh", "message_en")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    result: str
    settlement_id: str
    state: _common_pb2.SettlementState
    code: str
    message_zh: str
    message_en: str
    def __init__(self, result: _Optional[str] = ..., settlement_id: _Optional[str] = ..., state: _Optional[_Union[_common_pb2.SettlementState, str]] = ..., code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ...) -> None: ...

class GetOutcomeRequest(_message.Message):
    __slots__ = ("care_region", "institution_id", "request_id")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    institution_id: str
    request_id: str
    def __init__(self, care_region: _Optional[str] = ..., institution_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class GetOutcomeResponse(_message.Message):
    __slots__ = ("kind", "pending", "code", "message_zh", "message_en", "settlement", "reversal")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    REVERSAL_FIELD_NUMBER: _ClassVar[int]
    kind: str
    pending: bool
    code: str
    message_zh: str
    message_en: str
    settlement: SettlementResponse
    reversal: ReverseRequestResponse
    def __init__(self, kind: _Optional[str] = ..., pending: _Optional[bool] = ..., code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ..., settlement: _Optional[_Union[SettlementResponse, _Mapping]] = ..., reversal: _Optional[_Union[ReverseRequestResponse, _Mapping]] = ...) -> None: ...

class GetVisitsRequest(_message.Message):
    __slots__ = ("care_region", "visit_ids")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    VISIT_IDS_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    visit_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, care_region: _Optional[str] = ..., visit_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Visit(_message.Message):
    __slots__ = ("visit_id", "institution_id", "insured_region", "member_id", "state", "admitted_on", "discharged_on", "cost", "settlement")
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_ON_FIELD_NUMBER: _ClassVar[int]
    DISCHARGED_ON_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    visit_id: str
    institution_id: str
    insured_region: str
    member_id: str
    state: VisitState
    admitted_on: str
    discharged_on: str
    cost: _common_pb2.CostSplit
    settlement: SettlementResponse
    def __init__(self, visit_id: _Optional[str] = ..., institution_id: _Optional[str] = ..., insured_region: _Optional[str] = ..., member_id: _Optional[str] = ..., state: _Optional[_Union[VisitState, str]] = ..., admitted_on: _Optional[str] = ..., discharged_on: _Optional[str] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ..., settlement: _Optional[_Union[SettlementResponse, _Mapping]] = ...) -> None: ...

class GetVisitsResponse(_message.Message):
    __slots__ = ("visits",)
    VISITS_FIELD_NUMBER: _ClassVar[int]
    visits: _containers.RepeatedCompositeFieldContainer[Visit]
    def __init__(self, visits: _Optional[_Iterable[_Union[Visit, _Mapping]]] = ...) -> None: ...

class CareDayTotalsRequest(_message.Message):
    __slots__ = ("care_region", "institution_id", "on")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    institution_id: str
    on: str
    def __init__(self, care_region: _Optional[str] = ..., institution_id: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class CareDayTotalsResponse(_message.Message):
    __slots__ = ("totals",)
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    totals: _containers.RepeatedCompositeFieldContainer[_common_pb2.DayTotal]
    def __init__(self, totals: _Optional[_Iterable[_Union[_common_pb2.DayTotal, _Mapping]]] = ...) -> None: ...

class CareDayLinesRequest(_message.Message):
    __slots__ = ("care_region", "institution_id", "insured_region", "on")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    institution_id: str
    insured_region: str
    on: str
    def __init__(self, care_region: _Optional[str] = ..., institution_id: _Optional[str] = ..., insured_region: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class CareDayLinesResponse(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[_common_pb2.DayLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[_common_pb2.DayLine, _Mapping]]] = ...) -> None: ...
