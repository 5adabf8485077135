"""``yidi settings``: what a process of one role would be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

settings_app = typer.Typer(
    help="Settings of the processes of a network.", no_args_is_help=True, rich_markup_mode=None
)


@settings_app.callback()
def settings() -> None:
    """Keep ``show`` a command of its own name while it is the only one."""


@settings_app.command()
def show(
    config: Annotated[Path | None, typer.Option(help="A TOML file; or YIDI_CONFIG.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE; wins over every other source.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every setting, where it comes from, and all that is wrong; secrets are hidden."""
    from services.cli.process_settings import settings_show_command

    raise typer.Exit(settings_show_command(config, set_ or (), as_json=json))
