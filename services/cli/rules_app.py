"""``yidi rules``: look at rule bundles, check them, publish them, try them out.

Like the main application each command imports what it needs when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

rules_app = typer.Typer(help="Rule bundles.", no_args_is_help=True, rich_markup_mode=None)


@rules_app.command()
def backtest(
    claims: Annotated[Path, typer.Argument(help="A Parquet file of claims, or a corpus folder.")],
    overlay: Annotated[Path, typer.Option(help="What some tables would say instead (YAML).")],
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page of HTML here.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    largest: Annotated[
        int, typer.Option(min=0, max=1000, help="How many of the largest changes to explain.")
    ] = 10,
) -> None:
    """Tell what an overlay would change for a set of claims: who wins, who loses, what it costs."""
    from services.cli.backtest import BacktestOptions, backtest_command

    options = BacktestOptions(overlay, claims, rules, report, json, largest)
    raise typer.Exit(backtest_command(options))
