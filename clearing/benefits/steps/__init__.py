"""The kinds of steps that rule data chooses from: a closed vocabulary, one file a kind.

A kind's meaning never changes; a new meaning is a new kind.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clearing.benefits.steps.account_limit import AccountLimit
from clearing.benefits.steps.cap_fees import CapFees
from clearing.benefits.steps.cap_payment import CapPayment
from clearing.benefits.steps.count_admission import CountAdmission
from clearing.benefits.steps.count_fees import CountFees
from clearing.benefits.steps.deductible import Deductible
from clearing.benefits.steps.first_pay import FirstPay
from clearing.benefits.steps.pay import Pay
from clearing.benefits.steps.pay_bands import PayBands

Step = Annotated[
    AccountLimit
    | CapFees
    | CapPayment
    | CountAdmission
    | CountFees
    | Deductible
    | FirstPay
    | Pay
    | PayBands,
    Field(discriminator="step"),
]

__all__ = [
    "AccountLimit",
    "CapFees",
    "CapPayment",
    "CountAdmission",
    "CountFees",
    "Deductible",
    "FirstPay",
    "Pay",
    "PayBands",
    "Step",
]
