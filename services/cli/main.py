"""The ``yidi`` command. Each command imports what it needs when it runs, so that help is quick.

Exit codes: 0 as it should be; 1 a difference, break or fault in the books; 2 input that cannot
be read; 3 nodes that do not answer; 70 an error of the program itself.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from clearing.wording import Language
from services.cli.dead_letters_app import dead_letters_app
from services.cli.log_app import log_app
from services.cli.options import DataOption, HouseOption, InsuredOption, JsonOption
from services.cli.rules_app import rules_app
from services.cli.settings_app import settings_app
from services.cli.topics_app import topics_app

app = typer.Typer(
    help="Clearing network for direct settlement of remote care (异地就医直接结算). "
    "Exit codes: 0 fine, 1 difference found, 2 bad input, 3 nodes unreachable, 70 internal.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
corpus_app = typer.Typer(help="Corpora for replay.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(corpus_app, name="corpus")
app.add_typer(dead_letters_app, name="dead-letters")
app.add_typer(log_app, name="log")
app.add_typer(rules_app, name="rules")
app.add_typer(settings_app, name="settings")
app.add_typer(topics_app, name="topics")


@app.command()
def up(
    data: DataOption = Path("var"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    care_port: Annotated[int, typer.Option(help="Care-region service; 0 is any free port.")] = 7610,
    insured_port: Annotated[int, typer.Option(help="Insured-region service.")] = 7620,
    house_port: Annotated[int, typer.Option(help="Clearing-house service.")] = 7630,
    replay: Annotated[
        bool, typer.Option("--replay", help="Accept business times far from the clock.")
    ] = False,
    rules: Annotated[
        Path | None,
        typer.Option(
            help="A folder of region folders instead of the packaged one; the data folder keeps "
            "to it until another is given, or 'packaged'."
        ),
    ] = None,
    log_faults: Annotated[
        str, typer.Option(help="Make the log misbehave: seed=N,repeat=N,unconfirmed=N,lose=N.")
    ] = "",
    ready_json: Annotated[
        bool, typer.Option("--ready-json", help="Print one line of JSON once everything serves.")
    ] = False,
    end_with_stdin: Annotated[
        bool, typer.Option("--end-with-stdin", help="End when standard input ends.")
    ] = False,
    role: Annotated[
        str,
        typer.Option(help="care, insured or house: host these nodes, on a broker and PostgreSQL."),
    ] = "",
    region: Annotated[
        list[str] | None, typer.Option(help="With --role: only this region's node; repeatable.")
    ] = None,
    slot: Annotated[
        str, typer.Option(help="With --role: tells processes with the same nodes apart.")
    ] = "",
    listen: Annotated[str, typer.Option(help="With --role: HOST:PORT to listen on.")] = "",
    metrics: Annotated[
        str, typer.Option(help="With --role: HOST:PORT to tell Prometheus its figures on.")
    ] = "",
    config: Annotated[Path | None, typer.Option(help="With --role: a TOML file.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="With --role: NAME=VALUE; see yidi settings show."),
    ] = None,
) -> None:
    """Serve the whole network in one process until Ctrl-C, or with --role a part of it."""
    if role:
        _end(
            _role_up(
                config,
                set_ or [],
                ready_json,
                role=role,
                regions=",".join(region or ()),
                slot=slot,
                listen=listen,
                **{"metrics.listen": metrics},
                rules="" if rules is None else str(rules),
                replay="true" if replay else "",
            )
        )
    from services.cli.up import refuse_role_options, up_command
    from services.network.settings import NetworkSettings, parse_log_faults

    refused = refuse_role_options(
        region=region, slot=slot, listen=listen, metrics=metrics, config=config, set=set_
    )
    if refused is not None:
        _end(refused)
    settings = NetworkSettings(
        data,
        host,
        care_port,
        insured_port,
        house_port,
        replay,
        rules=rules,
        log_faults=parse_log_faults(log_faults) if log_faults else None,
    )
    _end(up_command(settings, ready_json=ready_json, end_with_stdin=end_with_stdin))


def _role_up(config: Path | None, set_: list[str], ready_json: bool, **flags: str) -> int:
    from clearing.errors import Malformed
    from services.cli.failures import say
    from services.cli.process_settings import gathered
    from services.cli.role_up import role_up_command

    try:
        return role_up_command(gathered(config, set_, **flags), ready_json=ready_json)
    except Malformed as defect:
        return say(defect)


@app.command()
def adjudicate(
    file: Annotated[str, typer.Argument(help="A claim or an array of claims; - is stdin.")],
    chain: Annotated[
        bool, typer.Option("--chain", help="An array is one member's history, in order.")
    ] = False,
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
) -> None:
    """Decide claims by the rules, without any node; prints JSON."""
    from services.cli.adjudicate import adjudicate_command

    _end(adjudicate_command(file, chain, rules))


@app.command()
def entitlement(
    file: Annotated[str, typer.Argument(help="A case or an array of cases; - is stdin.")],
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
) -> None:
    """Tell when a person's benefits begin, and why; prints JSON."""
    from services.cli.entitlement import entitlement_command

    _end(entitlement_command(file, rules))


@app.command()
def explain(
    settlement: Annotated[str, typer.Argument(help="A settlement id; or give --claim.")] = "",
    claim: Annotated[
        str, typer.Option(help="Explain a claim or an array of claims from a file; - is stdin.")
    ] = "",
    chain: Annotated[
        bool, typer.Option("--chain", help="An array is one member's history, in order.")
    ] = False,
    rules: Annotated[
        Path | None,
        typer.Option(
            help="With --claim or --insured: a folder of region folders instead of the packaged "
            "one."
        ),
    ] = None,
    data: DataOption = Path("var"),
    insured: InsuredOption = "",
    region: Annotated[
        str, typer.Option(help="The insured region, where known; needed with --insured.")
    ] = "",
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.BOTH,
    html: Annotated[
        str, typer.Option(help="Write a printable page of HTML here; - is standard output.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Explain a settlement or a claim step by step, with the source of every rule."""
    from services.cli.explanation_form import Form

    if bool(settlement) == bool(claim):
        raise typer.BadParameter("give either a settlement id or --claim", param_hint="SETTLEMENT")
    if html == "-" and json:
        raise typer.BadParameter(
            "standard output takes HTML or JSON, not both", param_hint="--html"
        )
    form = Form(language, html, json)
    if claim:
        from services.cli.explain_claims import explain_claims_command

        _end(explain_claims_command(claim, chain, rules, form))
    if bool(insured) > bool(region):
        raise typer.BadParameter("say of which insured region", param_hint="--region")
    from services.cli.explain import Asked, explain_command

    _end(explain_command(settlement, Asked(data, region, insured, rules), form))


@app.command()
def balances(
    data: DataOption = Path("var"),
    payer: Annotated[str, typer.Option(help="Payer region.")] = "",
    payee: Annotated[str, typer.Option(help="Payee region.")] = "",
    period: Annotated[str, typer.Option(help="Clearing month, YYYY-MM.")] = "",
    lines: Annotated[
        bool, typer.Option("--lines", help="Drill down to the journal lines.")
    ] = False,
    house: HouseOption = "",
    json: JsonOption = False,
) -> None:
    """Show who owes whom, and the journal lines behind it."""
    from services.cli.balances import Wanted, balances_command

    _end(balances_command(Wanted(payer, payee, period, lines), data, json, house))


@app.command()
def replay(
    folder: Annotated[Path, typer.Argument(help="A corpus folder.")],
    data: DataOption = Path("var"),
    report: Annotated[
        Path | None, typer.Option(help="Write final states, amounts and balances here.")
    ] = None,
    care: Annotated[
        str, typer.Option(help="[REGION=]HOST:PORT,… of running nodes; all three or none.")
    ] = "",
    insured: Annotated[
        str, typer.Option(help="[REGION=]HOST:PORT,… of the insured-region service.")
    ] = "",
    house: Annotated[str, typer.Option(help="HOST:PORT of the clearing house.")] = "",
    in_flight: Annotated[int, typer.Option(min=1, max=2000, help="Visits at a time.")] = 128,
    speed: Annotated[
        int, typer.Option(min=0, help="Times real time; 0 is as fast as it goes.")
    ] = 0,
    shuffle: Annotated[
        int | None, typer.Option(min=0, help="A seed: shuffle the order between members.")
    ] = None,
    log_faults: Annotated[
        str, typer.Option(help="Make the log misbehave: seed=N,repeat=N,unconfirmed=N,lose=N.")
    ] = "",
) -> None:
    """Replay a corpus through the nodes and compare every settlement and balance."""
    from services.cli.replay import ReplayOptions, replay_command

    options = ReplayOptions(
        data, report, care, insured, house, in_flight, speed, shuffle, log_faults
    )
    _end(replay_command(folder, options))


@app.command()
def demo(
    corpus: Annotated[Path, typer.Option(help="A corpus folder.")] = Path("corpora/small"),
    data: DataOption = Path("var"),
    once: Annotated[bool, typer.Option("--once", help="End after printing.")] = False,
) -> None:
    """Serve a network, replay the shipped corpus, show the day, serve until Ctrl-C."""
    from services.cli.demo import demo_command

    _end(demo_command(corpus, data, once=once))


@app.command()
def reconcile(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A business day.")],
    data: DataOption = Path("var"),
    house: HouseOption = "",
    json: JsonOption = False,
) -> None:
    """Compare the books of both regions and the house for a day."""
    from services.cli.reconcile import reconcile_command

    _end(reconcile_command(day.date(), data, json, house))


@app.command()
def verify(
    data: DataOption = Path("var"),
    server: Annotated[
        bool,
        typer.Option("--server", help="The books on the server that YIDI_DATABASE_URL names."),
    ] = False,
    config: Annotated[Path | None, typer.Option(help="With --server: a TOML file.")] = None,
    json: JsonOption = False,
) -> None:
    """Recompute all books from the first entry; name the first thing that is wrong."""
    from services.cli.process_settings import verify_server
    from services.cli.verify import verify_command

    _end(verify_server(config, json) if server else verify_command(data, json))


@app.command()
def simulate(
    seed: Annotated[int, typer.Option(min=0, help="Everything follows from it.")] = 0,
    steps: Annotated[int, typer.Option(min=1, help="How many steps a seed takes.")] = 2_000,
    seeds: Annotated[str, typer.Option(help="FIRST..LAST instead of one seed.")] = "",
    planted: Annotated[
        str, typer.Option(help="Plant a bug that has to be found; ``list`` shows them.")
    ] = "",
    jobs: Annotated[int, typer.Option(min=1, help="Processes that share the seeds.")] = 1,
    shrink: Annotated[
        bool, typer.Option(help="Look for the shortest trace of what was found.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Run all nodes in one thread under seeded faults; check every promise at every step."""
    from clearing.errors import Malformed
    from services.cli.simulate import Wanted, check_bug, list_bugs, seeds_of, simulate_command

    if planted == "list":
        _end(list_bugs(as_json=json))
    try:
        check_bug(planted)
        wanted = Wanted(seeds_of(seed, seeds), steps, planted, jobs, shrink, json)
    except Malformed as error:
        raise typer.BadParameter(error.message_en) from error
    _end(simulate_command(wanted))


@app.command()
def faults(
    seed: Annotated[int, typer.Option(min=0, help="The strikes and the load follow from it.")] = 0,
    kills: Annotated[int, typer.Option(min=1, help="How many strikes kill; others come too.")] = 14,
    restores: Annotated[
        int, typer.Option(min=0, help="How many databases are put back to a backup, besides.")
    ] = 0,
    brokers: Annotated[int, typer.Option(min=1, max=3, help="Of three, two keep a record.")] = 3,
    care: Annotated[int, typer.Option(min=1, max=9, help="Care processes.")] = 2,
    insured: Annotated[int, typer.Option(min=1, max=9, help="Insured processes.")] = 2,
    house: Annotated[int, typer.Option(min=1, max=9, help="House processes.")] = 1,
    rate: Annotated[int, typer.Option(min=1, help="Visits begun a second.")] = 12,
    first_port: Annotated[int, typer.Option(help="This one and some after it are used.")] = 7810,
    state: Annotated[Path, typer.Option(help="Holds the run; emptied first.")] = Path("var/faults"),
    report: Annotated[Path | None, typer.Option(help="Put the report into this page.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the state of a good run.")] = False,
) -> None:
    """Kill processes, brokers and the database under load; prove that nothing was lost."""
    from services.cli.faults import Options, faults_command

    counts = {"care": care, "insured": insured, "house": house}
    options = Options(seed, kills, restores, brokers, counts, rate, first_port, state, report, keep)
    _end(faults_command(options))


@corpus_app.command()
def generate(
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same corpus.")],
    settlements: Annotated[int, typer.Option(min=1, help="How many visits.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    tag: Annotated[str, typer.Option(help="Begins every key; s<seed> by default.")] = "",
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
) -> None:
    """Generate a corpus with what must come of it."""
    from services.cli.corpus import generate_command

    _end(generate_command(seed, settlements, out, tag=tag, rules=rules))


@corpus_app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A corpus folder.")],
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
) -> None:
    """Compare a corpus's expectations with a fresh sequential pass."""
    from services.cli.corpus import check_command

    _end(check_command(folder, rules=rules))


@corpus_app.command()
def merge(
    folders: Annotated[list[Path], typer.Argument(help="Corpus folders.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    name: Annotated[str, typer.Option(help="The new corpus's name.")] = "",
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
) -> None:
    """Put corpora together into one, with its expectations."""
    from services.cli.corpus import merge_command

    _end(merge_command(folders, out, name=name, rules=rules))


@corpus_app.command()
def claims(
    folder: Annotated[Path, typer.Argument(help="A corpus folder.")],
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
) -> None:
    """Write a corpus's claims as a Parquet file, for yidi rules backtest."""
    from services.cli.backtest import claims_command

    _end(claims_command(folder, out, rules))


def _end(code: int) -> None:
    raise typer.Exit(code)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
