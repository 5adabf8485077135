"""``yidi replay``: a corpus through the nodes, every settlement and balance compared.

Exit codes: 0 all equal, 1 a difference, 2 a corpus that can't be read, 3 no nodes.
Heavy imports wait until the command runs.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.cli import exit_codes

if TYPE_CHECKING:
    from services.harness.folder import CorpusFolder
    from services.harness.nodes_client import Endpoints
    from services.harness.replay import ReplayOutcome


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay.

    Without ``care``, ``insured`` and ``house`` (``host:port`` each) the replay starts a network
    of its own on ``data``. ``speed`` is how many times real time, 0 as fast as it goes;
    ``shuffle`` is a seed for the order between members that don't share an account.
    ``log_faults`` is what ``services.network.settings.parse_log_faults`` reads; ``patience_s``
    is how long nobody may answer before the replay gives up.
    """

    data: Path = Path("var")
    report: Path | None = None
    care: str = ""
    insured: str = ""
    house: str = ""
    in_flight: int = 128
    speed: int = 0
    shuffle: int | None = None
    log_faults: str = ""
    patience_s: int = 60


def replay_command(folder: Path, options: ReplayOptions, *, show: bool = True) -> int:
    """Replay a corpus; print what came of it, or the first difference."""
    from clearing.errors import Malformed, YidiError
    from services.harness.difference import DifferenceError, NodesUnreachable

    try:
        outcome = asyncio.run(replay(folder, options))
    except DifferenceError as error:
        print(f"difference: {error.message_en}", file=sys.stderr)
        return exit_codes.DIFFERENCE
    except NodesUnreachable as error:
        print(f"error: {error.message_en}", file=sys.stderr)
        return exit_codes.UNREACHABLE
    except Malformed as error:
        print(f"error: {error.message_en}", file=sys.stderr)
        return exit_codes.BAD_INPUT
    except YidiError as error:
        # A node refused what the corpus says it takes.
        print(f"difference: {error}", file=sys.stderr)
        return exit_codes.DIFFERENCE
    if show:
        _show(outcome)
    return exit_codes.OK


async def replay(folder: Path, options: ReplayOptions) -> ReplayOutcome:
    """Replay a corpus through running nodes or a network of its own.

    Raises ``DifferenceError``, ``CorpusFileError`` or ``NodesUnreachable``.
    """
    from services.harness.folder import CorpusFolder
    from services.harness.network_child import network_child
    from services.harness.nodes_client import Endpoints
    from services.network.settings import parse_log_faults

    corpus = CorpusFolder(folder)
    if options.log_faults:
        parse_log_faults(options.log_faults)  # a slip is to be told before anything starts
    given = (options.care, options.insured, options.house)
    if all(given):
        return await replay_through(corpus, Endpoints(*given), options)
    if any(given):
        from clearing.errors import Malformed

        raise Malformed(
            "endpoints", "give all of care, insured and house, or none", "三个服务地址须同时给出"
        )
    async with network_child(options.data, options.log_faults) as endpoints:
        return await replay_through(corpus, endpoints, options)


async def replay_through(
    corpus: CorpusFolder, endpoints: Endpoints, options: ReplayOptions
) -> ReplayOutcome:
    """Replay a corpus through nodes that serve, and write the report where one is asked for."""
    from services.harness.checkpoint import Checkpoint, checkpoint_path
    from services.harness.nodes_client import NodesClient
    from services.harness.progress import progress_bar
    from services.harness.replay import Replay
    from services.harness.report import write_report

    corpus.manifest()  # a torn corpus has none
    checkpoint = Checkpoint(checkpoint_path(options.data, corpus.digest()))
    try:
        async with NodesClient(endpoints, patience_s=options.patience_s) as nodes:
            with progress_bar() as progress:
                run = Replay(
                    corpus,
                    nodes,
                    checkpoint,
                    progress,
                    in_flight=options.in_flight,
                    speed=options.speed,
                    shuffle=options.shuffle,
                )
                outcome = await run.run()
    finally:
        checkpoint.close()
    if options.report is not None:
        write_report(options.report, outcome.report, outcome.balances)
    return outcome


def _show(outcome: ReplayOutcome) -> None:
    from rich.console import Console

    from services.harness.operator_view import balance_matrices, matrix_of, states_table

    console = Console()
    console.print(states_table(outcome.states))
    for table in balance_matrices(matrix_of(outcome.balances.positions), console.width):
        console.print(table)
    played = outcome.visits - outcome.resumed
    rate = f", {played / outcome.played_s:.0f} a second" if played and outcome.played_s else ""
    console.print(
        f"{outcome.visits:,} visits equal to what was expected"
        f" ({outcome.resumed:,} from an earlier run{rate})"
    )
