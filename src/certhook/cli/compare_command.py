"""`certhook compare`: what got worse, and what got better, between two runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certhook.cli.arguments import json_option
from certhook.errors import UsageError

if TYPE_CHECKING:
    from certhook.recording.folders import StoredRun

_RUN = click.Path(path_type=Path, exists=True)


@click.command("compare", short_help="Show what got worse or better between two runs.")
@click.argument("old", type=_RUN)
@click.argument("new", type=_RUN)
@json_option
@click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request or a chat.")
def command(old: Path, new: Path, *, as_json: bool, markdown: bool) -> None:
    """Compare two runs. OLD and NEW are run folders or result.json files.

    Folders of `certhook run --all` are compared protocol by protocol. A killed run is compared as far as it got.

    \b
    Exit status:
      0  no regression
      1  a regression: a requirement or the verdict got worse, or a protocol was not run again
      2  wrong usage: no runs found, or runs of different protocols
    """  # noqa: D301 - click's mark for lines that stay as they are
    if as_json and markdown:
        raise UsageError("--json and --markdown exclude each other")
    from certhook.reporting.comparison import Comparisons, compared

    pairs, only_in_old, only_in_new = _paired(old, new)
    each = tuple(compared(before.result, now.result) for before, now in pairs)
    comparisons = Comparisons(each, only_in_old, only_in_new)
    if as_json:
        click.echo(json.dumps(comparisons.as_json(), indent=2))
    elif markdown:
        from certhook.reporting.comparison_markdown import as_markdown

        click.echo(as_markdown(comparisons), nl=False)
    else:
        from rich.console import Console

        from certhook.reporting.comparison_text import print_comparisons

        print_comparisons(Console(), comparisons, [now.folder for _, now in pairs])
    raise SystemExit(1 if comparisons.regressed else 0)


def _paired(old: Path, new: Path) -> tuple[list[tuple[StoredRun, StoredRun]], tuple[str, ...], tuple[str, ...]]:
    """The runs of the same protocol on both sides, and the protocols of one side only."""
    from certhook.recording.folders import runs_in, stored_run, stored_runs

    several = {path: bool(runs_in(path)) for path in (old, new)}
    if not any(several.values()):
        return [(stored_run(old), stored_run(new))], (), ()
    for path in (old, new):
        if not several[path]:
            raise UsageError(f"{path}: is one run, and the other a folder of several: name one of the folders in that")
    before, now = stored_runs(old), stored_runs(new)
    pairs = [(before[name], now[name]) for name in before if name in now]
    return pairs, tuple(name for name in before if name not in now), tuple(name for name in now if name not in before)
