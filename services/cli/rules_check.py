"""``yidi rules check [FOLDER]``: everything wrong with a folder of rules, one line each.

What was looked at is told on standard error. Exit code 0 is clean, 1 has findings, 2 is no
folder.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import asdict
from pathlib import Path

from adapters.files.rule_texts import rule_texts
from clearing.benefits.check import check_texts
from clearing.errors import YidiError
from services.cli import exit_codes, failures
from services.cli.json_document import print_json


def check_command(folder: Path | None, json: bool) -> int:
    """Check a folder of region folders (the packaged one by default), print, return exit code."""
    try:
        texts = rule_texts(folder)
    except YidiError as error:
        failures.say(error)
        return exit_codes.BAD_INPUT
    # Every cell lives until the end, so that collecting garbage only costs time.
    gc.disable()
    try:
        report = check_texts(texts)
    finally:
        gc.enable()
    findings = report.findings
    if json:
        names = ("file", "line", "code", "message")
        print_json([{name: asdict(finding)[name] for name in names} for finding in findings])
    else:
        for finding in findings:
            print(f"{finding.file}:{finding.line}: {finding.code}: {finding.message}")
    folders = len({name.partition("/")[0] for name in texts if "/" in name})
    said = f"{len(findings)} findings" if findings else "clean"
    print(f"{said}: {folders} folders of rules, {len(report.waived)} waived", file=sys.stderr)
    return exit_codes.DIFFERENCE if findings else exit_codes.OK
