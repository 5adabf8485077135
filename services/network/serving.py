"""The gRPC server of one role: its service, health, reflection; and its graceful end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from clearing.errors import Unavailable
from clearing.messages import Address
from services.node.desk_service import SERVICE as DESK
from services.node.desk_service import desk_endpoints
from services.node.endpoints import BoundEndpoint
from services.node.rpc import Composed, RpcService
from services.node.worker import Worker

_OPTIONS = [("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 16 << 20)]
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
STOP_GRACE_S = 5.0


class RoleServer:
    """Listens from the beginning, serves once ``start`` is called."""

    def __init__(self, host: str, port: int) -> None:
        """Take a port; 0 is any free one. Raises ``Unavailable`` (``port_in_use``)."""
        self._server = aio.server(options=_OPTIONS)
        self._health: Any = health.aio.HealthServicer()
        self._names: tuple[str, ...] = ()
        self._nodes: dict[Address, bool] = {}
        self._service: RpcService | None = None
        self.address = f"{host}:{_listen(self._server, host, port)}"

    async def start(
        self,
        service: Any,
        endpoints: Sequence[BoundEndpoint],
        worker: Worker,
        composed: Mapping[str, Composed],
        answer_within_s: float,
    ) -> None:
        """Serve; ``service`` is the service's descriptor."""
        name = service.full_name
        self._service = RpcService(
            name, endpoints, worker, composed, answer_within_s=answer_within_s
        )
        self._service.add_to(self._server)
        role, desk = endpoints[0].role, DESK.full_name
        RpcService(desk, desk_endpoints(role), worker).add_to(self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(
            (name, desk, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server
        )
        await self._server.start()
        self._names = (name, "")
        self._nodes = {
            node: worker.consumes(node) for node in worker.addresses if node.role is role
        }
        await self._health.set(desk, _SERVING)
        await self._say_health()
        loop = asyncio.get_running_loop()

        def note(node: Address, consumes: bool) -> None:
            if node in self._nodes:
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(self._note, node, consumes)

        worker.on_consuming.append(note)

    def _note(self, node: Address, consumes: bool) -> None:
        self._nodes[node] = consumes
        self._saying = asyncio.ensure_future(self._say_health())

    async def _say_health(self) -> None:
        """Say of each node whether it consumes; the role serves while any of its nodes does.

        The desk serves all the while: it is where a node that has stopped is helped.
        """
        for node, consumes in self._nodes.items():
            await self._health.set(str(node), _SERVING if consumes else _NOT_SERVING)
        serves = any(self._nodes.values()) or not self._nodes
        for name in self._names:
            await self._health.set(name, _SERVING if serves else _NOT_SERVING)

    async def announce_end(self) -> None:
        """Say NOT_SERVING from now on; calls are still taken."""
        await self._health.enter_graceful_shutdown()

    async def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """Refuse new calls and let the running ones end, for so long.

        Those that wait for another region are told at once what is known by now.
        """
        if self._service is not None:
            self._service.end_waiting()
        await self._server.stop(grace_s)


def _listen(server: aio.Server, host: str, port: int) -> int:
    try:
        return server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise Unavailable(
            "port_in_use", f"cannot listen on {host}:{port}", f"无法监听 {host}:{port}"
        ) from error
