"""A role's gRPC service: decode, queue, wait, encode. The event loop only ever waits."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import grpc
from grpc import aio

from clearing.errors import Unavailable, YidiError
from clearing.messages import Address
from services.node import tracing
from services.node.command import Answered, Failed, Request, RequestMeta, internal
from services.node.endpoints import BoundEndpoint
from services.node.status import to_status
from services.node.worker import Worker

logger = logging.getLogger(__name__)

ANSWER_WITHIN_S = 25.0
LATE_WITHIN_S = 3.0
"""How long the question may take that is asked instead of an answer that did not come."""

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
        self._observer = worker.observer
        self._answer_within_s = answer_within_s
        self._ending = asyncio.Event()
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

    def end_waiting(self) -> None:
        """Let nobody wait for others any longer: who does is told what is known by now."""
        self._ending.set()

    async def ask(self, address: Address, request: Request) -> Any:
        """Return the answer of a node of this process, or raise its refusal."""
        final = await asyncio.wrap_future(self._worker.submit(address, request))
        if isinstance(final, Failed):
            raise final.error
        return final.body

    def _serve(self, bound: BoundEndpoint, composed: Composed | None) -> Any:
        async def answered(message: Any, trace_parent: str) -> Any:
            try:
                read = bound.read(message, trace_parent)
                self._worker.require(read[0], bound.region_field)
                if composed is not None:
                    answer = await composed(read, self.ask)
                else:
                    answer = await self._answer(bound, *read)
                return bound.answer.encode(answer)
            except YidiError as error:
                refusal = error
            except Exception:
                logger.exception(
                    "%s/%s", self.full_name, bound.name, extra={"trace_parent": trace_parent}
                )
                refusal = internal()
            return to_status(refusal, ((tracing.METADATA, trace_parent),))

        async def serve(message: Any, call: aio.ServicerContext[Any, Any]) -> Any:
            trace_parent = tracing.trace_parent_of(call.invocation_metadata())
            tracing.current.set(trace_parent)
            self._observer.arrived(self.full_name)
            since_s, code = time.monotonic(), grpc.StatusCode.CANCELLED
            try:
                answer = await answered(message, trace_parent)
                if isinstance(answer, grpc.Status):
                    code = answer.code
                    await call.abort_with_status(answer)
                call.set_trailing_metadata(((tracing.METADATA, trace_parent),))
                code = grpc.StatusCode.OK
                return answer
            finally:
                took_s = time.monotonic() - since_s
                self._observer.answered(self.full_name, bound.name, code.name, took_s)

        return serve

    async def _answer(self, bound: BoundEndpoint, address: Address, request: Request) -> Any:
        future = asyncio.wrap_future(self._worker.submit(address, request))
        if not bound.endpoint.waits or request.meta is None:
            final = await future
        else:
            ending = asyncio.ensure_future(self._ending.wait())
            either: list[asyncio.Future[Any]] = [future, ending]
            try:
                await asyncio.wait(
                    either,
                    timeout=self._answer_within_s,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not future.done():
                    known = await self._ask_late(bound, address, request, request.meta)
                    if not future.done():
                        return known
            finally:
                ending.cancel()
                future.cancel()  # nobody waits any more, as when the caller hung up
            final = future.result()
        if isinstance(final, Answered):
            return final.body
        raise final.error

    async def _ask_late(
        self, bound: BoundEndpoint, address: Address, request: Request, meta: RequestMeta
    ) -> Any:
        """Return what is known of a request without an answer. Raises ``Unavailable``."""
        late = bound.endpoint.late
        if late is None:
            raise _not_yet()
        asked = Request(late(request.payload, meta), None, request.trace_parent)
        try:
            return await asyncio.wait_for(self.ask(address, asked), LATE_WITHIN_S)
        except TimeoutError:
            raise _not_yet() from None


def _not_yet() -> Unavailable:
    return Unavailable(
        "not_carried_out_yet",
        "the request is accepted and not carried out yet; send the same request again",
        "请求已受理, 尚未完成处理, 请以相同请求号重试",
    )
