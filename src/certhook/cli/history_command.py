"""`certhook history`: what the nights have found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from certhook.cli.arguments import json_option
from certhook.cli.fleet_command import HISTORY_NAME

if TYPE_CHECKING:
    from certhook.fleet.history import PastRun, Trouble


@click.command("history", short_help="Show the results of past fleet runs.")
@click.argument("operator", required=False)
@click.option(
    "--history",
    "place",
    envvar="CERTHOOK_HISTORY",
    metavar="URL",
    default=HISTORY_NAME,
    help=f"SQLite file or database URL (default: {HISTORY_NAME} in the current folder).",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=14, metavar="N", help="Number of runs to show (default: 14)."
)
@json_option
def command(operator: str | None, place: str, limit: int, *, as_json: bool) -> None:
    """Show OPERATOR's last runs, when each requirement first failed and how often it was flaky.

    Without OPERATOR, show the last run of each operator.
    """
    from certhook.errors import UsageError, nearest
    from certhook.fleet.history import History

    with closing(History(place)) as history:
        every = history.last_of_each()
        if operator is None:
            _show(every, [], as_json=as_json)
            return
        names = [run.operator for run in every]
        if operator not in names:
            raise UsageError(f"no run of an operator {operator!r}{nearest(operator, names)}")
        _show(history.runs_of(operator, limit), history.troubles_of(operator), as_json=as_json)


def _show(runs: Sequence[PastRun], troubles: Sequence[Trouble], *, as_json: bool) -> None:
    if as_json:
        found = {"runs": [asdict(run) for run in runs], "requirements": [asdict(one) for one in troubles]}
        click.echo(json.dumps(found, indent=2))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in (*map(_run, runs), *map(_trouble, troubles)):
        console.print(Text(line), soft_wrap=True)


def _run(run: PastRun) -> str:
    figures = f"{run.failed} failed, {run.flaky} flaky, {run.requests} requests in {run.seconds:.1f} s"
    why = f": {run.why}" if run.why else ""
    return f"{_minute(run.started)}  {run.operator}  {run.standing}, {figures}{why}"


def _trouble(one: Trouble) -> str:
    failed = f"failed in {one.failed} of {one.runs} runs, first {_minute(one.first_failed)}" if one.first_failed else ""
    flaked = f"flaked in {one.flaked} of {one.runs} runs" if one.flaked else ""
    return f"{one.requirement}  {', '.join(filter(None, (failed, flaked)))}; now {one.now.replace('_', ' ')}"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ") + "Z"
