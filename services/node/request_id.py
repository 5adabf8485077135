"""The shape of a request id."""

from __future__ import annotations

import re

from clearing.errors import Malformed

_SHAPE = re.compile(r"[A-Za-z0-9._:\-]{1,64}")


def check_request_id(request_id: str, field: str) -> None:
    """Raise ``Malformed`` unless the id is 1 to 64 characters of ``[A-Za-z0-9._:-]``."""
    if _SHAPE.fullmatch(request_id) is None:
        raise Malformed(
            "request_id",
            "a request id is 1 to 64 characters of [A-Za-z0-9._:-]",
            "请求号应为1至64位字母、数字或 . _ : -",
            field=field,
        )
