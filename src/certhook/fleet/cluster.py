"""Runs on the workers of a Dask cluster that exists, however it was made; their files come back in memory.

A worker gets the operator's profile with the places of its secrets, which it looks up itself; the secrets themselves
only where that was asked for. Needs the extra `certhook[fleet]`, here and on the workers.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from certhook import __version__
from certhook.errors import UsageError
from certhook.fleet.crew import CrewGone
from certhook.fleet.operator import Operator
from certhook.fleet.operator_run import RunLost, run_operator
from certhook.fleet.packing import packed, unpack
from certhook.fleet.profiles import literal_secrets
from certhook.fleet.standing import OperatorResult
from certhook.profile.credentials import Unresolved, with_secrets

_PATIENCE_S = 10
_AHEAD = 2
"""Runs per thread of the cluster that are submitted at once, so that no worker waits for this command."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A run that was made elsewhere, and its files."""

    ended: OperatorResult
    files: bytes


def run_away(operator: Operator) -> Parcel:
    """What a worker does."""
    with tempfile.TemporaryDirectory(prefix="certhook-fleet-") as scratch:
        folder = Path(scratch) / operator.name
        ended = run_operator(operator, folder)
        files, left_out = packed(folder)
    return Parcel(replace(ended, left_out=left_out), files)


def sendable(operator: Operator) -> Operator:
    """The operator as it may travel: without the name of a file that only this machine has.

    Raises UsageError where a secret itself stands in its profile.
    """
    for place in literal_secrets(operator.profile, operator.protocol):
        raise UsageError(
            f"{operator.name}: {place} is in the profile itself and would be sent to the scheduler: "
            'say {env = "NAME"} or {file = "path"} (of a proxy, "env"), to be looked up by the workers, '
            "or add --send-secrets"
        )
    return replace(operator, profile_path=None)


def with_sent_secrets(operator: Operator) -> Operator:
    """The operator with its secrets themselves. Raises UsageError where one is not to be had here."""
    try:
        return replace(
            operator, profile=with_secrets(operator.profile, folder=Path(), environ=os.environ), profile_path=None
        )
    except Unresolved as error:
        raise UsageError(f"{operator.name}: {error}") from None


class DaskCluster:
    """A crew of the workers that a scheduler knows. Raises UsageError where it cannot be reached or used."""

    def __init__(self, address: str, folder: Path, *, send_secrets: bool) -> None:
        self._folder = folder
        self._outgoing = with_sent_secrets if send_secrets else sendable
        self._client = _connected(address)
        self._executor = self._client.get_executor(pure=False)

    @property
    def width(self) -> int:
        """Grows and shrinks with the cluster; one that makes its workers on demand needs something to demand."""
        try:
            threads: int = sum(self._client.nthreads().values())
        except OSError:
            raise self._gone() from None
        return _AHEAD * max(1, threads)

    def submit(self, operator: Operator) -> Future[Parcel]:
        future: Future[Parcel] = self._executor.submit(run_away, self._outgoing(operator))
        return future

    def brought_home(self, operator: Operator, future: Future[Parcel]) -> OperatorResult:
        from distributed import KilledWorker

        try:
            parcel = future.result()
        except KilledWorker as error:
            raise RunLost(f"its worker was lost: {error.last_worker.address}") from None
        except CancelledError:
            raise self._gone() from None
        unpack(parcel.files, self._folder / operator.name)
        return parcel.ended

    def close(self) -> None:
        self._client.close()

    def _gone(self) -> CrewGone:
        return CrewGone(f"the scheduler is gone; finished runs are kept: continue with --resume {self._folder.parent}")


def check_sendable(operators: Iterable[Operator], *, send_secrets: bool) -> None:
    """Find out before anything is sent. Raises UsageError as `sendable` and `with_sent_secrets` do."""
    for operator in operators:
        (with_sent_secrets if send_secrets else sendable)(operator)


def worker_version() -> str:
    """The version of certhook where this is called."""
    return __version__


def needs_dask() -> None:
    """Raises UsageError where Dask is not installed."""
    if find_spec("distributed") is None:
        raise UsageError("--scheduler needs Dask: install certhook[fleet]")


def _connected(address: str) -> Any:
    from distributed import Client

    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what it has to say is said in one line below
    try:
        client: Any = Client(address, timeout=_PATIENCE_S)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {address}: cannot be reached: {error}") from None
    for worker, version in client.run(worker_version, on_error="return").items():
        if version != __version__:
            client.close()
            what = f"has certhook {version}" if isinstance(version, str) else f"cannot import certhook: {version}"
            raise UsageError(f"--scheduler {address}: the worker {worker} {what}; needed is {__version__}")
    return client
