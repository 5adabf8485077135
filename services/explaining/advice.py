"""What a patient may do when a visit was not settled, and what a flag means.

Nothing here is a rule: whom to ask, what to keep, and that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clearing.benefits.claim import Outcome
from clearing.wording import Words

_KEEP: Final = Words(
    "请保留发票、费用明细、病历资料和本说明。",
    "Keep the invoice, the list of fees, the medical records and this page.",
)
_MANUAL: Final = (
    Words(
        "本次费用不能直接结算, 由您先行支付; 这不是拒付。参保地经办机构的工作人员将另行审核决定。",
        "This visit cannot be settled directly: please pay at the counter. It is not a refusal; "
        "a person at the agency of the insured region will decide.",
    ),
    Words(
        "请凭上述材料向参保地医疗保障经办机构申请手工 (零星) 报销。",
        "Take these papers to the agency of the insured region and ask for manual reimbursement.",
    ),
)
_REFUSED: Final = (
    Words(
        "依据下列规定, 本次费用医保基金不予支付, 由个人承担。",
        "By the rule below no fund pays for this visit; its cost is the patient's.",
    ),
    Words(
        "如认为情况与记载不符, 请向参保地医疗保障经办机构查询或申请复核。",
        "If what is written here is not as it was, ask the agency of the insured region to look "
        "at it again.",
    ),
)
_BY_CODE: Final[Mapping[str, Words]] = {
    "institution_not_selected": Words(
        "请到您选定的定点医疗机构就医, 或向经办机构咨询变更选定机构。",
        "Go to the institution you have selected, or ask the agency how to select another.",
    ),
    "local_care_suspended": Words(
        "您的异地长期居住备案仍然有效; 如已返回参保地, 请向经办机构咨询办理注销。",
        "Your filing as long-term resident elsewhere still has effect; if you have come back, ask "
        "the agency about ending it.",
    ),
    "waiting_period": Words(
        "待遇等待期内的费用不予支付; 请向经办机构查询待遇开始的日期。",
        "Cost in a waiting period is not paid; the agency can tell when benefits begin.",
    ),
    "benefits_not_begun": Words(
        "待遇尚未开始; 请向经办机构查询待遇开始的日期。",
        "Benefits have not begun; the agency can tell when they do.",
    ),
    "enrolment_ended": Words(
        "请向经办机构查询参保缴费状态。", "Ask the agency about your enrolment and payments."
    ),
    "enrolment_gap": Words(
        "请向经办机构查询参保缴费状态。", "Ask the agency about your enrolment and payments."
    ),
    "member_unknown": Words(
        "请核对参保地和参保信息。", "Check the insured region and your enrolment."
    ),
    "commitment_proof_missing": Words(
        "请向参保地经办机构补交备案承诺所需的证明材料。",
        "Hand in the proof that your filing by commitment still needs.",
    ),
    "unfiled_not_verified": Words(
        "请向参保地经办机构提供就医前的就医资料供审核。",
        "Show the agency the medical records from before this visit.",
    ),
}


def advice(outcome: Outcome, code: str) -> tuple[Words, ...]:
    """Return what to do after a decision without payment."""
    if outcome is Outcome.PAID:
        return ()
    special = (_BY_CODE[code],) if code in _BY_CODE else ()
    general = _MANUAL if outcome is Outcome.MANUAL else _REFUSED
    first, then = general
    return (first, *special, _KEEP, then)
