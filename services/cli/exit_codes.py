"""Exit codes of every ``yidi`` command."""

OK = 0
DIFFERENCE = 1
"""The books or results differ from what they should be; the first difference is named."""

BAD_INPUT = 2
"""A file, option or claim that cannot be read; nothing was done."""

UNREACHABLE = 3
"""Nodes do not answer, or another process has the data folder."""

FAULT = 70
"""An error of the program itself."""
