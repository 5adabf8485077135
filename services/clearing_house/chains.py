"""Adding to the house's chains, inside the transaction of the command."""

from __future__ import annotations

from clearing.chain import GENESIS, ChainHead, LinkedT, link
from clearing.ports import UnitOfWork
from services.clearing_house.records import CHAINS


def head(uow: UnitOfWork, record: type) -> ChainHead:
    """Return where the chain of a record type ends."""
    chain = CHAINS[record]
    return uow.table(ChainHead).get(chain) or ChainHead(chain, 0, GENESIS)


def append(uow: UnitOfWork, record: LinkedT) -> LinkedT:
    """Give the record its place at the end of its chain, keep it there and return it."""
    kind = type(record)
    linked = link(record, head(uow, kind))
    uow.table(kind).put(linked)
    uow.table(ChainHead).put(ChainHead(CHAINS[kind], linked.sequence, linked.hash))
    return linked
