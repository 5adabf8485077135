"""How golden cases are written: the file, and what a visit says is to come out.

Everything else that an entry says is the claim itself, in the words of ``yidi adjudicate``'s
input (``total``, ``hospital_level``, ``care_region`` …), and is read as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from clearing.benefits.claim import Claim, Fund, Outcome
from clearing.rule_fields import Code, RuleModel, Source, Words, YuanFen

OUTCOMES: Final = ("fund", "refused", "manual")
"""Exactly one of them is said: the outcome of the visit."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Sources = Annotated[tuple[Source, ...], BeforeValidator(_as_list), Field(min_length=1)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_as_list)]


class Sum(RuleModel):
    """Control sums of a sequence of visits."""

    total: YuanFen | None = None
    fund: YuanFen | None = None
    personal: YuanFen | None = None
    deductible: YuanFen | None = None


class Title(RuleModel):
    """What a case is called."""

    zh: Words
    en: Words


class CaseFile(RuleModel):
    """A file of cases; ``defaults`` holds what an entry needn't repeat."""

    defaults: dict[str, Any] = Field(default_factory=dict)
    cases: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]


class Expected(RuleModel):
    """What is to come out of a visit: ``fund``, or the code of a refusal or of manual work.

    What isn't said is nothing: no deductible, no account, nothing to recover, no flat amount that
    the agency pays on application (``quota``), no flag. Where the fund's part isn't
    the pooled fund's alone, ``by_fund`` says whose it is.
    """

    source: Sources
    fund: YuanFen | None = None
    personal: YuanFen | None = None
    by_fund: dict[Fund, YuanFen] | None = None
    deductible: YuanFen = 0
    account_limit: YuanFen = 0
    refused: Code | None = None
    manual: Code | None = None
    recoverable: YuanFen = 0
    quota: YuanFen = 0
    flags: Codes = ()
    because: Words | dict[str, Words] | None = None

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if sum(getattr(self, name) is not None for name in OUTCOMES) != 1:
            raise ValueError("say one of fund, refused and manual")
        if self.fund is None:
            if {
                "personal",
                "by_fund",
                "deductible",
                "account_limit",
                "recoverable",
            } & self.model_fields_set:
                raise ValueError("a refused or manual visit has no amounts")
        elif self.personal is None or self.because is None:
            raise ValueError("a paid visit says personal, and because: how the amounts come about")
        return self

    @property
    def outcome(self) -> Outcome:
        """The outcome that is said."""
        if self.fund is not None:
            return Outcome.PAID
        return Outcome.REFUSED if self.refused is not None else Outcome.MANUAL

    @property
    def paid_by(self) -> dict[Fund, int]:
        """What each fund pays, in 分; the pooled fund where nothing else is said."""
        if self.by_fund is not None:
            return self.by_fund
        return {Fund.POOLED: self.fund} if self.fund else {}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a case; ``lines`` are those of its fields, for findings."""

    claim: Claim
    expected: Expected
    line: int
    lines: dict[str, int]


@dataclass(frozen=True, slots=True)
class Case:
    """One member's visits one after the other, starting with nothing used."""

    title: Title
    file: str
    line: int
    visits: tuple[Visit, ...]
    sum: Sum | None
