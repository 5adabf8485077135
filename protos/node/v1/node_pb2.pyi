import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from protos.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeadLetter(_message.Message):
    __slots__ = ("id", "state", "code", "reason", "kind", "message_id", "correlation_id", "key", "attempts", "size_bytes", "appended_at", "parked_at", "last_at", "acted_at", "act_by", "act_why", "act_request_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    APPENDED_AT_FIELD_NUMBER: _ClassVar[int]
    PARKED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_AT_FIELD_NUMBER: _ClassVar[int]
    ACTED_AT_FIELD_NUMBER: _ClassVar[int]
    ACT_BY_FIELD_NUMBER: _ClassVar[int]
    ACT_WHY_FIELD_NUMBER: _ClassVar[int]
    ACT_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: str
    code: str
    reason: str
    kind: str
    message_id: str
    correlation_id: str
    key: str
    attempts: int
    size_bytes: int
    appended_at: _timestamp_pb2.Timestamp
    parked_at: _timestamp_pb2.Timestamp
    last_at: _timestamp_pb2.Timestamp
    acted_at: _timestamp_pb2.Timestamp
    act_by: str
    act_why: str
    act_request_id: str
    def __init__(self, id: _Optional[str] = ..., state: _Optional[str] = ..., code: _Optional[str] = ..., reason: _Optional[str] = ..., kind: _Optional[str] = ..., message_id: _Optional[str] = ..., correlation_id: _Optional[str] = ..., key: _Optional[str] = ..., attempts: _Optional[int] = ..., size_bytes: _Optional[int] = ..., appended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., parked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., acted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., act_by: _Optional[str] = ..., act_why: _Optional[str] = ..., act_request_id: _Optional[str] = ...) -> None: ...

class ListDeadLettersRequest(_message.Message):
    __slots__ = ("region", "state", "code", "key", "page_size", "after")
    REGION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    region: str
    state: str
    code: str
    key: str
    page_size: int
    after: str
    def __init__(self, region: _Optional[str] = ..., state: _Optional[str] = ..., code: _Optional[str] = ..., key: _Optional[str] = ..., page_size: _Optional[int] = ..., after: _Optional[str] = ...) -> None: ...

class ListDeadLettersResponse(_message.Message):
    __slots__ = ("letters", "next_after", "unresolved")
    LETTERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_FIELD_NUMBER: _ClassVar[int]
    UNRESOLVED_FIELD_NUMBER: _ClassVar[int]
    letters: _containers.RepeatedCompositeFieldContainer[DeadLetter]
    next_after: str
    unresolved: int
    def __init__(self, letters: _Optional[_Iterable[_Union[DeadLetter, _Mapping]]] = ..., next_after: _Optional[str] = ..., unresolved: _Optional[int] = ...) -> None: ...

class GetDeadLetterRequest(_message.Message):
    __slots__ = ("region", "id")
    REGION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    region: str
    id: str
    def __init__(self, region: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class GetDeadLetterResponse(_message.Message):
    __slots__ = ("letter", "value", "content")
    LETTER_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    letter: DeadLetter
    value: bytes
    content: str
    def __init__(self, letter: _Optional[_Union[DeadLetter, _Mapping]] = ..., value: _Optional[bytes] = ..., content: _Optional[str] = ...) -> None: ...

class ReplayDeadLettersRequest(_message.Message):
    __slots__ = ("header", "ids", "code", "by", "why")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    ids: _containers.RepeatedScalarFieldContainer[str]
    code: str
    by: str
    why: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., ids: _Optional[_Iterable[str]] = ..., code: _Optional[str] = ..., by: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class ReplayDeadLettersResponse(_message.Message):
    __slots__ = ("letters", "replayed", "failed", "unresolved")
    LETTERS_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    UNRESOLVED_FIELD_NUMBER: _ClassVar[int]
    letters: _containers.RepeatedCompositeFieldContainer[DeadLetter]
    replayed: int
    failed: int
    unresolved: int
    def __init__(self, letters: _Optional[_Iterable[_Union[DeadLetter, _Mapping]]] = ..., replayed: _Optional[int] = ..., failed: _Optional[int] = ..., unresolved: _Optional[int] = ...) -> None: ...

class DiscardDeadLetterRequest(_message.Message):
    __slots__ = ("header", "id", "by", "why")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    header: _common_pb2.RequestHeader
    id: str
    by: str
    why: str
    def __init__(self, header: _Optional[_Union[_common_pb2.RequestHeader, _Mapping]] = ..., id: _Optional[str] = ..., by: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class DiscardDeadLetterResponse(_message.Message):
    __slots__ = ("letter", "released", "unresolved")
    LETTER_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    UNRESOLVED_FIELD_NUMBER: _ClassVar[int]
    letter: DeadLetter
    released: _containers.RepeatedCompositeFieldContainer[DeadLetter]
    unresolved: int
    def __init__(self, letter: _Optional[_Union[DeadLetter, _Mapping]] = ..., released: _Optional[_Iterable[_Union[DeadLetter, _Mapping]]] = ..., unresolved: _Optional[int] = ...) -> None: ...
