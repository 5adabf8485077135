"""``yidi rules show REGION``: a region's rules as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console

from adapters.files.reference_files import source_documents
from adapters.files.region_files import RegionFiles
from clearing.benefits.claim import CareType, Scheme
from clearing.benefits.policies import Library
from clearing.benefits.reading.rules_view import rules_view
from clearing.errors import Malformed, YidiError
from clearing.geography import check_region
from clearing.wording import Language
from services.cli import exit_codes, failures
from services.cli.json_document import print_json
from services.explaining.rules_text import RulesText

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the rules is wanted; empty is all, and no day is all editions."""

    on: date | None = None
    schemes: Sequence[Scheme] = ()
    care_types: Sequence[CareType] = ()
    language: Language = Language.BOTH
    as_json: bool = False


def wanted(
    on: date | None, scheme: str, care_type: str, language: Language, *, as_json: bool
) -> Wanted:
    """Return what is wanted; an empty scheme or care type is all of them.

    Raises ``typer.BadParameter`` for an unknown one.
    """
    return Wanted(
        on,
        _chosen(Scheme, scheme, "--scheme"),
        _chosen(CareType, care_type, "--care-type"),
        language,
        as_json,
    )


def _chosen(kind: type[ChoiceT], value: str, option: str) -> tuple[ChoiceT, ...]:
    if value in ("", *kind):
        return (kind(value),) if value else ()
    known = ", ".join(kind)
    raise typer.BadParameter(f"{value!r} is none of {known}", param_hint=option)


def show_command(region: str, wanted: Wanted, rules: Path | None = None) -> int:
    """Print a region's rules; broken ones are listed with exit code 1, an unknown region is 2."""
    try:
        check_region(region, "REGION")
        policy = Library(RegionFiles(rules)).policy(region)
        if policy is None:
            raise Malformed(
                "region_missing",
                f"no rules are known for region {region}",
                f"没有地区 {region} 的政策资料",
                field="REGION",
            )
        view = rules_view(
            policy,
            on=wanted.on,
            schemes=wanted.schemes or tuple(Scheme),
            care_types=wanted.care_types or tuple(CareType),
        )
        sources = source_documents(rules)
    except YidiError as error:
        return failures.say(error)
    if wanted.as_json:
        print_json(asdict(view))
    else:
        RulesText(Console(), wanted.language, sources).show(view)
    return exit_codes.OK
