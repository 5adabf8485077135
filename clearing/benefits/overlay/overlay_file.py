"""How an overlay is written: it asks what would be if some tables said something else.

An overlay names regions, their files (``policy`` or a care type), tables of these, and for each
table a list of changes. Rows are written as in the rule files; nothing else can be changed.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from clearing.benefits.claim import CareType
from clearing.benefits.schema import Bilingual
from clearing.rule_fields import CivilDate, Code, RuleModel, read_rules
from clearing.strict_yaml import Document, parse

ItemsT = TypeVar("ItemsT", tuple[Any, ...], dict[Any, Any])


def _not_empty(items: ItemsT) -> ItemsT:
    if not items:
        raise ValueError("say something, or leave it out")
    return items


NotEmpty = AfterValidator(_not_empty)
Row = dict[str, Any]
Rows = Annotated[tuple[Row, ...], NotEmpty]
FileName = Literal["policy"] | CareType
_Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class Change(RuleModel):
    """What a table says from a day on, through ``until`` where that is given.

    ``set`` gives the rows it names another value, whatever edition holds on those days, and
    leaves the others; ``raise`` and ``lower`` move the values of the rows they name ``by`` so
    much; ``rows`` is a whole new edition in place of all that hold on those days.
    """

    from_: CivilDate = Field(alias="from")
    until: CivilDate | None = None
    set: Rows | None = None
    raise_: Rows | None = Field(default=None, alias="raise")
    lower: Rows | None = None
    rows: Rows | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(each is not None for each in (self.set, self.raise_, self.lower, self.rows)) != 1:
            raise ValueError("write one of set, raise, lower (the rows to change), rows (all rows)")
        if self.until is not None and self.until < self.from_:
            raise ValueError("until is before from")
        return self

    def covers(self, start: date) -> bool:
        """Whether an edition that begins on ``start`` holds on days of this change."""
        return self.from_ <= start and (self.until is None or start <= self.until)


Changes = Annotated[tuple[Change, ...], NotEmpty]


class OverlayFile(RuleModel):
    """``what_if`` says in words what is tried out; it's printed above every result."""

    what_if: Bilingual
    regions: Annotated[dict[_Region, dict[FileName, dict[Code, Changes]]], NotEmpty]


def read_overlay(text: str, file: str) -> tuple[OverlayFile, Document]:
    """Return an overlay and the text it was read from, for findings.

    Raises ``RuleDataError`` with every defect of its form.
    """
    document = parse(text, file)
    return read_rules(OverlayFile, document), document
