"""How an explanation is handed out: as text, JSON, or a page of HTML in a file."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from clearing.errors import Malformed
from clearing.wording import Language
from services.cli.json_document import print_json
from services.explaining.as_text import show_page
from services.explaining.page import Page


@dataclass(frozen=True, slots=True)
class Form:
    """How an explanation is wanted; ``html`` is a file, or ``-`` for standard output."""

    language: Language = Language.BOTH
    html: str = ""
    as_json: bool = False


def hand_out(
    pages: Sequence[Page], form: Form, answers: list[dict[str, Any]], *, listed: bool
) -> None:
    """Write and print what ``form`` asks for; ``answers`` are the JSON of the pages.

    Raises ``Malformed`` (``file_unwritable``).
    """
    if form.html:
        _write_html(pages, form)
    if form.as_json:
        print_json(answers if listed else answers[0])
    elif not form.html:
        console = Console()
        for page in pages:
            show_page(page, form.language, console)


def _write_html(pages: Sequence[Page], form: Form) -> None:
    from services.explaining.as_html import pages_html  # Jinja2 is slow to import

    document = pages_html(pages, form.language)
    if form.html == "-":
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        print(document)
        return
    try:
        Path(form.html).write_text(document, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "cannot be written"
        raise Malformed(
            "file_unwritable", f"{form.html}: {reason}", f"无法写入 {form.html}", field="--html"
        ) from error
    print(form.html, file=sys.stderr)
