"""A corpus folder: its files by name, read streaming and written streaming."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final

from adapters.files.corpus_files import (
    CorpusFileError,
    JsonLinesWriter,
    LineReader,
    corpus_file_error,
    digest_of,
    dump_line,
    read_json,
    read_json_lines,
    write_json,
    write_text,
)
from clearing.calendar import Instant
from services.harness.corpus import (
    Balances,
    FilingResult,
    FilingStep,
    Institution,
    Manifest,
    Member,
    Visit,
    VisitResult,
)
from services.harness.fields import Fields
from services.harness.notation import (
    filing_json,
    institution_json,
    member_json,
    read_filing,
    read_institution,
    read_member,
    read_visit,
    visit_json,
)
from services.harness.result_notation import (
    balance_lines,
    filing_result_json,
    manifest_json,
    read_balances,
    read_filing_result,
    read_manifest,
    read_visit_result,
    visit_result_json,
)

MANIFEST: Final = "manifest.json"
INSTITUTIONS: Final = "institutions.jsonl"
MEMBERS: Final = "members.jsonl"
FILINGS: Final = "filings.jsonl"
VISITS: Final = "visits.jsonl"
EXPECTED: Final = "expected.jsonl"
BALANCES: Final = "balances.json"

__all__ = ["CorpusFileError", "CorpusFolder", "CorpusWriter"]


class CorpusFolder:
    """Reads a corpus. Every method raises ``CorpusFileError`` naming file and line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_dir():
            raise corpus_file_error(str(path), "is no folder", "不是文件夹")

    def manifest(self) -> Manifest:
        """Return what the corpus says about itself."""
        return Fields(MANIFEST, read_json(self.path / MANIFEST)).take(read_manifest)

    def says_illustrative(self) -> bool:
        """Whether it says so; a corpus without a manifest yet says nothing."""
        return (self.path / MANIFEST).exists() and self.manifest().illustrative

    def digest(self) -> str:
        """Return the sha256 over what is replayed; expectations are no part of it."""
        names = (INSTITUTIONS, MEMBERS, FILINGS, VISITS)
        return digest_of([self.path / name for name in names])

    def institutions(self) -> Iterator[Institution]:
        """Return the institutions."""
        for line in read_json_lines(self.path / INSTITUTIONS):
            yield Fields.of(line).take(read_institution)

    def members(self) -> Iterator[Member]:
        """Return the members."""
        for line in read_json_lines(self.path / MEMBERS):
            yield Fields.of(line).take(read_member)

    def filings(self) -> list[FilingStep]:
        """Return the filing steps in order of time, and among equals of the file."""
        lines = read_json_lines(self.path / FILINGS)
        return sorted((Fields.of(line).take(read_filing) for line in lines), key=_at)

    def visits(self) -> Iterator[Visit]:
        """Return the visits in the order of the file."""
        for _, visit in self.visits_with_offsets():
            yield visit

    def visits_by_time(self) -> Iterator[Visit]:
        """Return the visits in order of time, and among equals of the file."""
        places = array("q"), array("q")
        for offset, visit in self.visits_with_offsets():
            places[0].append(visit.settle_at)
            places[1].append(offset)
        reader = LineReader(self.path / VISITS)
        try:
            for index in sorted(range(len(places[0])), key=places[0].__getitem__):
                yield Fields.of(reader.at(places[1][index])).take(read_visit)
        finally:
            reader.close()

    def visits_with_offsets(self) -> Iterator[tuple[int, Visit]]:
        """Return the visits, each with the offset of its line."""
        for line in read_json_lines(self.path / VISITS):
            yield line.offset, Fields.of(line).take(read_visit)

    def results(self) -> Iterator[VisitResult | FilingResult]:
        """Return what is expected of visits and filing steps."""
        for line in read_json_lines(self.path / EXPECTED):
            fields = Fields.of(line)
            if "filing_step" in line.data:
                yield fields.take(read_filing_result)
            else:
                yield fields.take(read_visit_result)

    def balances(self) -> Balances:
        """Return the balances that are expected."""
        return Fields(BALANCES, read_json(self.path / BALANCES)).take(read_balances)


class CorpusWriter:
    """Writes a corpus; the manifest comes last, so that a torn corpus has none."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        (path / MANIFEST).unlink(missing_ok=True)
        self._path = path
        self._files = ExitStack()
        names = (INSTITUTIONS, MEMBERS, FILINGS, VISITS, EXPECTED)
        self._writers = {
            name: self._files.enter_context(JsonLinesWriter(path / name)) for name in names
        }
        self.counts: Counter[str] = Counter()

    def institution(self, institution: Institution) -> None:
        """Append an institution."""
        self._writers[INSTITUTIONS].write(institution_json(institution))
        self.counts["institutions"] += 1

    def member(self, member: Member) -> None:
        """Append a member."""
        self._writers[MEMBERS].write(member_json(member))
        self.counts["members"] += 1

    def filing(self, step: FilingStep) -> None:
        """Append a filing step."""
        self._writers[FILINGS].write(filing_json(step))
        self.counts["filing_steps"] += 1

    def visit(self, visit: Visit) -> None:
        """Append a visit."""
        self._writers[VISITS].write(visit_json(visit))
        self.counts["visits"] += 1
        self.counts["fee_lines"] += len(visit.lines)

    def result(self, result: VisitResult | FilingResult) -> None:
        """Append what is expected of a visit or a filing step."""
        if isinstance(result, FilingResult):
            self._writers[EXPECTED].write(filing_result_json(result))
        else:
            self._writers[EXPECTED].write(visit_result_json(result))
            self.counts[f"visits_{result.state}"] += 1

    def flush(self) -> None:
        """Let readers see what is written so far."""
        for writer in self._writers.values():
            writer.flush()

    def finish(self, balances: Balances, manifest: Manifest) -> None:
        """Write the balances and then the manifest."""
        self._files.close()
        write_balances(self._path / BALANCES, balances)
        write_json(self._path / MANIFEST, manifest_json(manifest))

    def __enter__(self) -> CorpusWriter:
        """Open for writing."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what is open."""
        self._files.close()


def _at(step: FilingStep) -> Instant:
    return step.at


def write_balances(path: Path, balances: Balances) -> None:
    """Write the balances, one to a line."""
    lists: dict[str, list[str]] = {"positions": [], "accumulators": [], "accounts": []}
    for name, data in balance_lines(balances):
        lists[name].append("  " + dump_line(data))
    parts = [f' "{name}": [\n' + ",\n".join(rows) + "\n ]" for name, rows in lists.items()]
    write_text(path, "{\n" + ",\n".join(parts) + "\n}\n")
