"""How a region's policy is written: the models of ``region.yaml`` and the policy files.

A region's folder holds ``region.yaml``, ``policy.yaml`` (what holds for every care type) and
one file for each care type that its documents treat.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from clearing.benefits.claim import CareType, Cause, Filing, Fund, Scheme
from clearing.benefits.steps import (
    CapFees,
    CapPayment,
    CountFees,
    FirstPay,
    Pay,
    PayBands,
    Step,
)
from clearing.benefits.steps.spec import TableName
from clearing.money import parse_yuan
from clearing.rule_fields import CivilDate, Code, Count, Flag, Reading, RuleModel, Source, Words

FILES = ("region.yaml", "policy.yaml", *(f"{care_type}.yaml" for care_type in CareType))
"""The files of a region's folder that decide benefits; others belong to other rules."""


def _as_yuan(value: Any) -> Any:
    if isinstance(value, str):
        return parse_yuan(value)
    raise ValueError("write an amount in yuan with two decimals")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Yuan = Annotated[int, BeforeValidator(_as_yuan)]
Values = Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
"""One value of a key, or a list of them."""


class Bilingual(RuleModel):
    """The same said in Chinese and in English."""

    zh: Words
    en: Words


class LayerOnly(Bilingual):
    """Why a region decides nothing by itself and only lends its rules to those under it."""

    source: Source


class RegionFile(RuleModel):
    """``region.yaml``: who the region is."""

    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    name: Bilingual
    inherits: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    layer_only: LayerOnly | None = None
    illustrative: Flag = False
    illustrative_because: Bilingual | None = None
    resident_categories: tuple[Code, ...] = ("adult",)

    @model_validator(mode="after")
    def _says_what_is_made_up(self) -> Self:
        if self.illustrative != (self.illustrative_because is not None):
            raise ValueError("illustrative: true needs illustrative_because, and the other way")
        return self


class Rule(Bilingual):
    """A condition that excludes a claim, or that the source leaves open.

    ``when`` holds where every key has one of the values named.
    """

    code: Code
    when: dict[str, Values]
    source: Source
    readings: tuple[Reading, ...] = ()


class FlagRule(Rule):
    """What a person should look at; the amount stays what it is.

    Raised for visits from ``from`` to ``until``, both included, whose total is above
    ``total_above``; where that is left out, for all of them.
    """

    total_above: Yuan | None = None
    from_: CivilDate | None = Field(default=None, alias="from")
    until: CivilDate | None = None


class CauseRule(Bilingual):
    """Who pays for care of a cause that isn't plain illness.

    * ``ordinary``: as for illness. ``refused``: no fund pays. ``open``: the source doesn't say.
    * ``remainder``: the third party's compensation comes off the in-scope cost first.
    * ``fund_first``: the funds pay as for illness and have to recover it.
    """

    treatment: Literal["ordinary", "refused", "open", "remainder", "fund_first"]
    code: Code | None = None
    source: Source
    readings: tuple[Reading, ...] = ()

    @model_validator(mode="after")
    def _code_where_it_ends(self) -> Self:
        if (self.treatment in ("refused", "open")) != (self.code is not None):
            raise ValueError("refused and open name a code, the other treatments have none")
        return self


class Application(Rule):
    """A flat amount that the agency pays on application, in place of what the steps pay.

    It is nothing that a hospital settles: the patient pays, and applies within
    ``within_months`` of the child's birth.
    """

    table: TableName
    within_months: Count


class Waiver(Bilingual):
    """What a check would find and what is meant to be so: who says so, and by which source.

    ``code`` is that of the finding; it's waived for claims where every key of ``when`` has one
    of the values named. A waiver that covers nothing is a finding itself.
    """

    code: Literal["order_level", "order_filing", "order_place", "order_category", "cliff"]
    when: dict[str, Values] = Field(default_factory=dict)
    by: Words
    source: Source


class RatioBound(Bilingual):
    """How far the ratio away from home may, or must, lie below that of the same level at home.

    In percentage points, for care filed as one of ``filing`` in the days from ``from`` through
    ``until``. The national ones are in ``national/bounds.yaml``; a region may add its own.
    """

    from_: CivilDate = Field(alias="from")
    until: CivilDate | None = None
    filing: Annotated[tuple[Filing, ...], Field(min_length=1)]
    at_most_points: Count | None = None
    at_least_points: Count | None = None
    source: Source
    readings: tuple[Reading, ...] = ()

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if (self.at_most_points is None) == (self.at_least_points is None):
            raise ValueError("a bound has at_most_points or at_least_points")
        return self


class BoundsFile(RuleModel):
    """``national/bounds.yaml``: what no region may loosen."""

    region: Literal["national"]
    bounds: tuple[RatioBound, ...]


class Span(Bilingual):
    """The days that the region's documents treat for a scheme, both included."""

    from_: CivilDate = Field(alias="from")
    until: CivilDate | None = None
    source: Source
    readings: tuple[Reading, ...] = ()


class Group(Bilingual):
    """A key of the region's own: classes of the values of another key.

    Over ``identities`` the first class with one of the member's identities counts, and
    ``otherwise`` where there is none.
    """

    of: Code
    classes: dict[Code, Values]
    otherwise: Code | None = None
    source: Source
    readings: tuple[Reading, ...] = ()


class Edition(RuleModel):
    """A table from a day on. Rows are checked against the table's keys when it is built."""

    from_: CivilDate = Field(alias="from")
    source: Source
    rows: tuple[dict[str, Any], ...]
    readings: tuple[Reading, ...] = ()


class Table(Bilingual):
    """Dated values by key. ``scheme`` narrows the categories it must have rows for."""

    keys: tuple[Code, ...] = ()
    value: Literal["yuan", "ratio", "points", "bands"]
    scheme: Scheme | None = None
    illustrative: Flag = False
    editions: Annotated[tuple[Edition, ...], Field(min_length=1)]
    readings: tuple[Reading, ...] = ()


class PolicyFile(RuleModel):
    """``policy.yaml``: what holds for every care type.

    ``basis`` says which day of a visit chooses the editions and the benefit year.
    """

    basis: Literal["discharge", "admission"] = "discharge"
    schemes: dict[Scheme, Span]
    groups: dict[Code, Group] = Field(default_factory=dict)
    exclusions: tuple[Rule, ...] = ()
    flags: tuple[FlagRule, ...] = ()
    bounds: tuple[RatioBound, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    causes: dict[Cause, CauseRule] = Field(default_factory=dict)
    tables: dict[Code, Table] = Field(default_factory=dict)


class Benefit(RuleModel):
    """What a scheme pays for a care type.

    ``exclusions`` are tried first, then ``applications``, then ``open``, which are conditions
    that the source leaves undecided; ``in_scope`` is the source for counting in-scope cost only.
    """

    in_scope: Source
    exclusions: tuple[Rule, ...] = ()
    open: tuple[Rule, ...] = ()
    applications: tuple[Application, ...] = ()
    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _steps_fit_each_other(self) -> Self:
        funds: list[tuple[str, Fund]] = []
        for step in self.steps:
            if isinstance(step, PayBands) and step.of == "running" and not self._axis(step):
                raise ValueError(f"pay_bands on {step.account} needs count_fees on it before")
            if isinstance(step, CapPayment) and ("pay", step.fund) not in funds:
                raise ValueError(f"cap_payment of {step.fund} comes before anything pays it")
            if isinstance(step, Pay | PayBands | CapPayment):
                kind = "cap" if isinstance(step, CapPayment) else "pay"
                if (kind, step.fund) in funds:
                    raise ValueError(f"{step.fund} is paid or capped twice: it's rounded once")
                funds.append((kind, step.fund))
        self._check_fee_caps()
        if sum(isinstance(step, FirstPay) for step in self.steps) > 1:
            raise ValueError("one first_pay at most: a second one would need rounding")
        return self

    def _check_fee_caps(self) -> None:
        kinds = [type(step) for step in self.steps]
        if CapFees not in kinds:
            return
        if any(kind is not CountFees for kind in kinds[: kinds.index(CapFees)]):
            raise ValueError("cap_fees comes first, or after count_fees")
        if kinds.count(CapFees) > 1:
            raise ValueError("one cap_fees at most: it has as many limits as needed")
        if any(isinstance(step, PayBands) and step.of == "running" for step in self.steps):
            raise ValueError("cap_fees leaves gaps in the year's axis that pay_bands runs on")

    def _axis(self, bands: PayBands) -> bool:
        before = self.steps[: self.steps.index(bands)]
        return any(isinstance(s, CountFees) and s.account == bands.account for s in before)


class CareFile(RuleModel):
    """``outpatient.yaml`` and its sisters: one care type."""

    tables: dict[Code, Table] = Field(default_factory=dict)
    benefits: dict[Scheme, Benefit] = Field(default_factory=dict)
