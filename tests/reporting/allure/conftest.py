"""Allure installed, and a run with its report, once for all the tests of this folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from certhook.reporting.allure_report import write_allure_report
from tests.running import Ended, certhook

PROGRAM = "from certhook.reporting.allure_report import installation; print(installation.allure_script())"
UNREACHABLE = re.compile(r"ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ENETUNREACH")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what certhook can get again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def installers(cache: Path) -> list[Ended]:
    """Two processes that installed Allure at once; skips the tests where npm's registry cannot be reached."""
    pipe = subprocess.PIPE
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-c", PROGRAM]
    running = [subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300) for process in running]
    if any(UNREACHABLE.search(err) for _, err in said):
        pytest.skip(f"npm's registry cannot be reached from here: {said[0][1]}")
    return [Ended(process.returncode, *each) for process, each in zip(running, said, strict=True)]


@pytest.fixture
def _installed(cache: Path, installers: list[Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test have Allure from that cache."""
    assert [each.status for each in installers] == [0, 0]
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


@pytest.fixture(scope="session")
def folder(cache: Path, installers: list[Ended], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run against a target that breaks a MUST and a SHOULD, with its report, and a history beside it."""
    assert [each.status for each in installers] == [0, 0]
    folder = tmp_path_factory.mktemp("run")
    words = ("--fault", "signature-prefix", "--fault", "methods-404", "--group", "signature", "--group", "methods")
    ended = certhook("run", "klas", "--embedded", *words, "--output", "one", cwd=folder)
    assert ended.status == 1, ended.said
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        write_allure_report(folder / "one", folder / "history.jsonl")
    return folder / "one"


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy of the run without its report, to be spoilt."""
    return shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("allure-report"))
