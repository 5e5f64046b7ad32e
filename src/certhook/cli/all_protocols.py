"""`certhook run --all`: one run after the other, each in a process of its own, and a table that sums them up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from certhook.errors import UsageError
from certhook.pack.loading import protocols
from certhook.plugin.options import default_output
from certhook.values import Verdict


def run_all(words: list[str], *, embedded: bool) -> int:
    """Certify every protocol's embedded target. `words` are the options of the single runs.

    Returns the exit status of the worst verdict: not certified, then incomplete, then certified.
    """
    if not embedded:
        raise UsageError("--all goes with --embedded: a target and a profile are one protocol's")
    folder, words = _taken_out(words)
    results: dict[str, dict[str, Any] | None] = {}
    statuses = []
    for protocol in protocols():
        output = folder / protocol
        command = [sys.executable, "-m", "certhook", "run", protocol, *words, "--output", str(output)]
        sys.stdout.write(f"== {protocol}\n")
        sys.stdout.flush()
        statuses.append(subprocess.call(command))  # noqa: S603 - this package's own command
        results[protocol] = _result(output)
    _print(results)
    return next((status for status in (2, 1, 3) if status in statuses), max(statuses))


def _taken_out(words: list[str]) -> tuple[Path, list[str]]:
    """The output folder, and the words without it: each run gets a folder of its own below."""
    if "--output" not in words:
        return default_output(list(protocols())), words
    at = words.index("--output")
    return Path(words[at + 1]), words[:at] + words[at + 2 :]


def _result(output: Path) -> dict[str, Any] | None:
    try:
        result: dict[str, Any] = json.loads((output / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return result


def _print(results: dict[str, dict[str, Any] | None]) -> None:
    from rich.console import Console
    from rich.table import Table

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
    Console(highlight=False).print(table)
