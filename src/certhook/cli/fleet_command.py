"""`certhook fleet`: every operator's run, and what changed since the night before."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from certhook.fleet.crew import Crew
    from certhook.fleet.plan import Plan
    from certhook.fleet.state import State

HISTORY_NAME = "certhook-history.sqlite"
_FOLDER = click.Path(path_type=Path)


@click.command("fleet", short_help="Run the suite for many operators and report what changed.")
@click.argument("fleet", type=_FOLDER, metavar="FLEET.toml")
@click.option(
    "--output", type=_FOLDER, metavar="DIR", help="Folder for this run's results (default: reports/fleet-TIME)."
)
@click.option(
    "--resume",
    type=_FOLDER,
    metavar="DIR",
    help="Continue the interrupted run in DIR; finished operators are not run again.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Number of parallel runs (default: the number of cores)."
)
@click.option("--scheduler", metavar="URL", help="Run on the workers of this Dask scheduler, such as tcp://host:8786.")
@click.option(
    "--send-secrets", is_flag=True, help="Resolve secrets on this machine and send them through the scheduler."
)
@click.option(
    "--retries", type=click.IntRange(min=0), default=2, metavar="N", help="Retries after a lost worker (default: 2)."
)
@click.option("--tag", multiple=True, metavar="T", help="Only operators with this tag; can be repeated.")
@click.option("--operator", multiple=True, metavar="NAME", help="Only this operator; can be repeated.")
@click.option(
    "--history",
    envvar="CERTHOOK_HISTORY",
    metavar="URL",
    help=f"SQLite file or database URL (default: {HISTORY_NAME} beside FLEET.toml).",
)
@click.option(
    "--notify", envvar="CERTHOOK_NOTIFY", metavar="URL", help="Webhook to which regressions are posted as JSON."
)
def command(fleet: Path, **options: Any) -> None:
    """Run the suite for every operator in FLEET.toml, several at once, and report what changed.

    --history and --notify can be set as CERTHOOK_HISTORY and CERTHOOK_NOTIFY instead, which keeps them out of process
    listings.

    \b
    Exit status:
      0  no regression
      1  a regression: a requirement or a verdict got worse
      2  wrong usage, or the run could not be finished: continue it with --resume
      3  no regression, but an operator could not be reached or run
    """  # noqa: D301 - click's mark for lines that stay as they are
    from rich.console import Console

    from certhook.fleet.changes import morning_of
    from certhook.fleet.ending import print_morning
    from certhook.fleet.history import History
    from certhook.fleet.morning import write_morning

    _check(options)
    plan = _plan(fleet, options)
    console = Console(highlight=False)
    with (
        closing(History(options["history"] or str(fleet.with_name(HISTORY_NAME)), make=True)) as history,
        closing(_state(plan, options)) as state,
    ):
        plan = plan.only(state.head.operators)
        _run(plan, state, console, options)
        morning = morning_of(state, history)
        write_morning(morning, state.folder)
        print_morning(console, morning, state.folder)
        if morning.unentered:
            click.echo(f"certhook: {morning.unentered}; continue with --resume {state.folder}", err=True)
        if options["notify"] and morning.regressed and not state.notified:
            _notify(options["notify"], morning, state)
    raise SystemExit(morning.exit_status)


def _check(options: dict[str, Any]) -> None:
    from certhook.errors import UsageError

    if options["resume"] and (options["output"] or options["tag"] or options["operator"]):
        raise UsageError("--resume continues a run as it began: --output, --tag and --operator cannot be given")
    if options["scheduler"] and options["jobs"]:
        raise UsageError("--jobs is for runs on this machine; with --scheduler the cluster decides")
    if options["send_secrets"] and not options["scheduler"]:
        raise UsageError("--send-secrets needs --scheduler")
    if options["notify"]:
        from certhook.fleet.notify import checked_webhook

        checked_webhook(options["notify"])


def _plan(fleet: Path, options: dict[str, Any]) -> Plan:
    from certhook.fleet.plan import read_plan

    plan = read_plan(fleet).only(options["operator"], options["tag"])
    if options["scheduler"]:
        from certhook.fleet.cluster import check_sendable, needs_dask

        needs_dask()
        check_sendable(plan.operators, send_secrets=options["send_secrets"])
    return plan


def _state(plan: Plan, options: dict[str, Any]) -> State:
    from certhook.fleet.state import Head, State
    from certhook.plugin.options import default_output
    from certhook.recording.record import timestamp

    if options["resume"]:
        return State.resume(options["resume"])
    now = datetime.now(UTC)
    head = Head(
        night=f"{now:%Y%m%dT%H%M%SZ}-{token_hex(4)}",
        fleet=plan.source,
        started=timestamp(now),
        operators=tuple(operator.name for operator in plan.operators),
    )
    return State.begin(options["output"] or default_output(["fleet"]), head)


def _run(plan: Plan, state: State, console: Any, options: dict[str, Any]) -> None:
    """Every run of the night that is still to be made."""
    from certhook.fleet.night import Night
    from certhook.fleet.turns import Turns
    from certhook.fleet.watching import face

    to_run = plan.only(state.to_run).operators if state.to_run else ()
    if not to_run:
        return
    turns = Turns(to_run, jitter_s=plan.jitter_s, seed=plan.seed)
    with (
        closing(_crew(state, options)) as crew,
        face(console, len(state.head.operators), len(state.head.operators) - len(to_run)) as shown,
    ):
        try:
            Night(turns, crew, [state, shown], retries=options["retries"]).run()
        except KeyboardInterrupt:
            click.echo(f"certhook: stopped; continue with --resume {state.folder}", err=True)
            raise


def _crew(state: State, options: dict[str, Any]) -> Crew:
    from certhook.fleet.changes import OPERATORS

    folder = state.folder / OPERATORS
    if options["scheduler"]:
        from certhook.fleet.cluster import DaskCluster

        return DaskCluster(options["scheduler"], folder, send_secrets=options["send_secrets"])
    from certhook.fleet.pool import LocalPool

    return LocalPool(options["jobs"] or os.cpu_count() or 1, folder)


def _notify(url: str, morning: Any, state: State) -> None:
    from certhook.fleet.notify import notify

    problem = notify(url, morning)
    if problem:
        click.echo(f"certhook: {problem}", err=True)
    else:
        state.add_notified()
