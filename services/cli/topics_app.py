"""``yidi topics``: the topics of a network on its broker, and who may do what with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

topics_app = typer.Typer(
    help="The topics of a network on its broker.", no_args_is_help=True, rich_markup_mode=None
)

Config = Annotated[Path | None, typer.Option(help="A TOML file; or YIDI_CONFIG.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE; see yidi settings show.")]
Broker = Annotated[str, typer.Option(help="HOST:PORT,… of the broker; 127.0.0.1:9092.")]
Prefix = Annotated[str, typer.Option(help="Comes before every topic's name.")]
Replicas = Annotated[int | None, typer.Option(min=1, help="Copies of each topic; 1.")]
Rules = Annotated[
    Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@topics_app.command()
def apply(
    broker: Broker = "",
    prefix: Prefix = "",
    replicas: Replicas = None,
    rules: Rules = None,
    config: Config = None,
    set_: Set = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done.")
    ] = False,
    json: Json = False,
) -> None:
    """Create missing topics and mend options that differ; a second time nothing is done."""
    from services.cli.topics import apply_command, wanted_topics

    wanted = wanted_topics(config, set_ or [], _flags(broker, prefix, replicas, rules))
    raise typer.Exit(apply_command(wanted, pretend=dry_run, as_json=json))


@topics_app.command()
def check(
    broker: Broker = "",
    prefix: Prefix = "",
    replicas: Replicas = None,
    rules: Rules = None,
    config: Config = None,
    set_: Set = None,
    json: Json = False,
) -> None:
    """Tell what apply would do; exit code 1 where that is something."""
    from services.cli.topics import check_command, wanted_topics

    wanted = wanted_topics(config, set_ or [], _flags(broker, prefix, replicas, rules))
    raise typer.Exit(check_command(wanted, as_json=json))


@topics_app.command()
def acls(
    broker: Broker = "",
    prefix: Prefix = "",
    rules: Rules = None,
    config: Config = None,
    set_: Set = None,
    role: Annotated[str, typer.Option(help="Only nodes of this role.")] = "",
    region: Annotated[
        list[str] | None, typer.Option(help="Only nodes of this region; repeatable.")
    ] = None,
    principal: Annotated[
        str, typer.Option(help="How each node's user is called.")
    ] = "yidi-{role}-{region}",
    operator: Annotated[
        str, typer.Option(help="Who applies topics; empty for nobody.")
    ] = "yidi-operator",
    json: Json = False,
) -> None:
    """Print the rights that each node's user needs, as commands of the broker's kafka-acls."""
    from services.cli.topic_acls import acls_command
    from services.cli.topics import wanted_topics

    wanted = wanted_topics(config, set_ or [], _flags(broker, prefix, None, rules))
    raise typer.Exit(
        acls_command(wanted, role, frozenset(region or ()), principal, operator, as_json=json)
    )


def _flags(broker: str, prefix: str, replicas: int | None, rules: Path | None) -> dict[str, str]:
    return {
        "broker.bootstrap": broker,
        "broker.prefix": prefix,
        "topics.replicas": "" if replicas is None else str(replicas),
        "rules": "" if rules is None else str(rules),
    }
