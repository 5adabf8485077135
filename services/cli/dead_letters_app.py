"""``yidi dead-letters``: messages that could not be processed, as a work queue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import (
    CareOption,
    DataOption,
    HouseOption,
    InsuredOption,
    JsonOption,
)

dead_letters_app = typer.Typer(
    help="Messages that could not be processed: list, show, replay, discard. "
    "A letter is called NODE/TOPIC/PARTITION/OFFSET, as the list prints it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

By = Annotated[str, typer.Option("--by", help="Who acts.")]
Why = Annotated[str, typer.Option("--why", help="Why.")]
RequestId = Annotated[
    str, typer.Option("--request-id", help="Repeat an act under its id: it is done once.")
]
Letter = Annotated[str, typer.Argument(help="NODE/TOPIC/PARTITION/OFFSET.")]


@dead_letters_app.command("list")
def list_letters(
    node: Annotated[str, typer.Argument(help="As in insured/330213; all nodes without.")] = "",
    state: Annotated[
        str, typer.Option(help="parked, behind, replayed, discarded or all; unresolved without.")
    ] = "",
    code: Annotated[str, typer.Option(help="Only those set aside for this reason.")] = "",
    key: Annotated[str, typer.Option(help="Only those of this member or account.")] = "",
    data: DataOption = Path("var"),
    care: CareOption = "",
    insured: InsuredOption = "",
    house: HouseOption = "",
    json: JsonOption = False,
) -> None:
    """List what is set aside; the exit code is 1 while anything waits for a person."""
    from services.cli.dead_letters import Filter, Where, list_command

    where = Where(data, care, insured, house)
    raise typer.Exit(list_command(where, node, Filter(state, code, key), as_json=json))


@dead_letters_app.command()
def show(
    letter: Letter,
    data: DataOption = Path("var"),
    care: CareOption = "",
    insured: InsuredOption = "",
    house: HouseOption = "",
    json: JsonOption = False,
) -> None:
    """Show a message: why it is set aside, what it says where that can be read, its bytes."""
    from services.cli.dead_letters import Where, show_command

    raise typer.Exit(show_command(Where(data, care, insured, house), letter, as_json=json))


@dead_letters_app.command()
def replay(
    letters: Annotated[
        list[str], typer.Argument(help="NODE/TOPIC/PARTITION/OFFSET …, or NODE for all of a node.")
    ],
    by: By,
    why: Why,
    code: Annotated[str, typer.Option(help="With NODE: only those set aside for this.")] = "",
    request_id: RequestId = "",
    data: DataOption = Path("var"),
    care: CareOption = "",
    insured: InsuredOption = "",
    house: HouseOption = "",
    json: JsonOption = False,
) -> None:
    """Process messages again, now, each with those behind it; the exit code is 1 if one fails."""
    from services.cli.dead_letters import Act, Where, replay_command

    act = Act(by, why, request_id)
    where = Where(data, care, insured, house)
    raise typer.Exit(replay_command(where, letters, code, act, as_json=json))


@dead_letters_app.command()
def discard(
    letter: Letter,
    by: By,
    why: Why,
    request_id: RequestId = "",
    data: DataOption = Path("var"),
    care: CareOption = "",
    insured: InsuredOption = "",
    house: HouseOption = "",
    json: JsonOption = False,
) -> None:
    """Give a message up for good; those behind it go on."""
    from services.cli.dead_letters import Act, Where, discard_command

    act = Act(by, why, request_id)
    where = Where(data, care, insured, house)
    raise typer.Exit(discard_command(where, letter, act, as_json=json))
