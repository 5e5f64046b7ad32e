"""One operator's run: `certhook run` in a process of its own, with a folder and a time limit of its own."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from certhook.errors import UsageError
from certhook.fleet.operator import Operator
from certhook.fleet.process_groups import ProcessGroups
from certhook.fleet.standing import OperatorResult, Standing, standing_of, why_of
from certhook.own_process import command_of
from certhook.profile.tomltext import as_toml
from certhook.recording.folders import ended_run, is_run
from certhook.recording.record import timestamp
from certhook.reporting.escaping import visible
from certhook.reporting.page.rendering import write_page

_LONGEST_LINE = 300
"""Characters of a line that says why."""

_TAIL = 4096


class RunLost(Exception):
    """The process, or the machine, that made a run is gone, and not by its own doing."""


@dataclass(frozen=True, slots=True)
class _Exit:
    """How the process ended: its status, None where it was stopped at its limit, and the last line that it said."""

    status: int | None
    said: str


def run_operator(operator: Operator, folder: Path, groups: ProcessGroups | None = None) -> OperatorResult:
    """Examine one operator's target; what its run writes is in `folder`, in place of what was there.

    It is killed with the `groups`.

    Raises RunLost where the process was killed by somebody else, and OSError where files cannot be written.
    """
    started = datetime.now(UTC)
    clock = time.monotonic()
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="certhook-", ignore_cleanup_errors=True) as private:
        ended = _ended(operator, folder, Path(private), groups or ProcessGroups())
    result = _result(folder)
    if result is not None:
        write_page(folder, result)
    known = not_run(operator, _why(ended, result, operator), started, time.monotonic() - clock)
    return known if result is None else _with_result(known, result)


def not_run(operator: Operator, why: str, started: datetime, seconds: float = 0.0) -> OperatorResult:
    """What is known of a run that left no result: whose it was, when it began, and why there is none."""
    return OperatorResult(
        operator=operator.name,
        protocol=operator.protocol,
        standing=Standing.NOT_RUN,
        why=visible(why, _LONGEST_LINE),
        target="",
        started=timestamp(started),
        seconds=round(seconds, 3),
    )


def words_of(operator: Operator, folder: Path, private: Path) -> list[str]:
    """The words of `certhook run` for an operator; what stands in no profile's file is written to a private one."""
    words = ["run", operator.protocol, "--output", str(folder), "--seed", str(operator.seed)]
    words += ["--max-examples", str(operator.max_examples)] if operator.max_examples is not None else []
    words += [word for group in operator.groups for word in ("--group", group)]
    words += ["--require-all"] if operator.require_all else []
    if operator.embedded:
        words += ["--embedded", "--latency-ms", str(operator.latency_ms)]
        words += ["--fault", operator.fault] if operator.fault else []
    if operator.profile_path is not None:
        return [*words, "--profile", str(operator.profile_path)]
    return [*words, "--profile", str(_private_profile(operator, private))] if operator.profile else words


def _private_profile(operator: Operator, private: Path) -> Path:
    """The folder is readable by its owner alone, and gone when the run is: the profile may hold secrets."""
    path = _profile_file(operator, private)
    path.write_text(as_toml(operator.profile), encoding="utf-8")
    return path


def _profile_file(operator: Operator, private: Path) -> Path:
    return private / f"{operator.name}.toml"


def _ended(operator: Operator, folder: Path, private: Path, groups: ProcessGroups) -> _Exit:
    output = private / "output"
    command = command_of("certhook.fleet.child", str(private), *words_of(operator, folder, private))
    with output.open("wb") as stream:
        child = subprocess.Popen(  # noqa: S603 - this package's own command
            command, stdin=subprocess.PIPE, stdout=stream, stderr=stream, start_new_session=True
        )
        groups.add(child)
        status = _status(child, operator.time_limit_s, groups)
    if status is not None and status < 0:
        raise RunLost(f"the run was killed by {signal.Signals(-status).name}")
    return _Exit(status, _last_line(output).replace(str(_profile_file(operator, private)), "profile"))


def _status(child: subprocess.Popen[bytes], limit_s: float, groups: ProcessGroups) -> int | None:
    """The exit status, or None at the limit, where the run's whole group is killed.

    Of a run that ended, what it had started ends by itself: it reads from the run.
    """
    try:
        return child.wait(limit_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        groups.end(child)
        if child.stdin is not None:
            child.stdin.close()


def _last_line(output: Path) -> str:
    with output.open("rb") as stream:
        stream.seek(max(0, output.stat().st_size - _TAIL))
        lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("certhook: ") if lines else ""


def _result(folder: Path) -> Mapping[str, Any] | None:
    """The run's result, or None where it did not come so far."""
    if not is_run(folder):
        return None
    try:
        return ended_run(folder)
    except UsageError:  # it was stopped before the journal said anything
        return None


def _why(ended: _Exit, result: Mapping[str, Any] | None, operator: Operator) -> str:
    if ended.status is None:
        return f"stopped at its time limit of {operator.time_limit_s:g} s"
    if result is None:
        return ended.said if ended.status == 2 else f"the run ended with status {ended.status} and left no result"
    return why_of(result)


def _with_result(known: OperatorResult, result: Mapping[str, Any]) -> OperatorResult:
    return replace(
        known,
        standing=standing_of(result),
        target=visible(result["target"], _LONGEST_LINE),
        requests=result["requests"],
        counts=result["counts"],
    )
