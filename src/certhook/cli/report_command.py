"""`certhook report`: the reports of a finished run, made from what it recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from certhook.errors import Unavailable, UsageError
from certhook.recording.file_names import ALLURE_RESULTS_NAME


@click.command("report", short_help="Build the HTML reports of a finished run.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--history",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File with earlier runs of the same target, for the Allure report's trends; this run is added.",
)
@click.option("--no-allure", is_flag=True, help="Do not build the Allure report.")
def command(folder: Path, history: Path | None, *, no_allure: bool) -> None:
    """Build report.html and the Allure report in DIR, the output folder of a run, and print where they are.

    In a folder of `certhook run --all`, each run gets its own reports. A killed run is reported as far as it got.
    """
    from certhook.recording.folders import ended_run, runs_in
    from certhook.reporting.page.rendering import write_page

    try:
        results = {run: ended_run(run) for run in runs_in(folder) or (folder,)}
        for run, result in results.items():
            click.echo(write_page(run, result))
        if not no_allure:
            for page in _allure_pages(folder, list(results), history):
                click.echo(page)
    except Unavailable as reason:
        click.echo(f"certhook: no Allure report: {reason}", err=True)
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be read or written: {error.strerror}") from None


def _allure_pages(folder: Path, runs: list[Path], history: Path | None) -> Iterator[Path]:
    """One page for all runs where they share their results, as under plain pytest, else one for each that has any."""
    from certhook.reporting.allure_report import write_allure_report

    for place in [folder] if (folder / ALLURE_RESULTS_NAME).is_dir() else runs:
        if (place / ALLURE_RESULTS_NAME).is_dir():
            yield write_allure_report(place, history)
