"""A process of certhook's own is made of what is installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from certhook import own_process


@pytest.mark.parametrize("module", ["certhook.fuzzing.recipe_worker", "certhook.reporting.allure_writer"])
def test_nothing_is_taken_from_the_current_folder(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that has the name of a library's module is no module of it."""
    for name in ("hypothesis", "allure_commons", "pickle", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    started = own_process.start(module, str(tmp_path / "results"))
    started.communicate()
    assert started.returncode == 0


def test_a_helper_stands_back() -> None:
    """Where cores are scarce, a request and its answer go first."""
    started = own_process.start("certhook.fuzzing.recipe_worker")
    niceness = os.getpriority(os.PRIO_PROCESS, started.pid)
    started.communicate()
    assert niceness > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_helper_without_more_room_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no larger pipe, or knows none, it has the usual one."""
    monkeypatch.setattr(own_process, "_ROOM", 1 << 40)
    for _ in range(2):
        started = own_process.start("certhook.fuzzing.recipe_worker")
        started.communicate()
        assert started.returncode == 0
        monkeypatch.delattr("fcntl.F_SETPIPE_SZ", raising=False)
