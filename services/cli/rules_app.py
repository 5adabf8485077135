"""``yidi rules``: look at rule bundles, check them, publish them, try them out.

Like the main application each command imports what it needs when it runs.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from clearing.wording import Language
from services.cli.options import DataOption, JsonOption

rules_app = typer.Typer(help="Rule bundles.", no_args_is_help=True, rich_markup_mode=None)


@rules_app.command()
def show(
    region: Annotated[str, typer.Argument(help="A region code of six digits.")],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only the editions in force on this day."),
    ] = None,
    scheme: Annotated[str, typer.Option(help="resident or employee; both by default.")] = "",
    care_type: Annotated[
        str, typer.Option(help="outpatient, outpatient_special, inpatient or pharmacy.")
    ] = "",
    rules: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.BOTH,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a region's rules as a person reads them: steps, tables, sources, what is left open."""
    from services.cli.rules_show import show_command, wanted

    asked = wanted(on.date() if on else None, scheme, care_type, language, as_json=json)
    raise typer.Exit(show_command(region, asked, rules))


@rules_app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A folder of regions, one region, or 'packaged'.")],
    new: Annotated[str, typer.Argument(help="What to compare it with.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell how rules differ: old and new values. Exit codes: 0 the same, 1 different, 2 bad."""
    from services.cli.rules_diff import diff_command

    raise typer.Exit(diff_command(old, new, as_json=json))


RegionArgument = Annotated[str, typer.Argument(help="The insured region.")]
RerunArgument = Annotated[str, typer.Argument(help="A re-run's id.")]
WaitOption = Annotated[
    int, typer.Option("--wait", min=0, help="Wait so many seconds for the re-run.")
]


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


@rules_app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder of region folders; the packaged one by default."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look for everything wrong with rules: 0 clean, 1 findings, one line each."""
    from services.cli.rules_check import check_command

    raise typer.Exit(check_command(folder, json))


@rules_app.command()
def publish(
    region: RegionArgument,
    from_on: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first care day that it decides."),
    ],
    by: Annotated[str, typer.Option(help="Who submits and publishes.")],
    why: Annotated[str, typer.Option(help="On what ground: the document, the decision.")],
    signed_off_by: Annotated[
        str, typer.Option(help="Who signs off: somebody else. Left out, it stops there.")
    ] = "",
    folder: Annotated[
        Path | None, typer.Option(help="A folder of region folders instead of the packaged one.")
    ] = None,
    wait_s: WaitOption = 600,
    data: DataOption = Path("var"),
    json: JsonOption = False,
) -> None:
    """Submit, check, sign off and publish a region's rules, and list what changes of the past."""
    from services.cli.publish_rules import Wanted, publish_command

    wanted = Wanted(region, from_on.date(), by, why, signed_off_by, folder, wait_s)
    raise typer.Exit(publish_command(wanted, data, json))


@rules_app.command()
def bundles(
    region: RegionArgument, data: DataOption = Path("var"), json: JsonOption = False
) -> None:
    """List a region's rule bundles: how far each is, who did what, which days it decides."""
    from services.cli.rule_bundles import bundles_command

    raise typer.Exit(bundles_command(region, data, json))


@rules_app.command()
def reruns(
    region: RegionArgument,
    rerun: Annotated[str, typer.Argument(help="A re-run's id; left out, all are listed.")] = "",
    changed: Annotated[bool, typer.Option("--changed", help="Only what comes out otherwise.")] = (
        False
    ),
    data: DataOption = Path("var"),
    json: JsonOption = False,
) -> None:
    """Show what publications change of what was settled before: old, new, difference, remedy."""
    from services.cli.rule_reruns import reruns_command

    raise typer.Exit(reruns_command(region, rerun, data, changed_only=changed, as_json=json))


@rules_app.command()
def rerun(
    region: RegionArgument,
    rerun_id: RerunArgument,
    wait_s: WaitOption = 600,
    data: DataOption = Path("var"),
    json: JsonOption = False,
) -> None:
    """Run a re-run's member years once more, as they are now."""
    from services.cli.rule_reruns import repeat_command

    raise typer.Exit(repeat_command(region, rerun_id, data, wait_s, json))


@rules_app.command()
def correct(
    region: RegionArgument,
    rerun_id: RerunArgument,
    settlement: Annotated[str, typer.Argument(help="A settlement of the re-run.")],
    by: Annotated[str, typer.Option(help="Who records it.")],
    why: Annotated[str, typer.Option(help="How the money moved.")],
    through_hospital: Annotated[
        bool,
        typer.Option(
            "--through-hospital", help="It passes through the hospital: clear it between regions."
        ),
    ] = False,
    data: DataOption = Path("var"),
    json: JsonOption = False,
) -> None:
    """Record that a difference was reimbursed to the member, or recovered; once."""
    from services.cli.rule_reruns import correct_command

    item = (rerun_id, settlement)
    raise typer.Exit(
        correct_command(
            region, item, by, why, data, through_hospital=through_hospital, as_json=json
        )
    )
