"""``yidi log``: what is on the log, to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

log_app = typer.Typer(
    help="What is on the log, to be read.", no_args_is_help=True, rich_markup_mode=None
)


@log_app.callback()
def log() -> None:
    """Keep ``show`` a command of its own name while it is the only one."""


@log_app.command()
def show(
    topic: Annotated[str, typer.Argument(help="Without the prefix, as yidi.insured.330213.")],
    partition: Annotated[int | None, typer.Option(min=0, help="Only this one.")] = None,
    offset: Annotated[int | None, typer.Option(min=0, help="Where to begin.")] = None,
    key: Annotated[str, typer.Option(help="Only messages of this key.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many messages at the most.")] = 100,
    broker: Annotated[str, typer.Option(help="HOST:PORT,… of the broker; 127.0.0.1:9092.")] = "",
    prefix: Annotated[str, typer.Option(help="Comes before every topic's name.")] = "",
    config: Annotated[Path | None, typer.Option(help="A TOML file; or YIDI_CONFIG.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE; see yidi settings show.")
    ] = None,
) -> None:
    """Print messages as JSON, one a line; nothing is changed, and no group takes notice."""
    from services.cli.log_show import Filter, log_show_command
    from services.cli.topics import wanted_topics

    wanted = wanted_topics(
        config, set_ or [], {"broker.bootstrap": broker, "broker.prefix": prefix}
    )
    raise typer.Exit(log_show_command(wanted, topic, Filter(partition, offset, key, limit)))
