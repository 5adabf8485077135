"""Where Prometheus fetches the figures of a process: ``http://HOST:PORT/metrics``."""

from __future__ import annotations

from prometheus_client import start_http_server

from adapters.telemetry.instruments import Instruments
from clearing.errors import Unavailable


class MetricsEndpoint:
    """An HTTP server in a thread of its own; it answers any path with the figures."""

    def __init__(self, instruments: Instruments, host: str, port: int) -> None:
        """Listen; port 0 is any free one. Raises ``Unavailable`` (``port_in_use``)."""
        try:
            self._server, self._thread = start_http_server(
                port, addr=host, registry=instruments.registry
            )
        except OSError as error:
            raise Unavailable(
                "port_in_use", f"cannot listen on {host}:{port}", f"无法监听 {host}:{port}"
            ) from error
        self.address = f"{host}:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
