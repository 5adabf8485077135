"""Looking at dead letters: lists by page, one with its content."""

from __future__ import annotations

from adapters.wire.envelopes import envelope_json
from clearing.errors import Malformed, NotFound
from clearing.ports import Key
from services.node.context import Context
from services.node.desk_letters import (
    DeadLetterContent,
    DeadLetterPage,
    GetDeadLetter,
    ListDeadLetters,
    id_of,
    shown,
)
from services.node.held_keys import held_rows
from services.node.records import LetterState, ParkedRecord
from services.node.scanning import every

UNRESOLVED = (LetterState.PARKED, LetterState.BEHIND)
DEFAULT_PAGE = 100
MAX_PAGE = 500
_KEY = ("topic", "partition", "offset")


def list_dead_letters(command: ListDeadLetters, context: Context) -> DeadLetterPage:
    """Return a page of the letters that fit. Raises ``Malformed`` for a filter nothing can fit."""
    size = command.page_size or DEFAULT_PAGE
    if not 1 <= size <= MAX_PAGE:
        raise Malformed(
            "page_size", f"a page is 1 to {MAX_PAGE} letters", "每页条数超限", field="page_size"
        )
    states = _states(command.state)
    after = key_of(command.after, "after") if command.after else None
    found: list[ParkedRecord] = []
    more = False
    for row in every(context.uow, ParkedRecord, _KEY, after):
        if row.state not in states or command.code not in ("", row.code):
            continue
        if command.key not in ("", row.key):
            continue
        if len(found) == size:
            more = True
            break
        found.append(row)
    return DeadLetterPage(
        tuple(shown(row) for row in found),
        id_of(found[-1]) if more else "",
        unresolved_of(context),
    )


def get_dead_letter(command: GetDeadLetter, context: Context) -> DeadLetterContent:
    """Return a letter with its content."""
    row = letter_of(command.id, "id", context)
    return DeadLetterContent(shown(row), row.value, envelope_json(row.value))


def letter_of(letter_id: str, field: str, context: Context) -> ParkedRecord:
    """Return a letter by its id. Raises ``Malformed`` or ``NotFound`` naming ``field``."""
    row = context.table(ParkedRecord).get(*key_of(letter_id, field))
    if row is None:
        raise NotFound(
            "letter_unknown",
            f"{context.address} has no dead letter {letter_id!r}",
            f"没有搁置消息 {letter_id!r}",
            field=field,
        )
    return row


def unresolved_of(context: Context) -> int:
    """Return how many letters of the node are parked or behind a parked one."""
    return sum(row.unresolved for row in held_rows(context.uow))


def key_of(letter_id: str, field: str) -> Key:
    """Return the key of a letter by its id. Raises ``Malformed``."""
    topic, _, rest = letter_id.partition("/")
    partition, _, offset = rest.partition("/")
    numbers = (partition, offset)
    if not topic or not all(n.isascii() and n.isdigit() and len(n) < 19 for n in numbers):
        raise Malformed(
            "letter_id",
            f"a dead letter is called topic/partition/offset, not {letter_id!r}",
            "搁置消息编号格式为 主题/分区/位移",
            field=field,
        )
    return topic, int(partition), int(offset)


def _states(state: str) -> tuple[LetterState, ...]:
    if not state:
        return UNRESOLVED
    if state == "all":
        return tuple(LetterState)
    try:
        return (LetterState(state),)
    except ValueError:
        raise Malformed(
            "letter_state",
            f"a state is parked, behind, replayed, discarded or all, not {state!r}",
            f"无法识别的状态 {state!r}",
            field="state",
        ) from None
