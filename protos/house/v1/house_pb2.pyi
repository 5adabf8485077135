import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from protos.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Position(_message.Message):
    __slots__ = ("payer_region", "payee_region", "scheme", "clearing_type", "fund", "period", "amount_fen", "lines")
    PAYER_REGION_FIELD_NUMBER: _ClassVar[int]
    PAYEE_REGION_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CLEARING_TYPE_FIELD_NUMBER: _ClassVar[int]
    FUND_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    payer_region: str
    payee_region: str
    scheme: _common_pb2.Scheme
    clearing_type: str
    fund: _common_pb2.Fund
    period: str
    amount_fen: int
    lines: int
    def __init__(self, payer_region: _Optional[str] = ..., payee_region: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., clearing_type: _Optional[str] = ..., fund: _Optional[_Union[_common_pb2.Fund, str]] = ..., period: _Optional[str] = ..., amount_fen: _Optional[int] = ..., lines: _Optional[int] = ...) -> None: ...

class ListPositionsRequest(_message.Message):
    __slots__ = ("payer_region", "payee_region", "period")
    PAYER_REGION_FIELD_NUMBER: _ClassVar[int]
    PAYEE_REGION_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    payer_region: str
    payee_region: str
    period: str
    def __init__(self, payer_region: _Optional[str] = ..., payee_region: _Optional[str] = ..., period: _Optional[str] = ...) -> None: ...

class ListPositionsResponse(_message.Message):
    __slots__ = ("positions",)
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    def __init__(self, positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ...) -> None: ...

class JournalLine(_message.Message):
    __slots__ = ("sequence", "line_id", "settlement_id", "original_line_id", "kind", "payer_region", "payee_region", "scheme", "clearing_type", "fund", "period", "amount_fen", "business_time", "previous_hash", "hash", "slipped_months", "epoch")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_LINE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAYER_REGION_FIELD_NUMBER: _ClassVar[int]
    PAYEE_REGION_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CLEARING_TYPE_FIELD_NUMBER: _ClassVar[int]
    FUND_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TIME_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_HASH_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    SLIPPED_MONTHS_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    line_id: str
    settlement_id: str
    original_line_id: str
    kind: str
    payer_region: str
    payee_region: str
    scheme: _common_pb2.Scheme
    clearing_type: str
    fund: _common_pb2.Fund
    period: str
    amount_fen: int
    business_time: _timestamp_pb2.Timestamp
    previous_hash: str
    hash: str
    slipped_months: int
    epoch: int
    def __init__(self, sequence: _Optional[int] = ..., line_id: _Optional[str] = ..., settlement_id: _Optional[str] = ..., original_line_id: _Optional[str] = ..., kind: _Optional[str] = ..., payer_region: _Optional[str] = ..., payee_region: _Optional[str] = ..., scheme: _Optional[_Union[_common_pb2.Scheme, str]] = ..., clearing_type: _Optional[str] = ..., fund: _Optional[_Union[_common_pb2.Fund, str]] = ..., period: _Optional[str] = ..., amount_fen: _Optional[int] = ..., business_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., previous_hash: _Optional[str] = ..., hash: _Optional[str] = ..., slipped_months: _Optional[int] = ..., epoch: _Optional[int] = ...) -> None: ...

class ListJournalLinesRequest(_message.Message):
    __slots__ = ("payer_region", "payee_region", "period", "settlement_id", "fund", "after_sequence", "limit")
    PAYER_REGION_FIELD_NUMBER: _ClassVar[int]
    PAYEE_REGION_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    FUND_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    payer_region: str
    payee_region: str
    period: str
    settlement_id: str
    fund: _common_pb2.Fund
    after_sequence: int
    limit: int
    def __init__(self, payer_region: _Optional[str] = ..., payee_region: _Optional[str] = ..., period: _Optional[str] = ..., settlement_id: _Optional[str] = ..., fund: _Optional[_Union[_common_pb2.Fund, str]] = ..., after_sequence: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class ListJournalLinesResponse(_message.Message):
    __slots__ = ("lines", "next_after_sequence")
    LINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[JournalLine]
    next_after_sequence: int
    def __init__(self, lines: _Optional[_Iterable[_Union[JournalLine, _Mapping]]] = ..., next_after_sequence: _Optional[int] = ...) -> None: ...

class ReconcileDayRequest(_message.Message):
    __slots__ = ("header", "on")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    on: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., on: _Optional[str] = ...) -> None: ...

class PairReconciliation(_message.Message):
    __slots__ = ("care_region", "insured_region", "care", "insured", "house", "agrees")
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    CARE_FIELD_NUMBER: _ClassVar[int]
    INSURED_FIELD_NUMBER: _ClassVar[int]
    HOUSE_FIELD_NUMBER: _ClassVar[int]
    AGREES_FIELD_NUMBER: _ClassVar[int]
    care_region: str
    insured_region: str
    care: _common_pb2.DayTotal
    insured: _common_pb2.DayTotal
    house: _common_pb2.DayTotal
    agrees: bool
    def __init__(self, care_region: _Optional[str] = ..., insured_region: _Optional[str] = ..., care: _Optional[_Union[_common_pb2.DayTotal, _Mapping]] = ..., insured: _Optional[_Union[_common_pb2.DayTotal, _Mapping]] = ..., house: _Optional[_Union[_common_pb2.DayTotal, _Mapping]] = ..., agrees: _Optional[bool] = ...) -> None: ...

class ReconcileDayResponse(_message.Message):
    __slots__ = ("on", "pairs", "breaks", "unreachable_regions", "matched_lines")
    ON_FIELD_NUMBER: _ClassVar[int]
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    BREAKS_FIELD_NUMBER: _ClassVar[int]
    UNREACHABLE_REGIONS_FIELD_NUMBER: _ClassVar[int]
    MATCHED_LINES_FIELD_NUMBER: _ClassVar[int]
    on: str
    pairs: _containers.RepeatedCompositeFieldContainer[PairReconciliation]
    breaks: _containers.RepeatedCompositeFieldContainer[Break]
    unreachable_regions: _containers.RepeatedScalarFieldContainer[str]
    matched_lines: int
    def __init__(self, on: _Optional[str] = ..., pairs: _Optional[_Iterable[_Union[PairReconciliation, _Mapping]]] = ..., breaks: _Optional[_Iterable[_Union[Break, _Mapping]]] = ..., unreachable_regions: _Optional[_Iterable[str]] = ..., matched_lines: _Optional[int] = ...) -> None: ...

class Break(_message.Message):
    __slots__ = ("fingerprint", "on", "kind", "line_id", "care_region", "insured_region", "detail", "state", "found_at", "closed_by", "reason", "evidence")
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    CARE_REGION_FIELD_NUMBER: _ClassVar[int]
    INSURED_REGION_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FOUND_AT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    fingerprint: str
    on: str
    kind: str
    line_id: str
    care_region: str
    insured_region: str
    detail: str
    state: str
    found_at: _timestamp_pb2.Timestamp
    closed_by: str
    reason: str
    evidence: str
    def __init__(self, fingerprint: _Optional[str] = ..., on: _Optional[str] = ..., kind: _Optional[str] = ..., line_id: _Optional[str] = ..., care_region: _Optional[str] = ..., insured_region: _Optional[str] = ..., detail: _Optional[str] = ..., state: _Optional[str] = ..., found_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., closed_by: _Optional[str] = ..., reason: _Optional[str] = ..., evidence: _Optional[str] = ...) -> None: ...

class ListBreaksRequest(_message.Message):
    __slots__ = ("on", "state")
    ON_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    on: str
    state: str
    def __init__(self, on: _Optional[str] = ..., state: _Optional[str] = ...) -> None: ...

class ListBreaksResponse(_message.Message):
    __slots__ = ("breaks",)
    BREAKS_FIELD_NUMBER: _ClassVar[int]
    breaks: _containers.RepeatedCompositeFieldContainer[Break]
    def __init__(self, breaks: _Optional[_Iterable[_Union[Break, _Mapping]]] = ...) -> None: ...

class CloseBreakRequest(_message.Message):
    __slots__ = ("header", "fingerprint", "state", "closed_by", "reason", "evidence")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CLOSED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    fingerprint: str
    state: str
    closed_by: str
    reason: str
    evidence: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., fingerprint: _Optional[str] = ..., state: _Optional[str] = ..., closed_by: _Optional[str] = ..., reason: _Optional[str] = ..., evidence: _Optional[str] = ...) -> None: ...

class VerifyJournalRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VerifyJournalResponse(_message.Message):
    __slots__ = ("sound", "lines", "head_hash", "first_fault")
    SOUND_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    HEAD_HASH_FIELD_NUMBER: _ClassVar[int]
    FIRST_FAULT_FIELD_NUMBER: _ClassVar[int]
    sound: bool
    lines: int
    head_hash: str
    first_fault: str
    def __init__(self, sound: _Optional[bool] = ..., lines: _Optional[int] = ..., head_hash: _Optional[str] = ..., first_fault: _Optional[str] = ...) -> None: ...
