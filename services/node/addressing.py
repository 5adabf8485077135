"""Whether a message on a node's topics is for that node at all.

Whoever may write to a topic can put another node's message there: carried out by this one, a
request would be decided twice, by regions that know nothing of each other.
"""

from __future__ import annotations

from clearing.errors import Rejected
from clearing.messages import Address, Role

EVERY_INSURED = Address(Role.INSURED, "000000")
"""Whom the house's heads are for: every insured region reads their topic."""


def is_for(receiver: Address, node: Address) -> bool:
    """Tell whether a node is among those that a message is for."""
    everybody = receiver == EVERY_INSURED and node.role is Role.INSURED
    return receiver == node or everybody


def misdirected(receiver: Address) -> Rejected:
    """Say whom a message is for that lies on a topic of somebody else."""
    return Rejected(
        "misdirected",
        f"it is for {receiver}, and lies on a topic of this node",
        f"该消息应发往 {receiver}, 却出现在本节点的主题中",
    )
