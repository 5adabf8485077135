"""Working off dead letters from the command line."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from rich.console import Console
from rich.table import Table

from clearing.errors import Malformed, NotFound, Unavailable, YidiError
from clearing.messages import HOUSE, Address, Role
from protos.common.v1 import common_pb2
from protos.node.v1 import node_pb2, node_pb2_grpc
from services.cli import exit_codes
from services.cli.connection import connected, describe
from services.cli.noted_rules import noted_rules
from services.cli.rule_desk import as_dict
from services.network.roles import Roles
from services.network.targets import open_channel
from services.node.status import error_from

SCOPE = "operator"
WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Where:
    """The network of a data folder, or addresses of running services."""

    data: Path
    care: str = ""
    insured: str = ""
    house: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters are listed; ``""`` is any."""

    state: str = ""
    code: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, why, and under which id; ``""`` is a new one."""

    by: str
    why: str
    request_id: str = ""

    def header(self, node: Address) -> common_pb2.RequestHeader:
        """Return the header of the call that does it."""
        request_id = self.request_id or f"letters.{secrets.token_hex(8)}"
        return common_pb2.RequestHeader(
            request_id=request_id, institution_id=SCOPE, region=node.region
        )


Desk = Callable[[Address], Any]


def list_command(where: Where, node: str, wanted: Filter, *, as_json: bool) -> int:
    """List letters of one node or all; the exit code is 1 while any is unresolved."""

    async def work(desk: Desk) -> int:
        nodes = [_node(node)] if node else _known_nodes(where)
        listed = []
        for address in nodes:
            try:
                listed.append((address, await _list(desk(address), address, wanted)))
            except grpc.RpcError as error:
                if node or error_from(error).code != "node_not_here":
                    raise
            except NotFound:
                if node:
                    raise
        _show_list(listed, as_json=as_json)
        if not (node or as_json):
            _say_not_asked(where)
        unresolved = sum(page.unresolved for _, page in listed)
        return exit_codes.DIFFERENCE if unresolved else exit_codes.OK

    return _at_desks(where, work)


def show_command(where: Where, letter: str, *, as_json: bool) -> int:
    """Show a letter with its content and bytes."""

    async def work(desk: Desk) -> int:
        node, letter_id = _letter(letter)
        found = await desk(node).GetDeadLetter(
            node_pb2.GetDeadLetterRequest(region=node.region, id=letter_id), timeout=WITHIN_S
        )
        if as_json:
            shown = as_dict(found)
            shown["content"] = json.loads(found.content) if found.content else None
            _print_json({"node": str(node), **shown})
            return exit_codes.OK
        for name, value in as_dict(found.letter).items():
            print(f"{name:16} {_printable(str(value))}")
        print(f"{'content':16} {found.content or 'cannot be read / 无法解析'}")
        print(f"{'value (base64)':16} {base64.b64encode(found.value).decode()}")
        return exit_codes.OK

    return _at_desks(where, work)


def replay_command(
    where: Where, letters: Sequence[str], code: str, act: Act, *, as_json: bool
) -> int:
    """Replay letters, or all of a node; the exit code is 1 where one fails again."""

    async def work(desk: Desk) -> int:
        node, ids = _one_node(letters)
        done = await desk(node).ReplayDeadLetters(
            node_pb2.ReplayDeadLettersRequest(
                header=act.header(node), ids=ids, code=code, by=act.by, why=act.why
            ),
            timeout=WITHIN_S,
        )
        if as_json:
            _print_json({"node": str(node), **as_dict(done)})
        else:
            _show_letters(node, done.letters)
            print(
                f"{done.replayed} replayed / 已重放, {done.failed} failed / 再次失败, "
                f"{done.unresolved} left / 剩余"
            )
        return exit_codes.DIFFERENCE if done.failed else exit_codes.OK

    return _at_desks(where, work)


def discard_command(where: Where, letter: str, act: Act, *, as_json: bool) -> int:
    """Discard a letter."""

    async def work(desk: Desk) -> int:
        node, letter_id = _letter(letter)
        done = await desk(node).DiscardDeadLetter(
            node_pb2.DiscardDeadLetterRequest(
                header=act.header(node), id=letter_id, by=act.by, why=act.why
            ),
            timeout=WITHIN_S,
        )
        if as_json:
            _print_json({"node": str(node), **as_dict(done)})
        else:
            _show_letters(node, [done.letter, *done.released])
            print(f"{done.unresolved} left / 剩余")
        return exit_codes.OK

    return _at_desks(where, work)


def _at_desks(where: Where, work: Callable[[Desk], Awaitable[int]]) -> int:
    async def reached() -> int:
        async with _desks(where) as desk:
            return await work(desk)

    try:
        return asyncio.run(reached())
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        if isinstance(error, Malformed | NotFound):
            return exit_codes.BAD_INPUT
        unreachable = isinstance(error, Unavailable) or error.code == "data_in_use"
        return exit_codes.UNREACHABLE if unreachable else exit_codes.DIFFERENCE


@asynccontextmanager
async def _desks(where: Where) -> AsyncIterator[Desk]:
    """Reach the desks: those at the addresses given, or those of the folder's network."""
    async with AsyncExitStack() as stack:
        at = {Role.CARE: where.care, Role.INSURED: where.insured, Role.HOUSE: where.house}
        if not any(at.values()):
            addresses = (await stack.enter_async_context(connected(where.data))).addresses
            at = {
                Role.CARE: addresses.care,
                Role.INSURED: addresses.insured,
                Role.HOUSE: addresses.house,
            }
        stubs: dict[Role, Any] = {}
        for role, target in at.items():
            if target:
                channel = await stack.enter_async_context(open_channel(target.split("|"), ()))
                stubs[role] = node_pb2_grpc.NodeDeskServiceStub(channel)

        def desk(node: Address) -> Any:
            if node.role not in stubs:
                raise NotFound(
                    "address_missing",
                    f"give --{node.role} HOST:PORT to reach {node}",
                    f"缺少 {node} 的地址",
                    field=f"--{node.role}",
                )
            return stubs[node.role]

        try:
            yield desk
        except grpc.RpcError as error:
            raise error_from(error) from error


async def _list(stub: Any, node: Address, wanted: Filter) -> Any:
    """Return every page of a node's letters as one."""
    whole = node_pb2.ListDeadLettersResponse()
    after = ""
    while True:
        page = await stub.ListDeadLetters(
            node_pb2.ListDeadLettersRequest(
                region=node.region,
                state=wanted.state,
                code=wanted.code,
                key=wanted.key,
                page_size=500,
                after=after,
            ),
            timeout=WITHIN_S,
        )
        whole.letters.extend(page.letters)
        whole.unresolved = page.unresolved
        after = page.next_after
        if not after:
            return whole


def _known_nodes(where: Where) -> list[Address]:
    roles = Roles(noted_rules(where.data))
    return [node for role in Role for node in roles.addresses(role)]


def _node(text: str) -> Address:
    role, _, region = text.partition("/")
    if role == Role.HOUSE and region in ("", HOUSE.region):
        return HOUSE
    if role not in (Role.CARE, Role.INSURED) or not (len(region) == 6 and region.isdigit()):
        raise Malformed(
            "node", f"a node is care/REGION, insured/REGION or house, not {text!r}",
            f"无法识别的节点 {text!r}", field="NODE",
        )  # fmt: skip
    return Address(Role(role), region)


def _letter(text: str) -> tuple[Address, str]:
    role, _, rest = text.partition("/")
    region, _, letter_id = rest.partition("/")
    if not letter_id:
        raise Malformed(
            "letter_id",
            f"a letter is NODE/TOPIC/PARTITION/OFFSET, not {text!r}",
            "搁置消息编号格式为 节点/主题/分区/位移",
            field="LETTER",
        )
    return _node(f"{role}/{region}"), letter_id


def _one_node(letters: Sequence[str]) -> tuple[Address, list[str]]:
    """Return the node and ids of letters to replay; no ids where only the node is named."""
    if len(letters) == 1 and letters[0].count("/") < 2:
        return _node(letters[0]), []
    found = [_letter(letter) for letter in letters]
    if len({node for node, _ in found}) != 1:
        raise Malformed(
            "one_node", "replay letters of one node at a time", "一次只能重放一个节点的消息",
            field="LETTER",
        )  # fmt: skip
    return found[0][0], [letter_id for _, letter_id in found]


def _show_list(listed: Sequence[tuple[Address, Any]], *, as_json: bool) -> None:
    if as_json:
        nodes = [{"node": str(node), **as_dict(page)} for node, page in listed]
        _print_json([node for node in nodes if node["letters"] or node["unresolved"]])
        return
    for node, page in listed:
        if page.letters:
            _show_letters(node, page.letters)
    print(f"{sum(page.unresolved for _, page in listed)} wait for a person / 待人工处理")


def _say_not_asked(where: Where) -> None:
    """Say of which roles nothing is known, where only some were told."""
    told = {"care": where.care, "insured": where.insured, "house": where.house}
    missing = [role for role, address in told.items() if not address]
    if len(missing) < len(told) and missing:
        print(f"not asked / 未查询: {', '.join(missing)}")


def _show_letters(node: Address, letters: Sequence[Any]) -> None:
    table = Table(title=f"dead letters of {node} / 搁置消息")
    for name in ("letter / 编号", "state / 状态", "code / 原因", "kind", "key", "tried", "since"):
        table.add_column(name, overflow="fold")
    for letter in letters:
        table.add_row(
            _printable(f"{node}/{letter.id}"),
            letter.state,
            _printable(f"{letter.code}: {letter.reason}"),
            letter.kind,
            _printable(letter.key),
            str(letter.attempts),
            f"{letter.parked_at.ToDatetime():%Y-%m-%d %H:%M:%S}Z",
        )
    Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)


def _printable(text: str) -> str:
    """Show what anybody may have written as it is, and nothing of it to the terminal itself."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
