"""``yidi rules``: look at rule bundles, check them, publish them, try them out.

Like the main application each command imports what it needs when it runs.
"""

from __future__ import annotations

import typer

rules_app = typer.Typer(help="Rule bundles.", no_args_is_help=True, rich_markup_mode=None)
