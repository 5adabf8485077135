"""Errors of the house as gRPC status, with rich details: one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from clearing import errors

# The first class an error belongs to decides.
_STATUS: tuple[tuple[type[errors.YidiError], int], ...] = (
    (errors.Malformed, code_pb2.INVALID_ARGUMENT),
    (errors.NotFound, code_pb2.NOT_FOUND),
    (errors.RequestIdReused, code_pb2.ALREADY_EXISTS),
    (errors.Rejected, code_pb2.FAILED_PRECONDITION),
    (errors.Conflict, code_pb2.ABORTED),
    (errors.Unavailable, code_pb2.UNAVAILABLE),
    (errors.InvariantBroken, code_pb2.DATA_LOSS),
    (errors.YidiError, code_pb2.INTERNAL),
)


def to_status(error: errors.YidiError, metadata: tuple[tuple[str, str], ...] = ()) -> grpc.Status:
    """Return the status of an error: code, message, ErrorInfo, words in Chinese, the field.

    ``metadata`` goes with it at the end of the call.
    """
    code = next(number for kind, number in _STATUS if isinstance(error, kind))
    details = [
        error_details_pb2.ErrorInfo(
            reason=error.code,
            domain="yidi",
            metadata={"message_en": error.message_en, "message_zh": error.message_zh},
        ),
        error_details_pb2.LocalizedMessage(locale="zh-CN", message=error.message_zh),
    ]
    if error.field:
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=error.field, description=error.message_en, reason=error.code.upper()
        )
        details.append(error_details_pb2.BadRequest(field_violations=[violation]))
    where = f" (field {error.field})" if error.field else ""
    status = status_pb2.Status(
        code=code,
        message=f"{error.code}: {error.message_en}{where}",
        details=[_packed(detail) for detail in details],
    )
    plain: grpc.Status = rpc_status.to_status(status)
    return _Status(plain.code, plain.details, (*plain.trailing_metadata, *metadata))


@dataclass(frozen=True, slots=True)
class _Status(grpc.Status):
    """A status that ends a call."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, str | bytes], ...]


def _packed(message: Any) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed


def error_from(call: grpc.RpcError) -> errors.YidiError:
    """Return the error another node answered with, or ``Unavailable`` when it did not."""
    status = rpc_status.from_call(call)
    if status is None:
        return errors.Unavailable(
            "node_unreachable",
            f"the other region did not answer: {call.details()}",
            "对方地区节点未应答",
        )
    info = error_details_pb2.ErrorInfo()
    bad = error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
    kind = next((kind for kind, number in _STATUS if number == status.code), errors.YidiError)
    return kind(
        info.reason or "unknown",
        info.metadata.get("message_en", status.message),
        info.metadata.get("message_zh", status.message),
        field=bad.field_violations[0].field if bad.field_violations else None,
    )
