"""``yidi topics``: the topics of a network on its broker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

topics_app = typer.Typer(
    help="The topics of a network on its broker.", no_args_is_help=True, rich_markup_mode=None
)


@topics_app.callback()
def topics() -> None:
    """Keep ``apply`` a command of its own name while it is the only one."""


@topics_app.command()
def apply(
    broker: Annotated[
        str, typer.Option(envvar="YIDI_BROKER_BOOTSTRAP", help="HOST:PORT,… of the broker.")
    ] = "127.0.0.1:9092",
    prefix: Annotated[
        str, typer.Option(envvar="YIDI_BROKER_PREFIX", help="Comes before every topic's name.")
    ] = "",
    replicas: Annotated[int, typer.Option(min=1, help="Copies of each topic.")] = 1,
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Create missing topics and mend options that differ; a second time nothing is done."""
    from adapters.broker.settings import BrokerSettings
    from services.cli.topics import apply_command

    settings = BrokerSettings(broker, prefix=prefix)
    raise typer.Exit(apply_command(settings, replicas, rules, as_json=json))
