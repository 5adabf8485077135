"""Enrolment: spans on a member's record, lapses, waiting periods, when benefits begin."""

from clearing.enrolment.enrolment_file import EnrolmentFile, read_enrolment, resolve_enrolment
from clearing.enrolment.evaluate import Entitlement, entitlement
from clearing.enrolment.facts import EntitlementFacts, check_facts
from clearing.enrolment.rules import EnrolmentRules, Premium, premiums
from clearing.enrolment.spans import Covered, EnrolmentSpan, NotCovered, check_spans, coverage

__all__ = [
    "Covered",
    "EnrolmentFile",
    "EnrolmentRules",
    "EnrolmentSpan",
    "Entitlement",
    "EntitlementFacts",
    "NotCovered",
    "Premium",
    "check_facts",
    "check_spans",
    "coverage",
    "entitlement",
    "premiums",
    "read_enrolment",
    "resolve_enrolment",
]
