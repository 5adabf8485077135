"""The name of the group that the processes with the same nodes read the log as."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from clearing.messages import Address

SEVERAL = "several"
"""Stands for the role where a process hosts nodes of more than one."""


def group_of(nodes: Iterable[Address]) -> str:
    """Return the group that a process with these nodes belongs to: one for the same set.

    Processes of one group share the partitions of all their nodes. Those with different sets
    read the nodes that both host twice: that costs work, and no effect happens twice.
    """
    names = sorted(str(node) for node in nodes)
    if len(names) == 1:
        return names[0]
    roles = {name.partition("/")[0] for name in names}
    role = roles.pop() if len(roles) == 1 else SEVERAL
    digest = blake2b("\n".join(names).encode(), digest_size=4).hexdigest()
    return f"{role}/{len(names)}-{digest}"
