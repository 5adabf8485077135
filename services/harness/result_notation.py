"""Results and balances as JSON; expectations and reports are written the same way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from clearing.benefits.claim import Filing, Fund, Outcome, Scheme
from clearing.messages import CostSplit
from clearing.money import format_yuan, parse_yuan
from services.harness.corpus import (
    FORMAT_VERSION,
    AccountKey,
    Balances,
    FilingResult,
    FinalState,
    Manifest,
    Payment,
    PositionKey,
    VisitResult,
    YearKey,
)
from services.harness.fields import Fields

Json = dict[str, Any]


def visit_result_json(result: VisitResult) -> Json:
    """Write a visit's result."""
    data: Json = {"visit": result.key, "state": result.state.value}
    if result.outcome is not None:
        data["outcome"] = result.outcome.value
    if result.code:
        data["code"] = result.code
    if result.flags:
        data["flags"] = list(result.flags)
    if result.filing is not None:
        data["filing"] = result.filing.value
    if result.refusals:
        data["refusals"] = list(result.refusals)
    if result.cost is not None:
        data["cost"] = _cost_json(result.cost)
    if result.payment is not None:
        data["payment"] = _payment_json(result.payment)
    return data


def read_visit_result(fields: Fields) -> VisitResult:
    """Read a visit's result."""
    cost = fields.optional_object("cost")
    payment = fields.optional_object("payment")
    return VisitResult(
        key=fields.text("visit"),
        state=fields.choice("state", FinalState),
        outcome=fields.choice("outcome", Outcome, None),
        code=fields.text("code", ""),
        flags=fields.texts("flags"),
        filing=fields.choice("filing", Filing, None),
        refusals=fields.texts("refusals"),
        cost=cost.take(_read_cost) if cost else None,
        payment=payment.take(_read_payment) if payment else None,
    )


def filing_result_json(result: FilingResult) -> Json:
    """Write an agency's answer to a filing step."""
    data: Json = {"filing_step": result.key}
    if result.code:
        data["code"] = result.code
    for name in ("valid_from", "valid_until", "revoked_on"):
        day: date | None = getattr(result, name)
        if day is not None:
            data[name] = day.isoformat()
    return data


def read_filing_result(fields: Fields) -> FilingResult:
    """Read an agency's answer to a filing step."""
    return FilingResult(
        key=fields.text("filing_step"),
        code=fields.text("code", ""),
        valid_from=fields.optional_day("valid_from"),
        valid_until=fields.optional_day("valid_until"),
        revoked_on=fields.optional_day("revoked_on"),
    )


def _cost_json(cost: CostSplit) -> Json:
    return {
        "total": format_yuan(cost.total_fen),
        "own_pay": format_yuan(cost.own_pay_fen),
        "over_limit": format_yuan(cost.over_limit_fen),
        "first_pay": format_yuan(cost.first_pay_fen),
        "in_scope": format_yuan(cost.in_scope_fen),
    }


def _read_cost(fields: Fields) -> CostSplit:
    return CostSplit(
        total_fen=fields.yuan("total"),
        own_pay_fen=fields.yuan("own_pay"),
        over_limit_fen=fields.yuan("over_limit"),
        first_pay_fen=fields.yuan("first_pay"),
        in_scope_fen=fields.yuan("in_scope"),
    )


def _payment_json(payment: Payment) -> Json:
    return {
        "fund": format_yuan(payment.fund_fen),
        "by_fund": {
            fund.value: format_yuan(amount_fen)
            for fund, amount_fen in sorted(payment.by_fund.items())
        },
        "personal": format_yuan(payment.personal_fen),
        "account": format_yuan(payment.account_fen),
        "cash": format_yuan(payment.cash_fen),
        "deductible": format_yuan(payment.deductible_fen),
    }


def _read_payment(fields: Fields) -> Payment:
    try:
        by_fund = {
            Fund(name): parse_yuan(amount) for name, amount in fields.mapping("by_fund").items()
        }
    except (TypeError, ValueError) as error:
        raise fields.error("by_fund", "names funds with amounts", "应为基金及金额") from error
    return Payment(
        fund_fen=fields.yuan("fund"),
        by_fund=by_fund,
        personal_fen=fields.yuan("personal"),
        account_fen=fields.yuan("account"),
        cash_fen=fields.yuan("cash"),
        deductible_fen=fields.yuan("deductible"),
    )


def balance_lines(balances: Balances) -> Iterator[tuple[str, Json]]:
    """Write balances one by one, sorted, each under the list it belongs to."""
    for position, (amount_fen, lines) in sorted(balances.positions.items()):
        yield (
            "positions",
            {
                "payer_region": position.payer_region,
                "payee_region": position.payee_region,
                "scheme": position.scheme.value,
                "clearing_type": position.clearing_type,
                "fund": position.fund.value,
                "period": position.period,
                "amount": format_yuan(amount_fen),
                "lines": lines,
            },
        )
    for year, values in sorted(balances.accumulators.items()):
        yield (
            "accumulators",
            {
                "insured_region": year.insured_region,
                "member_id": year.member_id,
                "benefit_year": year.benefit_year,
                "values": dict(sorted(values.items())),
            },
        )
    for account, balance_fen in sorted(balances.accounts.items()):
        yield (
            "accounts",
            {
                "account_region": account.account_region,
                "account_id": account.account_id,
                "balance": format_yuan(balance_fen),
            },
        )


def read_balances(fields: Fields) -> Balances:
    """Read balances."""
    balances = Balances()
    for row in fields.objects("positions"):
        key = PositionKey(
            row.text("payer_region"),
            row.text("payee_region"),
            row.choice("scheme", Scheme),
            row.text("clearing_type"),
            row.choice("fund", Fund),
            row.text("period"),
        )
        balances.positions[key] = (row.yuan("amount"), row.number("lines"))
    for row in fields.objects("accumulators"):
        year = YearKey(
            row.text("insured_region"), row.text("member_id"), row.number("benefit_year")
        )
        balances.accumulators[year] = {
            str(name): int(value) for name, value in row.mapping("values").items()
        }
    for row in fields.objects("accounts"):
        account = AccountKey(row.text("account_region"), row.text("account_id"))
        balances.accounts[account] = row.yuan("balance")
    return balances


def manifest_json(manifest: Manifest) -> Json:
    """Write a manifest."""
    data: Json = {"format": FORMAT_VERSION, "name": manifest.name}
    if manifest.seed is not None:
        data["seed"] = manifest.seed
    data["illustrative"] = manifest.illustrative
    data["settings"] = dict(manifest.settings)
    data["rates_per_10000"] = dict(manifest.rates)
    data["counts"] = dict(manifest.counts)
    return data


def read_manifest(fields: Fields) -> Manifest:
    """Read a manifest; a format of another version is refused."""
    version = fields.number("format")
    if version != FORMAT_VERSION:
        raise fields.error("format", f"is {FORMAT_VERSION} here", f"此处应为 {FORMAT_VERSION}")
    seed = fields.number("seed", -1)
    return Manifest(
        name=fields.text("name"),
        seed=None if seed < 0 else seed,
        illustrative=fields.flag("illustrative"),
        settings=fields.mapping("settings"),
        rates=fields.mapping("rates_per_10000"),
        counts=fields.mapping("counts"),
    )
