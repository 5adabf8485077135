"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.network.address import is_address


def one_service(text: str) -> str:
    """Return where one service listens, ``""`` where it was not said.

    Several processes of it are written ``HOST:PORT|HOST:PORT``. Raises ``BadParameter``.
    """
    if text and not all(map(is_address, text.split("|"))):
        raise typer.BadParameter(f"write HOST:PORT, not {text!r}")
    return text


DataOption = Annotated[Path, typer.Option("--data", help="The folder that holds all state.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CareOption = Annotated[
    str,
    typer.Option("--care", callback=one_service, help="HOST:PORT of a care-region service."),
]
InsuredOption = Annotated[
    str,
    typer.Option("--insured", callback=one_service, help="HOST:PORT of an insured-region service."),
]
HouseOption = Annotated[
    str,
    typer.Option("--house", callback=one_service, help="HOST:PORT of a clearing house."),
]
