"""`certhook run`: pytest over the suites, with the run's own face."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import click

from certhook.cli.arguments import as_words, optional_protocol_argument, options_of_a_run
from certhook.errors import UsageError
from certhook.places import suites_dir

_PLUGINS = ("allure_pytest.plugin", "xdist.plugin", "certhook.plugin")


@click.command("run", short_help="Certify an endpoint and write the reports.")
@optional_protocol_argument
@click.option(
    "--all", "every", is_flag=True, help="Run all protocols one after the other instead of PROTOCOL; needs --embedded."
)
@options_of_a_run
@click.option(
    "-n", "--workers", type=click.IntRange(1, 64), metavar="N", help="Number of worker processes (default: 1)."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the reports (default: reports/PROTOCOL-TIME).",
)
@click.option("--group", multiple=True, metavar="G", help="Test only this group's requirements; can be repeated.")
@click.option("--requirement", multiple=True, metavar="ID", help="Test only this requirement; can be repeated.")
@click.option(
    "--max-examples",
    type=click.IntRange(min=0),
    metavar="N",
    help="Fuzzed bodies per operation; 0 turns fuzzing off (default: the profile's, or 60).",
)
@click.option(
    "--examples-db",
    metavar="DIR",
    help="Folder for failing fuzz inputs, retried first next time (default: below --output).",
)
@click.option(
    "--seed", type=int, metavar="N", help="Seed for reproducible requests (ids and timestamps still vary; default: 0)."
)
@click.option("--sign-key", metavar="FILE", help="Sign the verdict with this private key and write certificate.json.")
@click.option("--require-all", is_flag=True, help="A MUST that was not tested makes the run incomplete.")
def command(protocol: str | None, workers: int | None, *, every: bool, **options: Any) -> None:
    """Certify an endpoint against PROTOCOL's document and write the reports.

    \b
    Exit status:
      0  certified: every applicable MUST passed or was waived (warnings are allowed)
      1  not certified: a MUST failed
      2  wrong usage, profile or configuration; nothing was sent
      3  incomplete: a MUST could not be judged, the control request was refused,
         or the target could not be reached
      130, 143  stopped by Ctrl-C or SIGTERM; the reports cover what was done
    """  # noqa: D301 - click's mark for lines that stay as they are
    if every == (protocol is not None):
        raise UsageError("run takes a PROTOCOL or --all")
    if every:
        from certhook.cli.all_protocols import run_all

        raise SystemExit(run_all({**options, "workers": workers}))
    if not (options["embedded"] or options["target"] or options["profile"]):
        raise UsageError("run needs --target URL, --profile FILE or --embedded")
    gc.disable()  # until tests begin: what is made before that stays, and to look through it takes a tenth of the run
    import pytest

    # Only what a run needs: other plugins of the environment could change what it does, and take time to load.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # these, too, are meant for somebody's own tests
        os.environ.pop(name, None)
    words = [*_fixed(), "--protocol", str(protocol), *_workers(workers), *as_words(options)]
    status = int(pytest.main(words))
    gc.enable()
    gc.freeze()  # nor need anybody look through it when the process ends
    raise SystemExit(status)


def _fixed() -> list[str]:
    here = Path(__file__).parent
    fixed = [str(suites_dir()), "-c", str(here / "run.ini"), "--rootdir", str(suites_dir()), "--certhook-quiet"]
    return [*fixed, *(word for plugin in _PLUGINS for word in ("-p", plugin))]


def _workers(workers: int | None) -> list[str]:
    return ["-n", str(workers)] if workers and workers > 1 else []
