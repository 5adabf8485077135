"""How nodes of this network reach each other's services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import grpc

from adapters.wire.codec import MessageCodec
from clearing.messages import Address
from protos.care.v1 import care_pb2_grpc
from protos.insured.v1 import insured_pb2, insured_pb2_grpc
from services.insured_region.answers import Adjudication, EntitlementSeen
from services.insured_region.commands import LookUpEntitlement, QuoteClaim
from services.network.targets import RoutedStub, Targets
from services.node import tracing
from services.node.status import error_from

ASK_WITHIN_S = 5.0
# A day's bucket of lines may be large.
_OPTIONS = [("grpc.max_receive_message_length", 256 << 20)]

_LOOK_UP = MessageCodec(LookUpEntitlement, insured_pb2.LookUpEntitlementRequest)
_SEEN = MessageCodec(EntitlementSeen, insured_pb2.LookUpEntitlementResponse)
_QUOTE = MessageCodec(QuoteClaim, insured_pb2.QuoteClaimRequest)
_QUOTED = MessageCodec(Adjudication, insured_pb2.Adjudication)

AnswerT = TypeVar("AnswerT")


class GrpcDirectory:
    """The nodes of the network's regions and where the processes listen that host them.

    Use inside the event loop that serves.
    """

    def __init__(self, nodes: Sequence[Address], care: Targets, insured: Targets) -> None:
        self._nodes = tuple(nodes)
        self._care = RoutedStub(care_pb2_grpc.CareRegionServiceStub, care, "care_region", _OPTIONS)
        self._insured = RoutedStub(
            insured_pb2_grpc.InsuredRegionServiceStub, insured, "insured_region", _OPTIONS
        )

    async def close(self) -> None:
        """Close the channels."""
        await self._care.close()
        await self._insured.close()

    def nodes(self) -> Sequence[Address]:
        """Return every region's node of the network, whoever hosts it."""
        return self._nodes

    def care_stub(self, region: str) -> Any:
        """Return a stub of the care-region service."""
        del region
        return self._care

    def insured_stub(self, region: str) -> Any:
        """Return a stub of the insured-region service."""
        del region
        return self._insured

    async def look_up(self, command: LookUpEntitlement) -> EntitlementSeen:
        """Ask an insured region for a member's entitlement."""
        return await self._ask(self._insured.LookUpEntitlement, _LOOK_UP.encode(command), _SEEN)

    async def quote(self, command: QuoteClaim) -> Adjudication:
        """Ask an insured region what settling a visit would give."""
        return await self._ask(self._insured.QuoteClaim, _QUOTE.encode(command), _QUOTED)

    async def _ask(self, method: Any, message: Any, answer: MessageCodec[AnswerT]) -> AnswerT:
        try:
            asked = method(message, timeout=ASK_WITHIN_S, metadata=tracing.outgoing())
            return answer.decode(await asked)
        except grpc.RpcError as error:
            raise error_from(error) from error
