"""What a replay can come to, other than everything being equal."""

from __future__ import annotations

from clearing.errors import Unavailable, YidiError


class DifferenceError(YidiError):
    """Something came out otherwise than expected; the replay stops there."""

    def __init__(self, what: str, field: str, expected: object, got: object) -> None:
        super().__init__(
            "difference",
            f"{what}: {field} should be {expected}, but is {got}",
            f"{what}: {field} 应为 {expected}, 实为 {got}",
            field=field,
        )
        self.what = what
        self.expected = expected
        self.got = got


class NodesUnreachable(Unavailable):
    """The nodes did not answer for so long that the replay gave up."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "nodes_unreachable",
            f"the nodes do not answer: {detail}",
            f"节点无应答: {detail}",
        )


def expect(what: str, field: str, expected: object, got: object) -> None:
    """Raise ``DifferenceError`` when the two are not equal."""
    if expected != got:
        raise DifferenceError(what, field, expected, got)
