"""`certhook run --all`: one run after the other, each in a process of its own, and a table that sums them up."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certhook.cli.arguments import as_words
from certhook.cli.processes import Processes
from certhook.errors import UsageError
from certhook.own_process import command_of
from certhook.pack.loading import protocols
from certhook.plugin.options import default_output, selections
from certhook.recording.file_names import RESULT_NAME
from certhook.values import Verdict

Results = dict[str, dict[str, Any] | None]
"""What each protocol's run has left, by protocol, in the order of the runs."""


def run_all(options: Mapping[str, Any]) -> int:
    """Certify the embedded target of every protocol of which the options select something.

    Returns the exit status of the worst verdict: not certified, then incomplete, then certified. A run that left no
    result is incomplete; one whose options are wrong ends it all, and so do Ctrl-C and SIGTERM.
    """
    if not options["embedded"]:
        raise UsageError("--all needs --embedded: a target and a profile belong to one protocol")
    for name in ("fault", "variant"):
        if options[name]:
            raise UsageError(f"--{name} excludes --all: {options[name][0]} is one protocol's")
    chosen = selections((options["group"], options["requirement"]))
    folder = options["output"] or default_output(list(chosen))
    results: Results = {}
    statuses = set()
    with Processes() as processes:
        for protocol, (groups, requirements) in chosen.items():
            output = folder / protocol
            own = {**options, "output": output, "group": groups, "requirement": requirements}
            before = _result(output)
            _say(f"== {protocol}")
            status = processes.run(command_of("certhook", "run", protocol, *as_words(own)))
            now = _result(output)
            results[protocol] = None if now == before else now  # else it is an earlier run's
            statuses.add(_counted(status, results[protocol]))
            if status == 2 or processes.stopped_by:
                break
    if 2 in statuses and not any(results.values()):
        return 2
    _print(results, left_out=[one for one in protocols() if one not in chosen])
    if processes.stopped_by:
        return 128 + processes.stopped_by
    return next(status for status in (2, 1, 3, 0) if status in statuses)


def _counted(status: int, result: dict[str, Any] | None) -> int:
    """The status of one run; incomplete is what was killed, and what left no result without saying why."""
    return status if status == 2 or (status in {0, 1} and result is not None) else 3


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _result(output: Path) -> dict[str, Any] | None:
    try:
        result: dict[str, Any] = json.loads((output / RESULT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return result


def _print(results: Results, left_out: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    from certhook.reporting.wording import is_partial

    styles = {Verdict.CERTIFIED: "green", Verdict.NOT_CERTIFIED: "red", Verdict.INCOMPLETE: "magenta"}
    table = Table("protocol", "verdict", "passed", "failed", "warned", "blocked", "requests", "seconds", box=None)
    for protocol, result in results.items():
        if result is None:
            table.add_row(protocol, "no result")
            continue
        verdict = Verdict(result["verdict"])
        counts = [str(result["counts"][name]) for name in ("passed", "failed", "warned", "blocked")]
        figures = [str(result["requests"]), f"{result['duration_s']:.1f}"]
        table.add_row(protocol, f"[{styles[verdict]}]{verdict.value}[/]", *counts, *figures)
    if any(result is not None and is_partial(result) for result in results.values()):
        _say("== verdicts on a selection of the requirements")
    Console(highlight=False).print(table)
    if left_out:
        _say(f"left out, nothing selected there: {', '.join(left_out)}")
