"""`certhook report`: the reports of a finished run."""

from __future__ import annotations

from pathlib import Path

import click

from certhook.errors import Unavailable, UsageError


@click.command("report", short_help="Make the reports of a finished run.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--history",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Runs of the same target before this one, for trends; this run is added.",
)
@click.option("--no-allure", is_flag=True, help="Without the Allure report.")
def command(folder: Path, history: Path | None, *, no_allure: bool) -> None:
    """Make the reports of the run in DIR, or of each of the runs that `certhook run --all` left there."""
    from certhook.reporting.allure_files import RESULTS_NAME

    single = (folder / RESULTS_NAME).is_dir()
    folders = [folder] if single else sorted(path.parent for path in folder.glob(f"*/{RESULTS_NAME}"))
    if not folders:
        raise UsageError(f"{folder}: holds no run")
    if not no_allure:
        _make_allure_reports(folders, history)


def _make_allure_reports(folders: list[Path], history: Path | None) -> None:
    from certhook.reporting.allure_report import write_allure_report

    try:
        for folder in folders:
            click.echo(f"Allure report: {write_allure_report(folder, history)}")
    except Unavailable as reason:
        click.echo(f"certhook: no Allure report: {reason}", err=True)
