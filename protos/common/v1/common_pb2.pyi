import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Scheme(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCHEME_UNSPECIFIED: _ClassVar[Scheme]
    SCHEME_RESIDENT: _ClassVar[Scheme]
    SCHEME_EMPLOYEE: _ClassVar[Scheme]

class CareType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CARE_TYPE_UNSPECIFIED: _ClassVar[CareType]
    CARE_TYPE_OUTPATIENT: _ClassVar[CareType]
    CARE_TYPE_OUTPATIENT_SPECIAL: _ClassVar[CareType]
    CARE_TYPE_INPATIENT: _ClassVar[CareType]
    CARE_TYPE_PHARMACY: _ClassVar[CareType]

class HospitalLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOSPITAL_LEVEL_UNSPECIFIED: _ClassVar[HospitalLevel]
    HOSPITAL_LEVEL_COMMUNITY: _ClassVar[HospitalLevel]
    HOSPITAL_LEVEL_UNRATED: _ClassVar[HospitalLevel]
    HOSPITAL_LEVEL_PRIMARY: _ClassVar[HospitalLevel]
    HOSPITAL_LEVEL_SECONDARY: _ClassVar[HospitalLevel]
    HOSPITAL_LEVEL_TERTIARY: _ClassVar[HospitalLevel]

class Filing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FILING_UNSPECIFIED: _ClassVar[Filing]
    FILING_LOCAL: _ClassVar[Filing]
    FILING_LONG_TERM: _ClassVar[Filing]
    FILING_REFERRAL: _ClassVar[Filing]
    FILING_EMERGENCY: _ClassVar[Filing]
    FILING_UNFILED_VERIFIED: _ClassVar[Filing]
    FILING_UNFILED: _ClassVar[Filing]

class Cause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAUSE_UNSPECIFIED: _ClassVar[Cause]
    CAUSE_ILLNESS: _ClassVar[Cause]
    CAUSE_INJURY: _ClassVar[Cause]
    CAUSE_WORK_INJURY: _ClassVar[Cause]
    CAUSE_THIRD_PARTY_FULL: _ClassVar[Cause]
    CAUSE_THIRD_PARTY_PARTIAL: _ClassVar[Cause]
    CAUSE_THIRD_PARTY_ABSENT: _ClassVar[Cause]
    CAUSE_PUBLIC_HEALTH: _ClassVar[Cause]

class Delivery(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_UNSPECIFIED: _ClassVar[Delivery]
    DELIVERY_NONE: _ClassVar[Delivery]
    DELIVERY_NORMAL: _ClassVar[Delivery]
    DELIVERY_ASSISTED: _ClassVar[Delivery]
    DELIVERY_CAESAREAN: _ClassVar[Delivery]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_PAID: _ClassVar[Outcome]
    OUTCOME_REFUSED: _ClassVar[Outcome]
    OUTCOME_MANUAL: _ClassVar[Outcome]

class SettlementState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SETTLEMENT_STATE_UNSPECIFIED: _ClassVar[SettlementState]
    SETTLEMENT_STATE_REQUESTED: _ClassVar[SettlementState]
    SETTLEMENT_STATE_SETTLED: _ClassVar[SettlementState]
    SETTLEMENT_STATE_REFUSED: _ClassVar[SettlementState]
    SETTLEMENT_STATE_MANUAL: _ClassVar[SettlementState]
    SETTLEMENT_STATE_EXPIRED: _ClassVar[SettlementState]
    SETTLEMENT_STATE_CANCELLED: _ClassVar[SettlementState]
    SETTLEMENT_STATE_REVERSED: _ClassVar[SettlementState]

class Fund(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FUND_UNSPECIFIED: _ClassVar[Fund]
    FUND_POOLED: _ClassVar[Fund]
    FUND_CIVIL_SERVANT: _ClassVar[Fund]
    FUND_ENTERPRISE_SUPPLEMENT: _ClassVar[Fund]
    FUND_BIG_ILLNESS: _ClassVar[Fund]
    FUND_LARGE_AMOUNT: _ClassVar[Fund]
    FUND_MEDICAL_AID: _ClassVar[Fund]
    FUND_OTHER: _ClassVar[Fund]
    FUND_PERSONAL_ACCOUNT: _ClassVar[Fund]
SCHEME_UNSPECIFIED: Scheme
SCHEME_RESIDENT: Scheme
SCHEME_EMPLOYEE: Scheme
CARE_TYPE_UNSPECIFIED: CareType
CARE_TYPE_OUTPATIENT: CareType
CARE_TYPE_OUTPATIENT_SPECIAL: CareType
CARE_TYPE_INPATIENT: CareType
CARE_TYPE_PHARMACY: CareType
HOSPITAL_LEVEL_UNSPECIFIED: HospitalLevel
HOSPITAL_LEVEL_COMMUNITY: HospitalLevel
HOSPITAL_LEVEL_UNRATED: HospitalLevel
HOSPITAL_LEVEL_PRIMARY: HospitalLevel
HOSPITAL_LEVEL_SECONDARY: HospitalLevel
HOSPITAL_LEVEL_TERTIARY: HospitalLevel
FILING_UNSPECIFIED: Filing
FILING_LOCAL: Filing
FILING_LONG_TERM: Filing
FILING_REFERRAL: Filing
FILING_EMERGENCY: Filing
FILING_UNFILED_VERIFIED: Filing
FILING_UNFILED: Filing
CAUSE_UNSPECIFIED: Cause
CAUSE_ILLNESS: Cause
CAUSE_INJURY: Cause
CAUSE_WORK_INJURY: Cause
CAUSE_THIRD_PARTY_FULL: Cause
CAUSE_THIRD_PARTY_PARTIAL: Cause
CAUSE_THIRD_PARTY_ABSENT: Cause
CAUSE_PUBLIC_HEALTH: Cause
DELIVERY_UNSPECIFIED: Delivery
DELIVERY_NONE: Delivery
DELIVERY_NORMAL: Delivery
DELIVERY_ASSISTED: Delivery
DELIVERY_CAESAREAN: Delivery
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_PAID: Outcome
OUTCOME_REFUSED: Outcome
OUTCOME_MANUAL: Outcome
SETTLEMENT_STATE_UNSPECIFIED: SettlementState
SETTLEMENT_STATE_REQUESTED: SettlementState
SETTLEMENT_STATE_SETTLED: SettlementState
SETTLEMENT_STATE_REFUSED: SettlementState
SETTLEMENT_STATE_MANUAL: SettlementState
SETTLEMENT_STATE_EXPIRED: SettlementState
SETTLEMENT_STATE_CANCELLED: SettlementState
SETTLEMENT_STATE_REVERSED: SettlementState
FUND_UNSPECIFIED: Fund
FUND_POOLED: Fund
FUND_CIVIL_SERVANT: Fund
FUND_ENTERPRISE_SUPPLEMENT: Fund
FUND_BIG_ILLNESS: Fund
FUND_LARGE_AMOUNT: Fund
FUND_MEDICAL_AID: Fund
FUND_OTHER: Fund
FUND_PERSONAL_ACCOUNT: Fund

class RequestHeader(_message.Message):
    __slots__ = ("request_id", "institution_id", "region", "business_time")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    institution_id: str
    region: str
    business_time: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., institution_id: _Optional[str] = ..., region: _Optional[str] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Circumstances(_message.Message):
    __slots__ = ("cause", "third_party_compensation_fen", "delivery", "delivered_on", "special_disease")
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    THIRD_PARTY_COMPENSATION_FEN_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_ON_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_DISEASE_FIELD_NUMBER: _ClassVar[int]
    cause: Cause
    third_party_compensation_fen: int
    delivery: Delivery
    delivered_on: str
    special_disease: bool
    def __init__(self, cause: _Optional[_Union[Cause, str]] = ..., third_party_compensation_fen: _Optional[int] = ..., delivery: _Optional[_Union[Delivery, str]] = ..., delivered_on: _Optional[str] = ..., special_disease: _Optional[bool] = ...) -> None: ...

class FundAmount(_message.Message):
    __slots__ = ("fund", "amount_fen")
    FUND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    fund: Fund
    amount_fen: int
    def __init__(self, fund: _Optional[_Union[Fund, str]] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class CostSplit(_message.Message):
    __slots__ = ("total_fen", "own_pay_fen", "over_limit_fen", "first_pay_fen", "in_scope_fen")
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    OWN_PAY_FEN_FIELD_NUMBER: _ClassVar[int]
    OVER_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    FIRST_PAY_FEN_FIELD_NUMBER: _ClassVar[int]
    IN_SCOPE_FEN_FIELD_NUMBER: _ClassVar[int]
    total_fen: int
    own_pay_fen: int
    over_limit_fen: int
    first_pay_fen: int
    in_scope_fen: int
    def __init__(self, total_fen: _Optional[int] = ..., own_pay_fen: _Optional[int] = ..., over_limit_fen: _Optional[int] = ..., first_pay_fen: _Optional[int] = ..., in_scope_fen: _Optional[int] = ...) -> None: ...

class PaymentSplit(_message.Message):
    __slots__ = ("fund_fen", "by_fund", "personal_fen", "account_fen", "cash_fen", "hospital_fen", "deductible_fen")
    FUND_FEN_FIELD_NUMBER: _ClassVar[int]
    BY_FUND_FIELD_NUMBER: _ClassVar[int]
    PERSONAL_FEN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    CASH_FEN_FIELD_NUMBER: _ClassVar[int]
    HOSPITAL_FEN_FIELD_NUMBER: _ClassVar[int]
    DEDUCTIBLE_FEN_FIELD_NUMBER: _ClassVar[int]
    fund_fen: int
    by_fund: _containers.RepeatedCompositeFieldContainer[FundAmount]
    personal_fen: int
    account_fen: int
    cash_fen: int
    hospital_fen: int
    deductible_fen: int
    def __init__(self, fund_fen: _Optional[int] = ..., by_fund: _Optional[_Iterable[_Union[FundAmount, _Mapping]]] = ..., personal_fen: _Optional[int] = ..., account_fen: _Optional[int] = ..., cash_fen: _Optional[int] = ..., hospital_fen: _Optional[int] = ..., deductible_fen: _Optional[int] = ...) -> None: ...

class ExplanationStep(_message.Message):
    __slots__ = ("step", "table", "edition", "source", "rule_zh", "rule_en", "inputs", "amount_fen", "running_fen")
    class InputsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    STEP_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    EDITION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    RULE_ZH_FIELD_NUMBER: _ClassVar[int]
    RULE_EN_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FEN_FIELD_NUMBER: _ClassVar[int]
    step: str
    table: str
    edition: str
    source: str
    rule_zh: str
    rule_en: str
    inputs: _containers.ScalarMap[str, str]
    amount_fen: int
    running_fen: int
    def __init__(self, step: _Optional[str] = ..., table: _Optional[str] = ..., edition: _Optional[str] = ..., source: _Optional[str] = ..., rule_zh: _Optional[str] = ..., rule_en: _Optional[str] = ..., inputs: _Optional[_Mapping[str, str]] = ..., amount_fen: _Optional[int] = ..., running_fen: _Optional[int] = ...) -> None: ...

class DayTotal(_message.Message):
    __slots__ = ("care_region", "insured_region", "lines", "total_fen", "fund_fen", "account_fen", "digest")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    FUND_FEN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    insured_region: str
    lines: int
    total_fen: int
    fund_fen: int
    account_fen: int
    digest: str
    def __init__(self, care_region: _Optional[str] = ..., insured_region: _Optional[str] = ..., lines: _Optional[int] = ..., total_fen: _Optional[int] = ..., fund_fen: _Optional[int] = ..., account_fen: _Optional[int] = ..., digest: _Optional[str] = ...) -> None: ...

class DayLine(_message.Message):
    __slots__ = ("line_id", "settlement_id", "original_line_id", "kind", "care_region", "payer_region", "scheme", "clearing_type", "business_time", "total_fen", "by_fund", "digest")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_LINE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    PAYER_REGION_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CLEARING_TYPE_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BY_FUND_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    settlement_id: str
    original_line_id: str
    kind: str
    care_region: str
    payer_region: str
    scheme: str
    clearing_type: str
    business_time: _timestamp_pb2.Timestamp
    total_fen: int
    by_fund: _containers.RepeatedCompositeFieldContainer[FundAmount]
    digest: str
    def __init__(self, line_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., original_line_id: _Optional[str] = ..., kind: _Optional[str] = ..., care_region: _Optional[str] = ..., payer_region: _Optional[str] = ..., scheme: _Optional[str] = ..., clearing_type: _Optional[str] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., total_fen: _Optional[int] = ..., by_fund: _Optional[_Iterable[_Union[FundAmount, _Mapping]]] = ..., digest: _Optional[str] = ...) -> None: ...
