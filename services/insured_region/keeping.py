"""What an insured region keeps of what others send: fee lines and heads of the journal."""

from __future__ import annotations

from clearing.errors import Rejected
from clearing.messages import FeeLinesDetailed, JournalHeadPublished
from services.insured_region.records import JournalHead, LineDetails
from services.node.context import Context


def on_fee_lines_detailed(chunk: FeeLinesDetailed, context: Context) -> None:
    """Keep a chunk of a settlement's fee lines; it never holds the settlement up."""
    context.table(LineDetails).put(
        LineDetails(chunk.settlement_id, chunk.chunk_no, chunk.chunks, chunk.lines)
    )


def on_journal_head(head: JournalHeadPublished, context: Context) -> None:
    """Keep the house's head.

    Another hash for a known sequence means a rewritten journal: the message is parked, for
    people to see, and the head first told stays.
    """
    heads = context.table(JournalHead)
    known = heads.get(head.sequence)
    if known is not None and known.hash != head.hash:
        raise Rejected(
            "journal_rewritten",
            f"the house told two hashes for journal line {head.sequence}",
            f"清算日志第 {head.sequence} 行前后哈希不一致",
        )
    heads.put(JournalHead(head.sequence, head.on, head.hash))
