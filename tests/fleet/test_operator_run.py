"""One operator's run: a process group of its own, which ends at its limit, with its starter, and never unnoticed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from certhook.fleet.operator import Operator
from certhook.fleet.operator_run import RunLost, run_operator
from certhook.fleet.process_groups import ProcessGroups
from certhook.fleet.standing import Standing
from tests.fleet.fleets import SECRET, at, operator
from tests.running import profile_file
from tests.targets import dropping, refusing, serving

ROOT = Path(__file__).parents[2]

STARTER = """
import sys
from pathlib import Path
from certhook.fleet.operator_run import run_operator
from tests.fleet.fleets import operator

run_operator(operator("acme", sys.argv[1]), Path(sys.argv[2]))
"""


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        found.settimeout(30)
        yield found


def url_of(listener: socket.socket) -> str:
    """Where it listens."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def asked(listener: socket.socket) -> socket.socket:
    """The first connection over which a request comes."""
    while True:
        connection, _ = listener.accept()
        connection.settimeout(30)
        if connection.recv(65536):
            return connection
        connection.close()


def wait_until_closed(connection: socket.socket) -> None:
    """Returns when the process that held the other end is gone."""
    with suppress(ConnectionError):
        while connection.recv(65536):
            pass


def test_a_run_is_stopped_at_its_limit(tmp_path: Path) -> None:
    """A target that never answers costs no more than the limit, and what was asked till then is in the result."""
    with listening() as listener:
        taken: list[socket.socket] = []
        thread = threading.Thread(target=lambda: taken.append(asked(listener)))
        thread.start()
        ended = run_operator(operator("acme", url_of(listener), time_limit_s=2.0), tmp_path / "acme")
        thread.join()
        with closing(taken[0]) as connection:
            wait_until_closed(connection)
    assert (ended.standing, ended.why) == (Standing.INCOMPLETE, "stopped at its time limit of 2 s")
    assert ended.seconds >= 2
    assert (tmp_path / "acme" / "result.json").is_file()


def test_a_run_does_not_outlive_its_starter(tmp_path: Path) -> None:
    """When the process that started a run is killed, the run ends, and its private folder is gone."""
    private = tmp_path / "private"
    private.mkdir()
    environment = os.environ | {"TMPDIR": str(private), "PYTHONPATH": str(ROOT)}
    with listening() as listener:
        command = [sys.executable, "-c", STARTER, url_of(listener), str(tmp_path / "acme")]
        with subprocess.Popen(command, env=environment) as starter, closing(asked(listener)) as connection:
            assert [path.name for path in private.glob("*/*.toml")] == ["acme.toml"]
            starter.kill()
            wait_until_closed(connection)
    assert list(private.glob("*/*.toml")) == []


def test_a_run_that_somebody_kills_is_lost(tmp_path: Path) -> None:
    """It is no result of the target, whoever killed it; who was to begin after that is killed, too."""
    groups = ProcessGroups()
    lost: list[RunLost] = []

    def run() -> None:
        with pytest.raises(RunLost, match=r"killed by SIGKILL") as raised:
            run_operator(operator("acme", url_of(listener)), tmp_path / "acme", groups)
        lost.append(raised.value)

    with listening() as listener:
        thread = threading.Thread(target=run)
        thread.start()
        with closing(asked(listener)):
            groups.kill_all()
            thread.join()
        with pytest.raises(RunLost):
            run_operator(operator("acme", url_of(listener)), tmp_path / "acme", groups)
    assert len(lost) == 1


def test_nobody_home_and_somebody_who_refuses_differ(tmp_path: Path) -> None:
    """A target that drops every connection is unreachable; one that refuses a valid request leaves it incomplete."""
    with serving(dropping) as away, serving(refusing) as strict:
        assert run_operator(operator("a", away.url), tmp_path / "a").standing is Standing.UNREACHABLE
        refused = run_operator(operator("b", strict.url), tmp_path / "b")
    assert refused.standing is Standing.INCOMPLETE
    assert "refuses a valid request" in refused.why


def test_a_run_that_cannot_begin_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong usage of one operator is one line, without the name of a private file, and leaves no old result."""
    monkeypatch.delenv("ACME_SECRET", raising=False)
    entry = at("acme", "http://127.0.0.1:9", secret={"env": "ACME_SECRET"})
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "result.json").write_text("{}")
    ended = run_operator(Operator("acme", "klas", profile=entry["profile"]), folder)
    assert ended.standing is Standing.NOT_RUN
    assert ended.why == "profile: credentials.secret: the environment variable ACME_SECRET is not set"
    assert not folder.exists()


def test_the_file_of_a_profile_is_the_one_that_the_run_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that a report gives to repeat a run names the operator's own file; its options reach the run."""
    monkeypatch.setenv("ACME_SECRET", SECRET)
    path = profile_file(tmp_path, "http://127.0.0.1:9", secret='{env = "ACME_SECRET"}')
    told = Operator("acme", "klas", {}, path, max_examples=0, seed=5, groups=("methods",), require_all=True)
    ended = run_operator(told, tmp_path / "acme")
    assert ended.standing is Standing.UNREACHABLE
    journal = (tmp_path / "acme" / "journal.ndjson").read_text()
    assert f"--profile {path} --seed 5" in journal
    assert '"require_all":true' in journal
