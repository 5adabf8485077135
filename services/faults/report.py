"""What came of a fault run, as a page of Markdown that is kept beside the code."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from services.faults.run import Found
from services.faults.stalls import by_kind, middle_and_most, stalls_of
from services.faults.told import Event

SHOWN_WRONG = 20

HEAD = """# Fault runs

A network of real processes (Apache Kafka, PostgreSQL with durable settings, every role by
itself) is struck by a seeded plan while visits are played over gRPC. The callers behave as
hospitals' systems do: on silence or Unavailable they ask what became of their request by its
id, or send the same request again, and never take silence for failure. Some strikes come while
the one before is not mended. Once all serves again and everything has come to rest, every
node's own tables are read and compared, by themselves and with what was told.

Each section is what its command wrote. The seed decides what is struck, in which order, for how
long it stays down and what the visits are; at which instruction a process dies is not seeded.
*First settlement asked for after it* counts from the strike; with several processes of a role it
is short where others take the work over at once, *longest wait of anyone* shows those who were
on the one that died. *Down* is until what was struck served again, start included.
"""


def report_of(found: Found, command: str, machine: str) -> str:
    """Return the report; ``command`` is what makes it again."""
    return "\n".join(_lines(found, command, machine)) + "\n"


def with_section(known: str, section: str) -> str:
    """Return a page of reports with this one put in the place of its seed's, or at the end."""
    title = section.partition(":")[0] + ":"
    head, *sections = (known or HEAD).split("\n## ")
    kept = [f"## {each}" for each in sections if not f"## {each}".startswith(title)]
    pages = [*(each.strip() for each in (head, *kept)), section.strip()]
    return "\n\n".join(pages) + "\n"


def machine_here() -> str:
    """Describe this machine: processor, cores, memory, system."""
    return f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {platform.system()} " + (
        f"{platform.release()}, Python {platform.python_version()}"
    )


def _lines(found: Found, command: str, machine: str) -> Iterator[str]:
    wanted = found.wanted
    strikes = Counter(struck.strike.kind for struck in found.strikes)
    kills = sum(count for kind, count in strikes.items() if kind.kills)
    restores = sum(count for kind, count in strikes.items() if kind.restores)
    made = f"{kills} kills" + (f", {restores} databases put back" if restores else "")
    verdict = "nothing lost, nothing doubled" if not found.wrong else f"{len(found.wrong)} WRONG"
    yield f"## Seed {wanted.seed}: {made}, {verdict}"
    yield ""
    yield f"    {command}"
    yield ""
    counts = wanted.layout.counts
    yield f"- Machine: {machine}."
    yield (
        f"- Network: {wanted.layout.brokers} broker(s), each record on "
        f"{wanted.layout.replicas}, PostgreSQL with durable settings, {counts['care']} care, "
        f"{counts['insured']} insured, {counts['house']} house processes."
    )
    yield (
        f"- Load: {found.visits:,} visits, {wanted.per_s} begun a second at most; "
        f"{found.struck_s:.0f} s of strikes; quiet after {found.quiet_s:.1f} s."
    )
    told = ", ".join(f"{found.told.counts[event]:,} {event}" for event in Event)
    yield f"- Told: {len(found.told.settlements):,} settlements acknowledged; {told}."
    by_themselves = Counter[str]()
    for (name, code), count in found.ended_by_themselves.items():
        by_themselves[f"{name} with {code}"] += count
    ended = ", ".join(f"{name} × {count}" for name, count in sorted(by_themselves.items()))
    yield f"- Processes that ended by themselves and were started again: {ended or 'none'}."
    yield ""
    yield from _strikes(found)
    yield ""
    yield from _proofs(found)


def _strikes(found: Found) -> Iterator[str]:
    """Times in seconds, the median and the largest of each kind."""
    yield (
        "| strike | times | down, s (median / most) | first settlement asked for after it "
        "| longest time without any | longest wait of anyone |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    for kind, stalls in by_kind(stalls_of(found.strikes, found.told.settles)).items():
        down = middle_and_most([stall.down_ms for stall in stalls])
        first = middle_and_most([stall.first_ms for stall in stalls])
        silent = middle_and_most([stall.silent_ms for stall in stalls])
        longest = middle_and_most([stall.longest_ms for stall in stalls])
        yield f"| {kind} | {len(stalls)} | {down} | {first} | {silent} | {longest} |"


def _proofs(found: Found) -> Iterator[str]:
    yield "| proved from the databases | |"
    yield "|---|---:|"
    for words, count in found.counts.items():
        yield f"| {words} | {count:,} |"
    for words, wrong in found.proofs.items():
        yield f"| {words} | {'holds' if not wrong else f'**{len(wrong)} wrong**'} |"
    if found.wrong:
        yield ""
        for each in found.wrong[:SHOWN_WRONG]:
            yield f"- {each}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return "unknown memory"
    return f"{pages / (1 << 30):.0f} GiB"
