"""From DIR/allure-results to DIR/allure-report/index.html."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certhook.errors import Unavailable, UsageError
from certhook.recording.file_names import ALLURE_REPORT_NAME, ALLURE_RESULTS_NAME
from certhook.recording.folders import runs_in, stored_run
from certhook.recording.wholefile import write_whole
from certhook.reporting.allure_files import ENVIRONMENT_NAME, write_allure_files
from certhook.reporting.allure_report.configuration import configuration
from certhook.reporting.allure_report.history import History, Moment
from certhook.reporting.allure_report.installation import allure_script
from certhook.reporting.allure_report.node import run
from certhook.reporting.allure_report.page import secluded

_OUTPUT = "report"


def write_allure_report(folder: Path, history: Path | None = None) -> Path:
    """Make the Allure report of the run in `folder`, or of the runs below it that share its allure-results.

    `history` is a file that gives the report its trends and takes this run in. Returns the report's page.

    Raises UsageError where there is no such run or history, and Unavailable where the report cannot be made here.
    """
    results = _results(folder)
    past = History(history) if history is not None else None
    script = allure_script()
    moment = Moment.of(results)
    if not (folder / ALLURE_RESULTS_NAME / ENVIRONMENT_NAME).is_file():  # the run was killed
        write_allure_files(folder / ALLURE_RESULTS_NAME, results, os.environ)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        told = place / "history.jsonl"
        if past is not None:
            past.write_earlier(moment, told)
        page = _generated(script, folder, place, configuration(results, place / _OUTPUT, told))
        target = _written(folder, secluded(page))
        if past is not None:
            past.add(moment, told)
    return target


def _written(folder: Path, page: str) -> Path:
    target = folder / ALLURE_REPORT_NAME / "index.html"
    try:
        target.parent.mkdir(exist_ok=True)
        write_whole(target, page.encode())
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from None
    return target


def _results(folder: Path) -> list[dict[str, Any]]:
    """The result of the folder's run, or of the runs below it."""
    if not (folder / ALLURE_RESULTS_NAME).is_dir():
        raise UsageError(f"{folder}: holds no {ALLURE_RESULTS_NAME}")
    return [dict(stored_run(run).result) for run in runs_in(folder) or (folder,)]


def _generated(script: Path, folder: Path, place: Path, settings: Mapping[str, Any]) -> str:
    """Let Allure make its page.

    It is started in the folder, since it takes paths for patterns, and without the environment, whence it would take
    the names of branches and pull requests and, by git, a remote's address with any token in it.
    """
    config = place / "allurerc.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    done = run("node", [script, "generate", "--config", config, ALLURE_RESULTS_NAME], folder, {"PATH": str(place)})
    page = place / _OUTPUT / "index.html"
    if done.returncode != 0 or not page.is_file():
        said = " ".join((done.stderr or done.stdout).split())[:300]
        raise Unavailable(f"Allure, in {script.parent}, does not make it: {said or 'it does not say why'}")
    return page.read_text(encoding="utf-8")
