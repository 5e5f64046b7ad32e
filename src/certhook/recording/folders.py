"""Runs that have ended, found again on disk: a result.json, the folder of a run, or a folder of several runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certhook import __version__
from certhook.errors import UsageError
from certhook.places import own_schema
from certhook.recording.file_names import JOURNAL_NAME, RESULT_NAME
from certhook.recording.results import counts_of, result_of, verdict_of, write_result
from certhook.validation import errors


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run's result.json, and the folder that it came from; None where it lies there without its journal."""

    result: Mapping[str, Any]
    folder: Path | None


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run, be it a killed one that left its journal only."""
    return any((folder / name).is_file() for name in (RESULT_NAME, JOURNAL_NAME))


def runs_in(folder: Path) -> tuple[Path, ...]:
    """The folders of the single runs in a folder such as `certhook run --all` makes, in alphabetical order."""
    found = {path.parent for name in (RESULT_NAME, JOURNAL_NAME) for path in folder.glob(f"*/{name}")}
    return () if is_run(folder) else tuple(sorted(found))


def stored_runs(folder: Path) -> dict[str, StoredRun]:
    """The runs in such a folder by protocol. Raises UsageError as `stored_run`, and for two of one protocol."""
    runs: dict[str, StoredRun] = {}
    for path in runs_in(folder):
        run = stored_run(path)
        protocol = run.result["protocol"]
        if protocol in runs:
            raise UsageError(f"{folder}: holds several runs of {protocol[:40]!a}: name one of its folders")
        runs[protocol] = run
    return runs


def stored_run(path: Path) -> StoredRun:
    """The run in a folder, or of a result.json. Where only a journal is there, its result is made from that.

    Raises UsageError for what is no run, or one that was cut, changed, or written in another form.
    """
    if not path.is_dir():
        beside = path.parent if (path.parent / JOURNAL_NAME).is_file() else None
        return StoredRun(_read(path), beside)
    if not is_run(path):
        raise UsageError(f"{path}: holds no run: there is neither {RESULT_NAME} nor {JOURNAL_NAME} in it")
    journal, result = path / JOURNAL_NAME, path / RESULT_NAME
    return StoredRun(_read(result) if result.is_file() else result_of(journal), path if journal.is_file() else None)


def ended_run(folder: Path) -> Mapping[str, Any]:
    """The result of the run in a folder; that of a killed one is made first, and written. Raises as `stored_run`."""
    if is_run(folder) and not (folder / RESULT_NAME).exists():
        write_result(folder)
    return stored_run(folder).result


def _read(path: Path) -> dict[str, Any]:
    try:
        result = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: not the result of a run: it is truncated, or not JSON") from None
    _check(path, result)
    return dict(result)


def _check(path: Path, result: Any) -> None:
    error = next(errors(own_schema("result"), result), None)
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "the whole"
        what = f"not a result that certhook {__version__} can read{_writer(result)}"
        raise UsageError(f"{path}: {what}: {place}: {error.message[:200]!a}")
    # A verdict that somebody improved by hand is not compared, reported or signed as a run's own.
    requirements = result["requirements"]
    if counts_of(requirements) != result["counts"]:
        raise UsageError(f"{path}: was changed after the run: its counts are not those of its requirements")
    if verdict_of(requirements, result["incomplete_because"]) != result["verdict"]:
        raise UsageError(f"{path}: was changed after the run: its verdict does not follow from its requirements")


def _writer(result: Any) -> str:
    """Who wrote it, where it says so and it was another version."""
    versions = result.get("versions") if isinstance(result, dict) else None
    version = versions.get("certhook", __version__) if isinstance(versions, dict) else __version__
    return "" if version == __version__ else f" (certhook {str(version)[:40]!a} wrote it)"
