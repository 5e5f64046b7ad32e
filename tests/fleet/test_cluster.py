"""A night on the workers of a Dask cluster: results come home, a lost worker costs none, and no secret travels."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import dask
import pytest
from distributed import Client, LocalCluster

from certhook.errors import UsageError
from certhook.fleet.cluster import DaskCluster
from tests.fleet.fleets import SECRET, at, embedded, fleet_file, standings_in
from tests.running import certhook, started
from tests.targets import Answer, Call, conformant, serving


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two worker processes, which know a secret that this command does not; a lost task is not tried by Dask itself."""
    quiet = {"distributed.scheduler.allowed-failures": 0, "distributed.logging.distributed": "critical"}
    with (
        dask.config.set(quiet),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, dashboard_address=":0", env={"WORKERS_SECRET": SECRET}
        ) as found,
    ):
        yield found


def held(began: threading.Event, released: threading.Event) -> Callable[[Call], Answer]:
    """Conformant, but the first request is answered only when that is allowed."""

    def answer(call: Call) -> Answer:
        if call.number == 0:
            began.set()
            released.wait(60)
        return conformant(call)

    return answer


def test_a_killed_worker_costs_no_result(cluster: LocalCluster, tmp_path: Path) -> None:
    """Two runs are under way, one on each worker, when a worker is killed: each operator has one result, none two."""
    began, released = (threading.Event(), threading.Event()), threading.Event()
    secret = {"env": "WORKERS_SECRET"}
    with serving(held(began[0], released)) as one, serving(held(began[1], released)) as two:
        path = fleet_file(
            tmp_path,
            at("one", one.url, secret=secret),
            at("two", two.url.replace("127.0.0.1", "localhost"), secret=secret),
        )
        words = ("--scheduler", cluster.scheduler_address)
        with started("fleet", str(path), *words, "--output", "night", cwd=tmp_path) as process:
            assert all(event.wait(60) for event in began)
            with Client(cluster) as client:  # type: ignore[no-untyped-call]
                pids = client.run(os.getpid)
            os.kill(min(pids.values()), signal.SIGKILL)
            released.set()
            out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert out.count("; it is tried again") == 1
    assert standings_in(tmp_path / "night") == {"one": "certified", "two": "certified"}
    for name in ("one", "two"):
        assert {"result.json", "journal.ndjson"} <= {
            file.name for file in (tmp_path / "night" / "operators" / name).iterdir()
        }


def test_secrets_stay_where_they_are(cluster: LocalCluster, tmp_path: Path) -> None:
    """A literal secret is refused before anything is sent; `--send-secrets` sends it, and it is still in no file."""
    with serving(conformant) as target:
        path = fleet_file(tmp_path, at("literal", target.url), embedded("faulty", fault="put-accepted"))
        words = ("fleet", str(path), "--scheduler", cluster.scheduler_address, "--output", "night")
        refused = certhook(*words, cwd=tmp_path)
        assert refused.status == 2
        assert "literal: credentials.secret is in the profile itself" in refused.err
        assert target.calls == []
        sent = certhook(*words, "--send-secrets", cwd=tmp_path)
    assert sent.status == 0, sent.said
    assert standings_in(tmp_path / "night") == {"literal": "certified", "faulty": "not-certified"}
    files = [file for file in (tmp_path / "night").rglob("*") if file.is_file()]
    assert len(files) > 10
    for file in files:
        assert SECRET.encode() not in file.read_bytes(), file


def test_a_scheduler_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is wrong usage, and a night that was begun can be resumed elsewhere."""
    monkeypatch.setattr("certhook.fleet.cluster._PATIENCE_S", 0.5)
    with pytest.raises(UsageError, match=r"--scheduler tcp://127\.0\.0\.1:9: cannot be reached"):
        DaskCluster("tcp://127.0.0.1:9", tmp_path, send_secrets=False)
    with pytest.raises(UsageError, match=r"--scheduler nonsense://: cannot be reached"):
        DaskCluster("nonsense://", tmp_path, send_secrets=False)
    # A client of Dask that found nothing is taken down by the garbage collector. Where that is while another one
    # starts, both wait for one lock, for ever.
    gc.collect()


def test_workers_of_another_version_are_refused(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that would judge by other rules than this command gets nothing to do."""
    monkeypatch.setattr("certhook.fleet.cluster.__version__", "99.0")
    with pytest.raises(UsageError, match=r"the worker tcp://\S+ has certhook \S+; needed is 99\.0"):
        DaskCluster(cluster.scheduler_address, tmp_path, send_secrets=False)


ELSEWHERE = """
import sys
from distributed import LocalCluster

with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
"""


def test_a_scheduler_that_goes_leaves_a_night_to_resume(tmp_path: Path) -> None:
    """What was done is kept, the command says so in one line, and `--resume` ends the night on this machine."""
    began, released = threading.Event(), threading.Event()
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", ELSEWHERE]
    with (
        serving(held(began, released)) as target,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as gone,
    ):
        assert gone.stdout is not None
        assert gone.stdin is not None
        address = gone.stdout.readline().strip()
        path = fleet_file(tmp_path, at("acme", target.url))
        words = ("fleet", str(path), "--scheduler", address, "--send-secrets", "--output", "night")
        process = started(*words, cwd=tmp_path)
        assert began.wait(60)
        gone.stdin.close()
        out, err = process.communicate(timeout=60)
        released.set()
        assert process.returncode == 2, out + err
        assert err == "certhook: the scheduler is gone; finished runs are kept: continue with --resume night\n"
        assert certhook("fleet", str(path), "--resume", "night", cwd=tmp_path).status == 0
        assert standings_in(tmp_path / "night") == {"acme": "certified"}
