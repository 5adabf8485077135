"""The gRPC service of a node's desk: which command and answer belong to which method."""

from __future__ import annotations

from clearing.messages import Role as RoleName
from protos.node.v1 import node_pb2
from services.node.desk_letters import (
    DeadLetterContent,
    DeadLetterDiscarded,
    DeadLetterPage,
    DeadLettersReplayed,
    DiscardDeadLetter,
    GetDeadLetter,
    ListDeadLetters,
    ReplayDeadLetters,
)
from services.node.endpoints import BoundEndpoint, Endpoint, bind

SERVICE = node_pb2.DESCRIPTOR.services_by_name["NodeDeskService"]

_REGION = ("region",)
ENDPOINTS = {
    "ListDeadLetters": Endpoint(ListDeadLetters, DeadLetterPage, region=_REGION),
    "GetDeadLetter": Endpoint(GetDeadLetter, DeadLetterContent, region=_REGION),
    "ReplayDeadLetters": Endpoint(ReplayDeadLetters, DeadLettersReplayed),
    "DiscardDeadLetter": Endpoint(DiscardDeadLetter, DeadLetterDiscarded),
}


def desk_endpoints(role: RoleName) -> list[BoundEndpoint]:
    """Return the methods of the desk of nodes of a role, with their codecs."""
    return bind(role, SERVICE, ENDPOINTS)
