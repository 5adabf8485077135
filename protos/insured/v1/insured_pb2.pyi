import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from protos.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EnrolmentSpan(_message.Message):
    __slots__ = ("scheme", "category", "benefit_from", "benefit_until", "enrolled_on", "cap_increase_fen")
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    BENEFIT_FROM_FIELD_NUMBER: _ClassVar[int]
    BENEFIT_UNTIL_FIELD_NUMBER: _ClassVar[int]
    ENROLLED_ON_FIELD_NUMBER: _ClassVar[int]
    CAP_INCREASE_FEN_FIELD_NUMBER: _ClassVar[int]
    scheme: _common_pb2.Scheme
    category: str
    benefit_from: str
    benefit_until: str
    enrolled_on: str
    cap_increase_fen: int
    def __init__(self, scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., category: _Optional[str] = ..., benefit_from: _Optional[str] = ..., benefit_until: _Optional[str] = ..., enrolled_on: _Optional[str] = ..., cap_increase_fen: _Optional[int] = ...) -> None: ...

class Member(_message.Message):
    __slots__ = ("member_id", "insured_region", "birth_date", "identities", "spans", "account_id", "account_balance_fen", "account_shared_with")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    IDENTITIES_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_BALANCE_FEN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_SHARED_WITH_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    insured_region: str
    birth_date: str
    identities: _containers.RepeatedScalarFieldContainer[str]
    spans: _containers.RepeatedCompositeFieldContainer[EnrolmentSpan]
    account_id: str
    account_balance_fen: int
    account_shared_with: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, member_id: _Optional[str] = ..., insured_region: _Optional[str] = ..., birth_date: _Optional[str] = ..., identities: _Optional[_Iterable[str]] = ..., spans: _Optional[_Iterable[_Union[EnrolmentSpan, _Mapping]]] = ..., account_id: _Optional[str] = ..., account_balance_fen: _Optional[int] = ..., account_shared_with: _Optional[_Iterable[str]] = ...) -> None: ...

class RegisterMembersRequest(_message.Message):
    __slots__ = ("header", "members")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    members: _containers.RepeatedCompositeFieldContainer[Member]
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ...) -> None: ...

class RegisterMembersResponse(_message.Message):
    __slots__ = ("registered",)
    REGISTERED_FIELD_NUMBER: _ClassVar[int]
    registered: int
    def __init__(self, registered: _Optional[int] = ...) -> None: ...

class GetMemberRequest(_message.Message):
    __slots__ = ("insured_region", "member_id")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    member_id: str
    def __init__(self, insured_region: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...

class FileRemoteCareRequest(_message.Message):
    __slots__ = ("header", "member_id", "category", "destination_region", "approved_on", "committed")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_REGION_FIELD_NUMBER: _ClassVar[int]
    APPROVED_ON_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    member_id: str
    category: str
    destination_region: str
    approved_on: str
    committed: bool
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., member_id: _Optional[str] = ..., category: _Optional[str] = ..., destination_region: _Optional[str] = ..., approved_on: _Optional[str] = ..., committed: _Optional[bool] = ...) -> None: ...

class ChangeFilingRequest(_message.Message):
    __slots__ = ("header", "filing_id", "category", "destination_region", "approved_on")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    FILING_ID_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_REGION_FIELD_NUMBER: _ClassVar[int]
    APPROVED_ON_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    filing_id: str
    category: str
    destination_region: str
    approved_on: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., filing_id: _Optional[str] = ..., category: _Optional[str] = ..., destination_region: _Optional[str] = ..., approved_on: _Optional[str] = ...) -> None: ...

class RevokeFilingRequest(_message.Message):
    __slots__ = ("header", "filing_id", "revoked_on")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    FILING_ID_FIELD_NUMBER: _ClassVar[int]
    REVOKED_ON_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    filing_id: str
    revoked_on: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., filing_id: _Optional[str] = ..., revoked_on: _Optional[str] = ...) -> None: ...

class RemoteCareFiling(_message.Message):
    __slots__ = ("filing_id", "member_id", "insured_region", "category", "destination_region", "approved_on", "valid_from", "valid_until", "revoked_on", "locked_until")
    FILING_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_REGION_FIELD_NUMBER: _ClassVar[int]
    APPROVED_ON_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    REVOKED_ON_FIELD_NUMBER: _ClassVar[int]
    LOCKED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    filing_id: str
    member_id: str
    insured_region: str
    category: str
    destination_region: str
    approved_on: str
    valid_from: str
    valid_until: str
    revoked_on: str
    locked_until: str
    def __init__(self, filing_id: _Optional[str] = ..., member_id: _Optional[str] = ..., insured_region: _Optional[str] = ..., category: _Optional[str] = ..., destination_region: _Optional[str] = ..., approved_on: _Optional[str] = ..., valid_from: _Optional[str] = ..., valid_until: _Optional[str] = ..., revoked_on: _Optional[str] = ..., locked_until: _Optional[str] = ...) -> None: ...

class ListFilingsRequest(_message.Message):
    __slots__ = ("insured_region", "member_id")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    member_id: str
    def __init__(self, insured_region: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...

class ListFilingsResponse(_message.Message):
    __slots__ = ("filings",)
    FILINGS_FIELD_NUMBER: _ClassVar[int]
    filings: _containers.RepeatedCompositeFieldContainer[RemoteCareFiling]
    def __init__(self, filings: _Optional[_Iterable[_Union[RemoteCareFiling, _Mapping]]] = ...) -> None: ...

class GetAccumulatorsRequest(_message.Message):
    __slots__ = ("insured_region", "member_ids")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, insured_region: _Optional[str] = ..., member_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Accumulators(_message.Message):
    __slots__ = ("member_id", "benefit_year", "values")
    class ValuesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BENEFIT_YEAR_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    benefit_year: int
    values: _containers.ScalarMap[str, int]
    def __init__(self, member_id: _Optional[str] = ..., benefit_year: _Optional[int] = ..., values: _Optional[_Mapping[str, int]] = ...) -> None: ...

class GetAccumulatorsResponse(_message.Message):
    __slots__ = ("accumulators",)
    ACCUMULATORS_FIELD_NUMBER: _ClassVar[int]
    accumulators: _containers.RepeatedCompositeFieldContainer[Accumulators]
    def __init__(self, accumulators: _Optional[_Iterable[_Union[Accumulators, _Mapping]]] = ...) -> None: ...

class LookUpEntitlementRequest(_message.Message):
    __slots__ = ("insured_region", "member_id", "care_region", "on")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    member_id: str
    care_region: str
    on: str
    def __init__(self, insured_region: _Optional[str] = ..., member_id: _Optional[str] = ..., care_region: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class LookUpEntitlementResponse(_message.Message):
    __slots__ = ("member_id", "scheme", "category", "entitled", "reason_code", "reason_zh", "reason_en", "filing", "filing_id", "account_balance_fen", "account_id", "illustrative")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
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
    def __init__(self, member_id: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., category: _Optional[str] = ..., entitled: _Optional[bool] = ..., reason_code: _Optional[str] = ..., reason_zh: _Optional[str] = ..., reason_en: _Optional[str] = ..., filing: _Optional[_Union[_common_pb2.Filing, str]] = ..., filing_id: _Optional[str] = ..., account_balance_fen: _Optional[int] = ..., account_id: _Optional[str] = ..., illustrative: _Optional[bool] = ...) -> None: ...

class VisitFacts(_message.Message):
    __slots__ = ("member_id", "care_region", "hospital_level", "care_type", "admitted_on", "discharged_on", "emergency", "records_verified", "selected_institution", "cost", "circumstances")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    HOSPITAL_LEVEL_FIELD_NUMBER: _ClassVar[int]
    CARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_ON_FIELD_NUMBER: _ClassVar[int]
    DISCHARGED_ON_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_FIELD_NUMBER: _ClassVar[int]
    RECORDS_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    SELECTED_INSTITUTION_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    care_region: str
    hospital_level: _common_pb2.HospitalLevel
    care_type: _common_pb2.CareType
    admitted_on: str
    discharged_on: str
    emergency: bool
    records_verified: bool
    selected_institution: bool
    cost: _common_pb2.CostSplit
    circumstances: _common_pb2.Circumstances
    def __init__(self, member_id: _Optional[str] = ..., care_region: _Optional[str] = ..., hospital_level: _Optional[_Union[_common_pb2.HospitalLevel, str]] = ..., care_type: _Optional[_Union[_common_pb2.CareType, str]] = ..., admitted_on: _Optional[str] = ..., discharged_on: _Optional[str] = ..., emergency: _Optional[bool] = ..., records_verified: _Optional[bool] = ..., selected_institution: _Optional[bool] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ..., circumstances: _Optional[_Union[_common_pb2.Circumstances, _Mapping]] = ...) -> None: ...

class QuoteClaimRequest(_message.Message):
    __slots__ = ("insured_region", "facts", "business_time")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    facts: VisitFacts
    business_time: _timestamp_pb2.Timestamp
    def __init__(self, insured_region: _Optional[str] = ..., facts: _Optional[_Union[VisitFacts, _Mapping]] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Claim(_message.Message):
    __slots__ = ("insured_region", "scheme", "category", "birth_date", "identities", "care_region", "hospital_level", "care_type", "admitted_on", "discharged_on", "filing", "selected_institution", "cost", "circumstances", "cap_increase_fen")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    IDENTITIES_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    HOSPITAL_LEVEL_FIELD_NUMBER: _ClassVar[int]
    CARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_ON_FIELD_NUMBER: _ClassVar[int]
    DISCHARGED_ON_FIELD_NUMBER: _ClassVar[int]
    FILING_FIELD_NUMBER: _ClassVar[int]
    SELECTED_INSTITUTION_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    CAP_INCREASE_FEN_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    scheme: _common_pb2.Scheme
    category: str
    birth_date: str
    identities: _containers.RepeatedScalarFieldContainer[str]
    care_region: str
    hospital_level: _common_pb2.HospitalLevel
    care_type: _common_pb2.CareType
    admitted_on: str
    discharged_on: str
    filing: _common_pb2.Filing
    selected_institution: bool
    cost: _common_pb2.CostSplit
    circumstances: _common_pb2.Circumstances
    cap_increase_fen: int
    def __init__(self, insured_region: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., category: _Optional[str] = ..., birth_date: _Optional[str] = ..., identities: _Optional[_Iterable[str]] = ..., care_region: _Optional[str] = ..., hospital_level: _Optional[_Union[_common_pb2.HospitalLevel, str]] = ..., care_type: _Optional[_Union[_common_pb2.CareType, str]] = ..., admitted_on: _Optional[str] = ..., discharged_on: _Optional[str] = ..., filing: _Optional[_Union[_common_pb2.Filing, str]] = ..., selected_institution: _Optional[bool] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ..., circumstances: _Optional[_Union[_common_pb2.Circumstances, _Mapping]] = ..., cap_increase_fen: _Optional[int] = ...) -> None: ...

class AdjudicateRequest(_message.Message):
    __slots__ = ("claim", "year_accumulators")
    class YearAccumulatorsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    YEAR_ACCUMULATORS_FIELD_NUMBER: _ClassVar[int]
    claim: Claim
    year_accumulators: _containers.ScalarMap[str, int]
    def __init__(self, claim: _Optional[_Union[Claim, _Mapping]] = ..., year_accumulators: _Optional[_Mapping[str, int]] = ...) -> None: ...

class Adjudication(_message.Message):
    __slots__ = ("outcome", "code", "message_zh", "message_en", "flags", "payment", "account_limit_fen", "benefit_year", "additions", "policy_bundle", "illustrative", "filing", "explanation", "recoverable_fen", "quota_fen")
    class AdditionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EN_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    BENEFIT_YEAR_FIELD_NUMBER: _ClassVar[int]
    ADDITIONS_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    ILLUSTRATIVE_FIELD_NUMBER: _ClassVar[int]
    FILING_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    RECOVERABLE_FEN_FIELD_NUMBER: _ClassVar[int]
    QUOTA_FEN_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    code: str
    message_zh: str
    message_en: str
    flags: _containers.RepeatedScalarFieldContainer[str]
    payment: _common_pb2.PaymentSplit
    account_limit_fen: int
    benefit_year: int
    additions: _containers.ScalarMap[str, int]
    policy_bundle: str
    illustrative: bool
    filing: _common_pb2.Filing
    explanation: _containers.RepeatedCompositeFieldContainer[_common_pb2.ExplanationStep]
    recoverable_fen: int
    quota_fen: int
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, str]] = ..., code: _Optional[str] = ..., message_zh: _Optional[str] = ..., message_en: _Optional[str] = ..., flags: _Optional[_Iterable[str]] = ..., payment: _Optional[_Union[_common_pb2.PaymentSplit, _Mapping]] = ..., account_limit_fen: _Optional[int] = ..., benefit_year: _Optional[int] = ..., additions: _Optional[_Mapping[str, int]] = ..., policy_bundle: _Optional[str] = ..., illustrative: _Optional[bool] = ..., filing: _Optional[_Union[_common_pb2.Filing, str]] = ..., explanation: _Optional[_Iterable[_Union[_common_pb2.ExplanationStep, _Mapping]]] = ..., recoverable_fen: _Optional[int] = ..., quota_fen: _Optional[int] = ...) -> None: ...

class ExplainSettlementRequest(_message.Message):
    __slots__ = ("insured_region", "settlement_id")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    settlement_id: str
    def __init__(self, insured_region: _Optional[str] = ..., settlement_id: _Optional[str] = ...) -> None: ...

class ExplainSettlementResponse(_message.Message):
    __slots__ = ("settlement_id", "claim", "adjudication", "state", "business_time", "member_id", "institution_id", "care_region", "care_type", "admitted_on", "discharged_on", "cost", "accumulators_before")
    class AccumulatorsBeforeEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    ADJUDICATION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    CARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_ON_FIELD_NUMBER: _ClassVar[int]
    DISCHARGED_ON_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    ACCUMULATORS_BEFORE_FIELD_NUMBER: _ClassVar[int]
    settlement_id: str
    claim: Claim
    adjudication: Adjudication
    state: _common_pb2.SettlementState
    business_time: _timestamp_pb2.Timestamp
    member_id: str
    institution_id: str
    care_region: str
    care_type: _common_pb2.CareType
    admitted_on: str
    discharged_on: str
    cost: _common_pb2.CostSplit
    accumulators_before: _containers.ScalarMap[str, int]
    def __init__(self, settlement_id: _Optional[str] = ..., claim: _Optional[_Union[Claim, _Mapping]] = ..., adjudication: _Optional[_Union[Adjudication, _Mapping]] = ..., state: _Optional[_Union[_common_pb2.SettlementState, str]] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., member_id: _Optional[str] = ..., institution_id: _Optional[str] = ..., care_region: _Optional[str] = ..., care_type: _Optional[_Union[_common_pb2.CareType, str]] = ..., admitted_on: _Optional[str] = ..., discharged_on: _Optional[str] = ..., cost: _Optional[_Union[_common_pb2.CostSplit, _Mapping]] = ..., accumulators_before: _Optional[_Mapping[str, int]] = ...) -> None: ...

class ListBundlesRequest(_message.Message):
    __slots__ = ("insured_region",)
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    def __init__(self, insured_region: _Optional[str] = ...) -> None: ...

class Bundle(_message.Message):
    __slots__ = ("insured_region", "name_zh", "name_en", "policy_bundle", "illustrative", "state", "publications", "acts")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    NAME_ZH_FIELD_NUMBER: _ClassVar[int]
    NAME_EN_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    ILLUSTRATIVE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PUBLICATIONS_FIELD_NUMBER: _ClassVar[int]
    ACTS_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    name_zh: str
    name_en: str
    policy_bundle: str
    illustrative: bool
    state: str
    publications: _containers.RepeatedCompositeFieldContainer[Publication]
    acts: _containers.RepeatedCompositeFieldContainer[BundleAct]
    def __init__(self, insured_region: _Optional[str] = ..., name_zh: _Optional[str] = ..., name_en: _Optional[str] = ..., policy_bundle: _Optional[str] = ..., illustrative: _Optional[bool] = ..., state: _Optional[str] = ..., publications: _Optional[_Iterable[_Union[Publication, _Mapping]]] = ..., acts: _Optional[_Iterable[_Union[BundleAct, _Mapping]]] = ...) -> None: ...

class Publication(_message.Message):
    __slots__ = ("number", "from_on", "superseded_from_on", "configured")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    FROM_ON_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_FROM_ON_FIELD_NUMBER: _ClassVar[int]
    CONFIGURED_FIELD_NUMBER: _ClassVar[int]
    number: int
    from_on: str
    superseded_from_on: str
    configured: bool
    def __init__(self, number: _Optional[int] = ..., from_on: _Optional[str] = ..., superseded_from_on: _Optional[str] = ..., configured: _Optional[bool] = ...) -> None: ...

class BundleAct(_message.Message):
    __slots__ = ("kind", "by", "why", "at", "from_on")
    KIND_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    FROM_ON_FIELD_NUMBER: _ClassVar[int]
    kind: str
    by: str
    why: str
    at: _timestamp_pb2.Timestamp
    from_on: str
    def __init__(self, kind: _Optional[str] = ..., by: _Optional[str] = ..., why: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., from_on: _Optional[str] = ...) -> None: ...

class RuleText(_message.Message):
    __slots__ = ("name", "text")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: str
    def __init__(self, name: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class RuleLayer(_message.Message):
    __slots__ = ("region", "files")
    REGION_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    region: str
    files: _containers.RepeatedCompositeFieldContainer[RuleText]
    def __init__(self, region: _Optional[str] = ..., files: _Optional[_Iterable[_Union[RuleText, _Mapping]]] = ...) -> None: ...

class SubmitBundleRequest(_message.Message):
    __slots__ = ("header", "by", "layers", "why")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    by: str
    layers: _containers.RepeatedCompositeFieldContainer[RuleLayer]
    why: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., by: _Optional[str] = ..., layers: _Optional[_Iterable[_Union[RuleLayer, _Mapping]]] = ..., why: _Optional[str] = ...) -> None: ...

class CheckBundleRequest(_message.Message):
    __slots__ = ("header", "policy_bundle", "by")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    policy_bundle: str
    by: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., policy_bundle: _Optional[str] = ..., by: _Optional[str] = ...) -> None: ...

class RuleFinding(_message.Message):
    __slots__ = ("file", "line", "code", "message")
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    file: str
    line: int
    code: str
    message: str
    def __init__(self, file: _Optional[str] = ..., line: _Optional[int] = ..., code: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class CheckBundleResponse(_message.Message):
    __slots__ = ("bundle", "findings")
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    bundle: Bundle
    findings: _containers.RepeatedCompositeFieldContainer[RuleFinding]
    def __init__(self, bundle: _Optional[_Union[Bundle, _Mapping]] = ..., findings: _Optional[_Iterable[_Union[RuleFinding, _Mapping]]] = ...) -> None: ...

class SignOffBundleRequest(_message.Message):
    __slots__ = ("header", "policy_bundle", "by", "why")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    policy_bundle: str
    by: str
    why: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., policy_bundle: _Optional[str] = ..., by: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class PublishBundleRequest(_message.Message):
    __slots__ = ("header", "policy_bundle", "from_on", "by", "why")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    FROM_ON_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    policy_bundle: str
    from_on: str
    by: str
    why: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., policy_bundle: _Optional[str] = ..., from_on: _Optional[str] = ..., by: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class PublishBundleResponse(_message.Message):
    __slots__ = ("bundle", "number", "rerun_id")
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    RERUN_ID_FIELD_NUMBER: _ClassVar[int]
    bundle: Bundle
    number: int
    rerun_id: str
    def __init__(self, bundle: _Optional[_Union[Bundle, _Mapping]] = ..., number: _Optional[int] = ..., rerun_id: _Optional[str] = ...) -> None: ...

class GetBundleRequest(_message.Message):
    __slots__ = ("insured_region", "policy_bundle")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    policy_bundle: str
    def __init__(self, insured_region: _Optional[str] = ..., policy_bundle: _Optional[str] = ...) -> None: ...

class GetBundleResponse(_message.Message):
    __slots__ = ("bundle", "canonical", "layers")
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    CANONICAL_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    bundle: Bundle
    canonical: str
    layers: _containers.RepeatedCompositeFieldContainer[RuleLayer]
    def __init__(self, bundle: _Optional[_Union[Bundle, _Mapping]] = ..., canonical: _Optional[str] = ..., layers: _Optional[_Iterable[_Union[RuleLayer, _Mapping]]] = ...) -> None: ...

class ListRerunsRequest(_message.Message):
    __slots__ = ("insured_region",)
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    def __init__(self, insured_region: _Optional[str] = ...) -> None: ...

class Rerun(_message.Message):
    __slots__ = ("rerun_id", "number", "policy_bundle", "from_on", "state", "started_at", "chains", "settlements", "reimburse_fen", "recover_fen")
    RERUN_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    POLICY_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    FROM_ON_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    CHAINS_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENTS_FIELD_NUMBER: _ClassVar[int]
    REIMBURSE_FEN_FIELD_NUMBER: _ClassVar[int]
    RECOVER_FEN_FIELD_NUMBER: _ClassVar[int]
    rerun_id: str
    number: int
    policy_bundle: str
    from_on: str
    state: str
    started_at: _timestamp_pb2.Timestamp
    chains: int
    settlements: int
    reimburse_fen: int
    recover_fen: int
    def __init__(self, rerun_id: _Optional[str] = ..., number: _Optional[int] = ..., policy_bundle: _Optional[str] = ..., from_on: _Optional[str] = ..., state: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., chains: _Optional[int] = ..., settlements: _Optional[int] = ..., reimburse_fen: _Optional[int] = ..., recover_fen: _Optional[int] = ...) -> None: ...

class ListRerunsResponse(_message.Message):
    __slots__ = ("reruns",)
    RERUNS_FIELD_NUMBER: _ClassVar[int]
    reruns: _containers.RepeatedCompositeFieldContainer[Rerun]
    def __init__(self, reruns: _Optional[_Iterable[_Union[Rerun, _Mapping]]] = ...) -> None: ...

class GetRerunRequest(_message.Message):
    __slots__ = ("insured_region", "rerun_id", "after_settlement_id", "limit", "changed_only")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    RERUN_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_ONLY_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    rerun_id: str
    after_settlement_id: str
    limit: int
    changed_only: bool
    def __init__(self, insured_region: _Optional[str] = ..., rerun_id: _Optional[str] = ..., after_settlement_id: _Optional[str] = ..., limit: _Optional[int] = ..., changed_only: _Optional[bool] = ...) -> None: ...

class RerunItem(_message.Message):
    __slots__ = ("rerun_id", "settlement_id", "member_id", "care_region", "benefit_year", "day", "old_outcome", "new_outcome", "new_code", "old_bundle", "new_bundle", "remedy", "state", "old_by_fund", "new_by_fund", "difference_by_fund", "difference_fen", "recorded_by", "reason", "correction_id")
    RERUN_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    BENEFIT_YEAR_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    OLD_OUTCOME_FIELD_NUMBER: _ClassVar[int]
    NEW_OUTCOME_FIELD_NUMBER: _ClassVar[int]
    NEW_CODE_FIELD_NUMBER: _ClassVar[int]
    OLD_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    NEW_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    OLD_BY_FUND_FIELD_NUMBER: _ClassVar[int]
    NEW_BY_FUND_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_BY_FUND_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FEN_FIELD_NUMBER: _ClassVar[int]
    RECORDED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_ID_FIELD_NUMBER: _ClassVar[int]
    rerun_id: str
    settlement_id: str
    member_id: str
    care_region: str
    benefit_year: int
    day: str
    old_outcome: _common_pb2.Outcome
    new_outcome: _common_pb2.Outcome
    new_code: str
    old_bundle: str
    new_bundle: str
    remedy: str
    state: str
    old_by_fund: _containers.RepeatedCompositeFieldContainer[_common_pb2.FundAmount]
    new_by_fund: _containers.RepeatedCompositeFieldContainer[_common_pb2.FundAmount]
    difference_by_fund: _containers.RepeatedCompositeFieldContainer[_common_pb2.FundAmount]
    difference_fen: int
    recorded_by: str
    reason: str
    correction_id: str
    def __init__(self, rerun_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., member_id: _Optional[str] = ..., care_region: _Optional[str] = ..., benefit_year: _Optional[int] = ..., day: _Optional[str] = ..., old_outcome: _Optional[_Union[_common_pb2.Outcome, str]] = ..., new_outcome: _Optional[_Union[_common_pb2.Outcome, str]] = ..., new_code: _Optional[str] = ..., old_bundle: _Optional[str] = ..., new_bundle: _Optional[str] = ..., remedy: _Optional[str] = ..., state: _Optional[str] = ..., old_by_fund: _Optional[_Iterable[_Union[_common_pb2.FundAmount, _Mapping]]] = ..., new_by_fund: _Optional[_Iterable[_Union[_common_pb2.FundAmount, _Mapping]]] = ..., difference_by_fund: _Optional[_Iterable[_Union[_common_pb2.FundAmount, _Mapping]]] = ..., difference_fen: _Optional[int] = ..., recorded_by: _Optional[str] = ..., reason: _Optional[str] = ..., correction_id: _Optional[str] = ...) -> None: ...

class GetRerunResponse(_message.Message):
    __slots__ = ("rerun", "items", "next_after")
    RERUN_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_FIELD_NUMBER: _ClassVar[int]
    rerun: Rerun
    items: _containers.RepeatedCompositeFieldContainer[RerunItem]
    next_after: str
    def __init__(self, rerun: _Optional[_Union[Rerun, _Mapping]] = ..., items: _Optional[_Iterable[_Union[RerunItem, _Mapping]]] = ..., next_after: _Optional[str] = ...) -> None: ...

class RepeatRerunRequest(_message.Message):
    __slots__ = ("header", "rerun_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    RERUN_ID_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    rerun_id: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., rerun_id: _Optional[str] = ...) -> None: ...

class RecordCorrectionRequest(_message.Message):
    __slots__ = ("header", "rerun_id", "settlement_id", "by", "why", "through_hospital")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    RERUN_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    THROUGH_HOSPITAL_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    rerun_id: str
    settlement_id: str
    by: str
    why: str
    through_hospital: bool
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., rerun_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., by: _Optional[str] = ..., why: _Optional[str] = ..., through_hospital: _Optional[bool] = ...) -> None: ...

class ListBundlesResponse(_message.Message):
    __slots__ = ("bundles",)
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    bundles: _containers.RepeatedCompositeFieldContainer[Bundle]
    def __init__(self, bundles: _Optional[_Iterable[_Union[Bundle, _Mapping]]] = ...) -> None: ...

class ManualCase(_message.Message):
    __slots__ = ("case_id", "member_id", "care_region", "code", "care_type", "total_fen", "in_scope_fen", "state", "decided_fund_fen", "decided_by", "reason", "business_time")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    IN_SCOPE_FEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DECIDED_FUND_FEN_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    member_id: str
    care_region: str
    code: str
    care_type: _common_pb2.CareType
    total_fen: int
    in_scope_fen: int
    state: str
    decided_fund_fen: int
    decided_by: str
    reason: str
    business_time: _timestamp_pb2.Timestamp
    def __init__(self, case_id: _Optional[str] = ..., member_id: _Optional[str] = ..., care_region: _Optional[str] = ..., code: _Optional[str] = ..., care_type: _Optional[_Union[_common_pb2.CareType, str]] = ..., total_fen: _Optional[int] = ..., in_scope_fen: _Optional[int] = ..., state: _Optional[str] = ..., decided_fund_fen: _Optional[int] = ..., decided_by: _Optional[str] = ..., reason: _Optional[str] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListReceivablesRequest(_message.Message):
    __slots__ = ("insured_region", "after", "limit")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    after: str
    limit: int
    def __init__(self, insured_region: _Optional[str] = ..., after: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class Receivable(_message.Message):
    __slots__ = ("settlement_id", "member_id", "care_region", "amount_fen", "state", "business_time")
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    settlement_id: str
    member_id: str
    care_region: str
    amount_fen: int
    state: _common_pb2.SettlementState
    business_time: _timestamp_pb2.Timestamp
    def __init__(self, settlement_id: _Optional[str] = ..., member_id: _Optional[str] = ..., care_region: _Optional[str] = ..., amount_fen: _Optional[int] = ..., state: _Optional[_Union[_common_pb2.SettlementState, str]] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListReceivablesResponse(_message.Message):
    __slots__ = ("receivables",)
    RECEIVABLES_FIELD_NUMBER: _ClassVar[int]
    receivables: _containers.RepeatedCompositeFieldContainer[Receivable]
    def __init__(self, receivables: _Optional[_Iterable[_Union[Receivable, _Mapping]]] = ...) -> None: ...

class ListManualCasesRequest(_message.Message):
    __slots__ = ("insured_region", "state")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    state: str
    def __init__(self, insured_region: _Optional[str] = ..., state: _Optional[str] = ...) -> None: ...

class ListManualCasesResponse(_message.Message):
    __slots__ = ("cases",)
    CASES_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[ManualCase]
    def __init__(self, cases: _Optional[_Iterable[_Union[ManualCase, _Mapping]]] = ...) -> None: ...

class DecideManualCaseRequest(_message.Message):
    __slots__ = ("header", "case_id", "by_fund", "additions", "decided_by", "reason")
    class AdditionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    BY_FUND_FIELD_NUMBER: _ClassVar[int]
    ADDITIONS_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    case_id: str
    by_fund: _containers.RepeatedCompositeFieldContainer[_common_pb2.FundAmount]
    additions: _containers.ScalarMap[str, int]
    decided_by: str
    reason: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., case_id: _Optional[str] = ..., by_fund: _Optional[_Iterable[_Union[_common_pb2.FundAmount, _Mapping]]] = ..., additions: _Optional[_Mapping[str, int]] = ..., decided_by: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class InsuredDayTotalsRequest(_message.Message):
    __slots__ = ("insured_region", "on")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    on: str
    def __init__(self, insured_region: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class InsuredDayTotalsResponse(_message.Message):
    __slots__ = ("totals",)
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    totals: _containers.RepeatedCompositeFieldContainer[_common_pb2.DayTotal]
    def __init__(self, totals: _Optional[_Iterable[_Union[_common_pb2.DayTotal, _Mapping]]] = ...) -> None: ...

class InsuredDayLinesRequest(_message.Message):
    __slots__ = ("insured_region", "care_region", "on")
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    insured_region: str
    care_region: str
    on: str
    def __init__(self, insured_region: _Optional[str] = ..., care_region: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class InsuredDayLinesResponse(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[_common_pb2.DayLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[_common_pb2.DayLine, _Mapping]]] = ...) -> None: ...
