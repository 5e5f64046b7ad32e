"""Whole runs against embedded targets, quick enough for hundreds of them."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

from certhook.cli import cli

# Every run is a process of its own, forked from one that has imported everything: importing takes longer than running.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(
    ["certhook.cli.run_command", "certhook.plugin", "certhook.fuzzing.json_strategies", "hypothesis"]
)


def _certhook(words: list[str], log: Path) -> None:
    """The command, in a process of its own; what it says goes to a file."""
    with log.open("w") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        sys.exit(cli.main(words, standalone_mode=False))


def embedded_run(protocol: str, output: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the result of a whole `certhook run` against a target of its own."""
    log = output.with_suffix(".log")
    command = ["run", protocol, "--embedded", "--output", str(output), *words]
    process = _processes.Process(target=_certhook, args=(command, log))
    process.start()
    process.join(timeout=300)
    result = output / "result.json"
    assert result.exists(), log.read_text()
    return process.exitcode or 0, json.loads(result.read_text(encoding="utf-8"))
