"""Runs on this machine, several at once."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from certhook.fleet.operator import Operator
from certhook.fleet.operator_run import run_operator
from certhook.fleet.process_groups import ProcessGroups
from certhook.fleet.standing import OperatorResult


class LocalPool:
    """A crew of `jobs` threads, each waiting for one run's process; a run's files are in `folder`/NAME."""

    def __init__(self, jobs: int, folder: Path) -> None:
        self.width = jobs
        self._folder = folder
        self._groups = ProcessGroups()
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="operator")

    def submit(self, operator: Operator) -> Future[OperatorResult]:
        return self._threads.submit(run_operator, operator, self._folder / operator.name, self._groups)

    def brought_home(self, operator: Operator, future: Future[OperatorResult]) -> OperatorResult:  # noqa: ARG002 - as a crew does
        return future.result()

    def close(self) -> None:
        self._groups.kill_all()
        self._threads.shutdown(cancel_futures=True)
