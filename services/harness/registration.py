"""Makes a corpus's institutions and members known to the nodes.

A request's id is derived from its content: whoever registers the same again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, TypeVar

from clearing.calendar import Instant
from services.harness import requests
from services.harness.corpus import Institution, Member
from services.harness.nodes_client import NodesClient

CALL_ITEMS = 500

ItemT = TypeVar("ItemT")


async def register(
    nodes: NodesClient, institutions: Iterable[Institution], members: Iterable[Member], at: Instant
) -> None:
    """Register everybody, region by region, at a business time."""
    for group in _batches(institutions, lambda one: (one.care_region, one.institution_id)):
        request = requests.register_institutions("", group, at)
        await nodes.call(nodes.care.RegisterInstitutions, _named(request, "institutions"))
    for people in _batches(members, lambda one: (one.insured_region, one.member_id)):
        request_of_members = requests.register_members("", people, at)
        await nodes.call(nodes.insured.RegisterMembers, _named(request_of_members, "members"))


def _batches(
    items: Iterable[ItemT], key: Callable[[ItemT], tuple[str, str]]
) -> Iterable[Sequence[ItemT]]:
    """Sort by region and id, so that the batches don't depend on the order of a file."""
    for _, group in groupby(sorted(items, key=key), key=lambda item: key(item)[0]):
        every = list(group)
        for start in range(0, len(every), CALL_ITEMS):
            yield every[start : start + CALL_ITEMS]


def _named(request: Any, what: str) -> Any:
    content = type(request)()
    content.CopyFrom(request)
    content.header.ClearField("business_time")
    digest = hashlib.sha256(content.SerializeToString(deterministic=True)).hexdigest()
    request.header.request_id = f"{what}:{digest[:32]}"
    return request
