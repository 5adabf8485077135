"""``yidi explain --claim FILE|-``: the decision on a claim, step by step, without any node."""

from __future__ import annotations

from pathlib import Path

from adapters.files.region_files import RegionFiles
from clearing.benefits.policies import Library
from clearing.errors import YidiError
from services.cli import exit_codes, failures
from services.cli.adjudicate import decide_claims, result_of
from services.cli.explanation_form import Form, hand_out
from services.cli.json_document import read_json
from services.explaining.as_json import page_data
from services.explaining.build import page_of
from services.explaining.matter import matter_of_claim
from services.explaining.reference import packaged_or


def explain_claims_command(path: str, chain: bool, rules: Path | None, form: Form) -> int:
    """Explain the decisions on the claims of a file; ``-`` is standard input."""
    try:
        library = Library(RegionFiles(rules))
        data = read_json(path)
        decided = decide_claims(library, data, chain)
        reference = packaged_or(rules, library)
        matters = [
            matter_of_claim(one.claim, one.before, one.decision, one.illustrative)
            for one in decided
        ]
        pages = [page_of(matter, reference) for matter in matters]
        answers = [
            result_of(one) | {"page": page_data(page)}
            for one, page in zip(decided, pages, strict=True)
        ]
        hand_out(pages, form, answers, listed=isinstance(data, list))
    except YidiError as error:
        return failures.say(error)
    return exit_codes.OK
