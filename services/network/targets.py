"""Where the processes of a role listen, and calls that go to the one with the region asked for."""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grpc import aio

from clearing.errors import Malformed, Unavailable
from services.network.address import is_address

_IN_TURN = ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]}))


@dataclass(frozen=True, slots=True)
class Targets:
    """Addresses by region, and those of every other region; several are tried in turn."""

    others: tuple[str, ...]
    by_region: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def read(text: str, name: str) -> Targets:
        """Read ``[REGION=]HOST:PORT[|HOST:PORT…],…``. Raises ``Malformed`` naming the field."""
        by_region: dict[str, tuple[str, ...]] = {}
        for part in filter(None, text.split(",")):
            region, _, addresses = part.strip().rpartition("=")
            several = tuple(addresses.split("|"))
            if region in by_region or not all(map(is_address, several)):
                raise Malformed(
                    "addresses",
                    f"write [REGION=]HOST:PORT,… each region once; not {part!r}",
                    f"请写作 [地区=]主机:端口,…, 每个地区一次; {part!r} 无法识别",
                    field=name,
                )
            by_region[region] = several
        return Targets(by_region.pop("", ()), by_region)

    def of(self, region: str) -> tuple[str, ...]:
        """Return where a region's node is asked. Raises ``Unavailable`` (``address_missing``)."""
        found = self.by_region.get(region, self.others)
        if not found:
            raise Unavailable(
                "address_missing", f"no address of region {region}", f"未配置地区 {region} 的地址"
            )
        return found


class RoutedStub:
    """A stub whose calls go by the region in their message; has every method of the service."""

    def __init__(
        self,
        make_stub: Callable[[Any], Any],
        targets: Targets,
        region_field: str,
        options: Sequence[tuple[str, Any]],
    ) -> None:
        """``region_field`` names the region in a message without a header."""
        self._make_stub = make_stub
        self._targets = targets
        self._region_field = region_field
        self._options = list(options)
        self._known: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def __getattr__(self, method: str) -> Any:
        """Return a method of the service."""

        def call(message: Any, **options: Any) -> Any:
            stub = self._stub(self._targets.of(self._region_of(message)))
            return getattr(stub, method)(message, **options)

        return call

    async def close(self) -> None:
        """Close the channels."""
        for channel, _ in self._known.values():
            await channel.close()

    def _stub(self, addresses: tuple[str, ...]) -> Any:
        if addresses not in self._known:
            channel = open_channel(addresses, self._options)
            self._known[addresses] = (channel, self._make_stub(channel))
        return self._known[addresses][1]

    def _region_of(self, message: Any) -> str:
        fields = message.DESCRIPTOR.fields_by_name
        if "header" in fields:
            region: str = message.header.region
            return region
        if self._region_field in fields:
            return str(getattr(message, self._region_field))
        if "claim" in fields:
            return str(getattr(message.claim, self._region_field))
        return ""


def open_channel(addresses: Sequence[str], options: Sequence[tuple[str, Any]]) -> aio.Channel:
    """Return a channel to one address, or to several in turn; nothing is connected yet.

    Raises ``Unavailable`` (``address_unknown``) where one of several has no IPv4 address.
    """
    if len(addresses) == 1:
        return aio.insecure_channel(addresses[0], options=list(options))
    target = "ipv4:" + ",".join(map(_in_numbers, addresses))
    return aio.insecure_channel(target, options=[*options, _IN_TURN])


def _in_numbers(address: str) -> str:
    host, _, port = address.rpartition(":")
    try:
        return f"{ipaddress.IPv4Address(host)}:{port}"
    except ValueError:
        pass
    try:
        return f"{socket.gethostbyname(host)}:{port}"
    except OSError as error:
        raise Unavailable(
            "address_unknown", f"no IPv4 address of {host!r} is known", f"无法解析主机 {host!r}"
        ) from error
