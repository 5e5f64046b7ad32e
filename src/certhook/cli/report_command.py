"""`certhook report`: the reports of a finished run, made from what it recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from certhook.errors import UsageError


@click.command("report", short_help="Build the HTML report of a finished run.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
def command(folder: Path) -> None:
    """Build report.html in DIR, the output folder of a run, and print where it is.

    In the folder of a `certhook run --all` each run gets its own. A run that was killed is reported as far as it came.
    """
    from certhook.recording.folders import runs_in

    try:
        results = {run: _result(run) for run in runs_in(folder) or (folder,)}
        for run, result in results.items():
            for path in _reports(run, result):
                click.echo(path)
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be read or written: {error.strerror}") from None


def _result(run: Path) -> Mapping[str, Any]:
    """The result of a run; that of a killed one is made first."""
    from certhook.recording.folders import is_run, stored_run
    from certhook.recording.results import RESULT_NAME, write_result

    if is_run(run) and not (run / RESULT_NAME).exists():
        write_result(run)
    return stored_run(run).result


def _reports(run: Path, result: Mapping[str, Any]) -> list[Path]:
    """Write every report of a run."""
    from certhook.reporting.page.rendering import write_page

    return [write_page(run, result)]
