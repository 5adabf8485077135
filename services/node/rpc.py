"""A role's gRPC service: decode, queue, wait, encode. The event loop only ever waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import grpc
from grpc import aio

from clearing.errors import YidiError
from clearing.messages import Address
from services.node.command import Answered, Failed, Request, internal
from services.node.endpoints import BoundEndpoint
from services.node.status import to_status
from services.node.worker import Worker

logger = logging.getLogger(__name__)

ANSWER_WITHIN_S = 25.0

Ask = Callable[[Address, Request], Awaitable[Any]]
Composed = Callable[[Any, Ask], Awaitable[Any]]


class RpcService:
    """Serves the endpoints of one role.

    ``composed`` are methods that ask other nodes before they answer (a quote): given the
    decoded payload and a way to ask this process's own node, they return the answer.
    """

    def __init__(
        self,
        full_name: str,
        endpoints: Sequence[BoundEndpoint],
        worker: Worker,
        composed: Mapping[str, Composed] | None = None,
        *,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self.full_name = full_name
        self._worker = worker
        self._answer_within_s = answer_within_s
        composed = composed or {}
        self._methods = {
            bound.name: grpc.unary_unary_rpc_method_handler(
                self._serve(bound, composed.get(bound.name)),
                request_deserializer=bound.request_type.FromString,
                response_serializer=bound.response_type.SerializeToString,
            )
            for bound in endpoints
        }

    def add_to(self, server: aio.Server) -> None:
        """Register the service with a server."""
        handler = grpc.method_handlers_generic_handler(self.full_name, self._methods)
        server.add_generic_rpc_handlers((handler,))

    async def ask(self, address: Address, request: Request) -> Any:
        """Return the answer of a node of this process, or raise its refusal."""
        final = await asyncio.wrap_future(self._worker.submit(address, request))
        if isinstance(final, Failed):
            raise final.error
        return final.body

    def _serve(self, bound: BoundEndpoint, composed: Composed | None) -> Any:
        async def serve(message: Any, call: aio.ServicerContext[Any, Any]) -> Any:
            try:
                read = bound.read(message)
                self._worker.require(read[0], bound.region_field)
                if composed is not None:
                    answer = await composed(read, self.ask)
                else:
                    answer = await self._answer(bound, *read)
                return bound.answer.encode(answer)
            except YidiError as error:
                refusal = error
            except Exception:
                logger.exception("%s/%s", self.full_name, bound.name)
                refusal = internal()
            return await call.abort_with_status(to_status(refusal))

        return serve

    async def _answer(self, bound: BoundEndpoint, address: Address, request: Request) -> Any:
        future = asyncio.wrap_future(self._worker.submit(address, request))
        late = bound.endpoint.late
        if late is None or request.meta is None:
            final = await future
        else:
            done, _ = await asyncio.wait([future], timeout=self._answer_within_s)
            if not done:
                known = await self.ask(address, Request(late(request.payload, request.meta), None))
                if not future.done():
                    future.cancel()
                    return known
            final = future.result()
        if isinstance(final, Answered):
            return final.body
        raise final.error
