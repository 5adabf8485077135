"""Members are known by pseudonymous numbers: what names a person otherwise is not let in.

Whatever a node takes in may stand in its books, on the log and in other regions' books for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from clearing.errors import Malformed
from clearing.personal_numbers import holds_certificate, is_phone

WHO = frozenset({"member_id", "member_ids", "account_id", "account_shared_with"})
"""Fields that say who, wherever they are in a message."""

_SHAPE = re.compile(r"[A-Za-z0-9._:/\-]{0,64}")
_LONG = re.compile(rb"[0-9]{17}[0-9Xx]")
_MAX_DEPTH = 6


class Pseudonyms:
    """Looks through the messages of one kind."""

    def __init__(self, descriptor: Any) -> None:
        paths = list(_ids(descriptor, (), many=False))
        self._single = [(path, attrgetter(".".join(path))) for path, many in paths if not many]
        self._many = [path for path, many in paths if many]

    def require(self, message: Any) -> None:
        """Raise ``Malformed`` naming the field, and never repeating what is in it.

        ``id_form``: an id is not up to 64 characters of ``[A-Za-z0-9._:/-]``, or one that says
        who is a phone number. ``certificate_number``: any text holds an identity number.
        """
        for path, get in self._single:
            _require_form(get(message), path)
        for path in self._many:
            for value in _values(message, path):
                _require_form(value, path)
        if _LONG.search(message.SerializeToString()) is None:
            return
        for field, text in _texts(MessageToDict(message, preserving_proto_field_name=True), ""):
            if holds_certificate(text):
                raise _certificate(field)


def _ids(
    descriptor: Any, path: tuple[str, ...], *, many: bool
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the paths of ids, and whether there may be many values."""
    for field in descriptor.fields if len(path) < _MAX_DEPTH else ():
        here, some = (*path, field.name), many or field.is_repeated
        if field.message_type is not None:
            yield from _ids(field.message_type, here, many=some)
        elif field.name in WHO or field.name.endswith(("_id", "_ids")):
            yield here, some


def _values(found: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the values at a path, through whatever is repeated on it."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Message):
        yield from _values(getattr(found, path[0]), path[1:])
    else:
        for each in found:
            yield from _values(each, path)


def _require_form(value: str, path: tuple[str, ...]) -> None:
    if _SHAPE.fullmatch(value) is None or (path[-1] in WHO and is_phone(value)):
        raise _id_form(".".join(path))


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(name, path)
            yield from _texts(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, path)


def _id_form(field: str) -> Malformed:
    return Malformed(
        "id_form",
        "an id is up to 64 characters of [A-Za-z0-9._:/-]; nobody is named by a phone number",
        "编号至多64位字母、数字或 . _ : / -; 不得以姓名或手机号标识参保人",
        field=field,
    )


def _certificate(field: str) -> Malformed:
    return Malformed(
        "certificate_number",
        "identity numbers do not belong here; a member is named by the member number",
        "不得提交身份证号码, 请使用参保人编号",
        field=field,
    )
