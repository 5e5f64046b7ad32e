"""A whole night over real targets: who came out how, what is shown, what is kept, and what is told."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from certhook.fleet.changes import Changes, Morning, Row
from certhook.fleet.history import History
from certhook.fleet.notify import notify
from certhook.fleet.standing import Standing
from certhook.fleet.state import Head
from tests.fleet.fleets import DEAD, SECRET, at, embedded, ended, fleet_file, lines_of, standings_in
from tests.running import certhook, inline
from tests.targets import conformant, serving


class Webhook(HTTPServer):
    """A server that keeps what is posted to it, and answers with one status."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.status = status
        self.posted: list[dict[str, Any]] = []
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook/s3cr3t-token"


class _Hook(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def webhook(request: pytest.FixtureRequest) -> Iterator[Webhook]:
    """A webhook; its status is the parameter."""
    with Webhook(request.param) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_each_operator_comes_out_as_its_target_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A sound, a faulty, a dead and a slow target have each their standing, line, folder, and place in the reports."""
    monkeypatch.setenv("ACME_SECRET", SECRET)
    path = fleet_file(
        tmp_path,
        embedded("sound"),
        embedded("faulty", fault="signature-prefix", groups=["signature"]),
        at("dead", DEAD, secret={"env": "ACME_SECRET"}),
        at("literal", DEAD.replace("127.0.0.1", "localhost")),
        embedded("slow", latency_ms=30_000, time_limit_s=3),
    )
    night = tmp_path / "night"
    ended = inline(monkeypatch, capfd, "fleet", str(path), "--output", str(night), "--jobs", "2", cwd=tmp_path)
    assert ended.status == 3, ended.said
    expected = {"sound": "certified", "faulty": "not-certified", "dead": "unreachable", "literal": "unreachable"}
    expected["slow"] = "incomplete"
    assert standings_in(night) == expected
    page, markdown = (night / "fleet.html").read_text(), (night / "fleet.md").read_text()
    for name, standing in expected.items():
        assert f"{name} {standing} in " in ended.out
        assert f'<a href="operators/{name}/report.html">{name}</a>' in page
        assert (night / "operators" / name / "result.json").is_file()
    assert "1/5 " in ended.out
    assert "5 operators: 1 certified, 1 not-certified, 1 incomplete, 2 unreachable; 0 regressed" in ended.out
    assert "[faulty](operators/faulty/report.html) | klas | not-certified |" in markdown
    assert "[sound]" not in markdown
    shown = inline(monkeypatch, capfd, "history", "faulty", cwd=tmp_path)
    assert "klas.signature.prefix  failed in 1 of 1 runs, first " in shown.out
    for file in (path for path in [*night.rglob("*"), *tmp_path.glob("*.sqlite")] if path.is_file()):
        assert SECRET.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("webhook", [204], indirect=True)
def test_what_got_worse_since_last_night_is_told_once(
    webhook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first night tells nothing; a target that then fails is a regression: status 1, the reports, one webhook."""

    def night(name: str, *words: str, **sound: Any) -> Any:
        path = fleet_file(tmp_path, embedded("other", **sound), groups=["signature"])
        given = ("fleet", str(path), "--notify", webhook.url)
        return inline(monkeypatch, capfd, *given, *(words or ("--output", name)), cwd=tmp_path)

    assert night("first").status == 0
    assert webhook.posted == []
    second = night("second", fault="signature-prefix")
    assert second.status == 1
    assert "regressed: was certified on " in second.out
    (payload,) = webhook.posted
    assert payload["event"] == "certhook.regressions"
    assert payload["operators"] == 1
    (regression,) = payload["regressions"]
    assert (regression["operator"], regression["verdict_before"], regression["verdict"]) == (
        "other",
        "certified",
        "not-certified",
    )
    prefix = next(one for one in regression["requirements"] if one["id"] == "klas.signature.prefix")
    assert (prefix["before"], prefix["now"], prefix["level"]) == ("passed", "failed", "MUST")
    assert "Regressed <span>1</span>" in (tmp_path / "second" / "fleet.html").read_text()
    again = night("", "--resume", "second", fault="signature-prefix")
    assert again.status == 1
    assert len(webhook.posted) == 1
    assert len(lines_of(tmp_path / "second")) == 1
    for file in (tmp_path / "second").glob("*.*"):
        assert b"s3cr3t-token" not in file.read_bytes()
    assert night("third").status == 0


WORSE = Row(ended(standing=Standing.INCOMPLETE), Changes("2027-01-01", "certified", True, (), ()), None)
MORNING = Morning(Head("night", "fleet.toml", "2027-01-02", ("acme",)), (WORSE,))


@pytest.mark.parametrize("webhook", [302, 500], indirect=True)
def test_a_webhook_that_does_not_take_it_is_asked_once(webhook: Webhook) -> None:
    """A redirect is not followed; what is said names the host and not the token in the path."""
    problem = notify(webhook.url, MORNING)
    assert problem == f"--notify: 127.0.0.1 rejected the regressions: HTTP {webhook.status}"
    assert webhook.paths == ["/hook/s3cr3t-token"]


def test_a_webhook_that_is_not_there_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The night ends as it would have, with one line more; `--resume` tells it after all."""
    path = fleet_file(tmp_path, embedded("other"))
    assert inline(monkeypatch, capfd, "fleet", str(path), "--output", "first", cwd=tmp_path).status == 0
    path = fleet_file(tmp_path, embedded("other", fault="put-accepted"))
    words = ("fleet", str(path), "--output", "second", "--notify", f"{DEAD}/s3cr3t-token")
    second = inline(monkeypatch, capfd, *words, cwd=tmp_path)
    assert second.status == 1
    assert second.err == "certhook: --notify: 127.0.0.1 could not be notified of the regressions: ConnectError\n"
    assert lines_of(tmp_path / "second", "notified") == []


def test_operators_of_one_host_follow_one_another(tmp_path: Path) -> None:
    """Two entries with the same host never run side by side, whatever the number of jobs."""
    with serving(conformant) as target:
        path = fleet_file(tmp_path, *(at(f"tenant-{number}", target.url) for number in range(2)))
        certhook("fleet", str(path), "--output", "night", "--jobs", "3", cwd=tmp_path)
    spans = sorted((line["started"], line["seconds"]) for line in lines_of(tmp_path / "night"))
    begun = [datetime.fromisoformat(started) for started, _ in spans]
    for (_, seconds), first, second in zip(spans, begun, begun[1:], strict=False):
        assert first + timedelta(seconds=seconds) <= second + timedelta(milliseconds=5)
    assert len(spans) == 2


def test_a_history_that_cannot_be_written_is_found_out_before_any_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """One line that says why, status 2, and no night."""
    History(str(tmp_path / "history.sqlite"), make=True).close()
    path = fleet_file(tmp_path, embedded("sound"))
    place = f"sqlite:///file:{tmp_path}/history.sqlite?mode=ro&uri=true"
    ended = inline(monkeypatch, capfd, "fleet", str(path), "--output", "night", "--history", place, cwd=tmp_path)
    assert ended.status == 2
    assert ended.err.endswith(": cannot be used: attempt to write a readonly database\n")
    assert not (tmp_path / "night").exists()


@pytest.mark.parametrize("webhook", [204], indirect=True)
def test_a_night_that_cannot_be_entered_is_resumed(
    webhook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A history that fails in the morning loses nothing: the reports, a line, status 2; `--resume` then ends the night.

    What changed is told then, and not before.
    """
    place = tmp_path / "certhook-history.sqlite"

    def night(*words: str, **sound: Any) -> Any:
        path = fleet_file(tmp_path, embedded("sound", **sound), groups=["signature"])
        return inline(monkeypatch, capfd, "fleet", str(path), "--notify", webhook.url, *words, cwd=tmp_path)

    assert night("--output", "before").status == 0
    with closing(sqlite3.connect(place)) as database, database:
        full = "begin select raise(abort, 'the disk is full'); end"
        database.execute(f"create trigger full before insert on certhook_outcomes {full}")
    failed = night("--output", "night", fault="signature-prefix")
    why = f"--history {place}: cannot be used: the disk is full"
    assert (failed.status, failed.err) == (2, f"certhook: {why}; continue with --resume night\n")
    for name in ("fleet.html", "fleet.md"):
        text = (tmp_path / "night" / name).read_text()
        assert "What changed since last night is not known" in text
        assert "the disk is full" in text
    assert webhook.posted == []
    with closing(sqlite3.connect(place)) as database, database:
        database.execute("drop trigger full")
    resumed = night("--resume", "night", fault="signature-prefix")
    assert resumed.status == 1
    assert len(webhook.posted) == 1
    assert standings_in(tmp_path / "night") == {"sound": "not-certified"}
