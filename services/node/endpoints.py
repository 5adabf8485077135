"""Which command and which answer belong to which method of a gRPC service.

The service's own descriptor is the list of methods; a role adds the plain values that carry
them. Everything is compared when the process starts: a method without an endpoint, or a value
whose fields are not the message's, stops it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.wire.codec import MessageCodec, missing, read_instant, without_nul
from clearing.errors import Malformed
from clearing.messages import HOUSE, Address, Role
from services.node.command import Request, RequestMeta
from services.node.pseudonyms import Pseudonyms
from services.node.request_id import check_request_id

MAX_SCOPE = 64


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method. ``late`` makes the query that answers when a wait has lasted too long.

    ``through_log`` is whether a call waits for a message without knowing anything meanwhile.
    ``region`` is the path of the field in which a query names the node's region; the default
    is ``care_region`` or ``insured_region``, after the role.
    """

    command: type
    answer: type
    late: Callable[[Any, RequestMeta], Any] | None = None
    region: tuple[str, ...] = ()
    through_log: bool = False

    @property
    def waits(self) -> bool:
        """Whether a call waits for messages to be read before it is answered."""
        return self.through_log or self.late is not None


class BoundEndpoint:
    """An endpoint with the codecs of its method's messages."""

    def __init__(self, role: Role, name: str, endpoint: Endpoint, descriptor: Any) -> None:
        self.name = name
        self.endpoint = endpoint
        self.request_type = descriptor.input_type._concrete_class
        self.response_type = descriptor.output_type._concrete_class
        self.mutating = "header" in descriptor.input_type.fields_by_name
        ignored = ("header",) if self.mutating else ()
        self.command: MessageCodec[Any] = MessageCodec(endpoint.command, self.request_type, ignored)
        self.answer: MessageCodec[Any] = MessageCodec(endpoint.answer, self.response_type)
        self._pseudonyms = Pseudonyms(descriptor.input_type)
        self.role = role
        self._region = endpoint.region or (f"{role}_region",)
        self.region_field = "header.region" if self.mutating else ".".join(self._region)

    def read(self, message: Any, trace_parent: str = "") -> tuple[Address, Request]:
        """Return the node a call addresses and the command it carries."""
        payload = self.command.decode(message)
        if not self.mutating:
            region: Any = message
            if self.role is not Role.HOUSE:
                for name in self._region:
                    region = getattr(region, name)
            query = Request(payload, None, trace_parent)
            return self._address(region, ".".join(self._region)), query
        header = message.header
        if not header.institution_id:
            raise missing("header.institution_id")
        _check_scope(header.institution_id)
        check_request_id(header.request_id, "header.request_id")
        self._pseudonyms.require(message)
        moment = None
        if header.HasField("business_time"):
            moment = read_instant(header.business_time, "header.business_time")
        meta = RequestMeta(header.institution_id, header.request_id, moment)
        request = Request(payload, meta, trace_parent, is_hop=self.endpoint.waits)
        return self._address(header.region, "header.region"), request

    def _address(self, region: Any, field: str) -> Address:
        if self.role is Role.HOUSE:
            return HOUSE
        if not region:
            raise missing(field)
        if not (len(region) == 6 and region.isascii() and region.isdigit()):
            raise Malformed(
                "region_code",
                "a region code is six digits",
                "行政区划代码应为六位数字",
                field=field,
            )
        return Address(self.role, region)


def _check_scope(institution_id: str) -> None:
    without_nul(institution_id, "header.institution_id")
    if len(institution_id) > MAX_SCOPE:
        raise Malformed(
            "institution_id_long",
            f"an institution's number has up to {MAX_SCOPE} characters",
            f"机构编号最多 {MAX_SCOPE} 个字符",
            field="header.institution_id",
        )


def bind(role: Role, service: Any, endpoints: Mapping[str, Endpoint]) -> list[BoundEndpoint]:
    """Bind a role's endpoints to its service; both must name the same methods."""
    methods = {method.name: method for method in service.methods}
    if methods.keys() != endpoints.keys():
        raise TypeError(f"{service.full_name}: {sorted(methods.keys() ^ endpoints.keys())}")
    return [BoundEndpoint(role, name, endpoints[name], methods[name]) for name in methods]


class EndpointAnswers:
    """The machine's ``AnswerCodec``, made of the endpoints' messages."""

    def __init__(self, endpoints: Iterable[BoundEndpoint]) -> None:
        self._by_type: dict[type, MessageCodec[Any]] = {}
        for bound in endpoints:
            for codec in (bound.command, bound.answer):
                self._by_type[codec.value_type] = codec
        self._by_name = {kind.__name__: codec for kind, codec in self._by_type.items()}

    def encode(self, value: Any) -> tuple[str, bytes]:
        """Return the name of the value's type and its canonical bytes."""
        return type(value).__name__, self._by_type[type(value)].to_bytes(value)

    def decode(self, kind: str, body: bytes) -> Any:
        """Read what ``encode`` wrote."""
        return self._by_name[kind].from_bytes(body)
