"""The agency's desk of the sequential pass: filings by member, by the domain's own acts."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.files.corpus_files import CorpusFileError, corpus_file_error
from adapters.files.rule_books import RuleBooks
from clearing.errors import Rejected
from clearing.filing import (
    FilingCategory,
    FilingRecord,
    FilingRequest,
    FilingRules,
    change,
    file,
    revoke,
)
from services.harness.corpus import FilingAction, FilingResult, FilingStep


class FilingDesk:
    """Keeps filings; a record's id is the key of the step that made it."""

    def __init__(self, rules: RuleBooks) -> None:
        self._rules = rules
        self._records: dict[tuple[str, str], dict[str, FilingRecord]] = {}

    def filings(self, insured_region: str, member_id: str) -> Iterable[FilingRecord]:
        """Return a member's filings."""
        return self._records.get((insured_region, member_id), {}).values()

    def take(self, step: FilingStep) -> FilingResult:
        """Carry out a step and return what the agency answers."""
        try:
            record = self._carry_out(step)
        except CorpusFileError:
            raise
        except Rejected as error:
            return FilingResult(step.key, error.code)
        return FilingResult(step.key, "", record.valid_from, record.valid_until, record.revoked_on)

    def _carry_out(self, step: FilingStep) -> FilingRecord:
        records = self._records.setdefault((step.insured_region, step.member_id), {})
        if step.action is FilingAction.FILE:
            record = file(self._rules_of(step), _request(step), records.values())
            records[step.key] = record
            return record
        before = records.get(step.of)
        if before is None:
            raise _unplayable(step, f"its member has no filing {step.of} to {step.action}")
        if step.action is FilingAction.REVOKE:
            assert step.revoked_on is not None
            records[step.of] = revoke(before, step.revoked_on)
            return records[step.of]
        revoked, record = change(self._rules_of(step), before, _request(step), records.values())
        records[step.of], records[step.key] = revoked, record
        return record

    def _rules_of(self, step: FilingStep) -> FilingRules:
        rules = self._rules.filing_rules(step.insured_region)
        if rules is None:
            raise _unplayable(step, f"insured region {step.insured_region} has no filing rules")
        return rules


def _request(step: FilingStep) -> FilingRequest:
    assert step.approved_on is not None
    if step.category not in set(FilingCategory):
        raise _unplayable(step, f"its category can't be {step.category!r}")
    return FilingRequest(
        step.key,
        step.member_id,
        FilingCategory(step.category),
        step.destination_region,
        step.approved_on,
        step.committed,
    )


def _unplayable(step: FilingStep, why: str) -> Exception:
    return corpus_file_error(f"filings.jsonl: {step.key}", why, "该备案无法按语料回放")
