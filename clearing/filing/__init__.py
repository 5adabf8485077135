"""Remote-care filings (异地就医备案): their life, and which one governs a visit."""

from clearing.filing.acts import FilingRequest, change, file, renew, revoke
from clearing.filing.filing_file import FilingFile, read_filing_rules, resolve_filing_rules
from clearing.filing.precedence import CareFacts, GoverningFiling, governing
from clearing.filing.record import LONG_TERM, FilingCategory, FilingRecord
from clearing.filing.rules import FilingRules

__all__ = [
    "LONG_TERM",
    "CareFacts",
    "FilingCategory",
    "FilingFile",
    "FilingRecord",
    "FilingRequest",
    "FilingRules",
    "GoverningFiling",
    "change",
    "file",
    "governing",
    "read_filing_rules",
    "renew",
    "resolve_filing_rules",
    "revoke",
]
