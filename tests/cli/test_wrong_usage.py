"""Wrong usage: exit status 2, one line that says what and where, no traceback, and nothing sent."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certhook.attesting.keys import generate
from tests.running import Ended, inline, profile_file


class Listener:
    """A listening socket that nobody may connect to."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    @property
    def untouched(self) -> bool:
        """Whether no connection has come so far."""
        try:
            self._listening.accept()[0].close()
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener for one test."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield Listener(listening)


def assert_wrong(ended: Ended, *words: str) -> None:
    """Exit status 2 and exactly one line on stderr, with those words in it."""
    assert ended.status == 2, ended.said
    assert ended.err.count("\n") == 1, ended.err
    assert ended.err.startswith("certhook: ")
    assert "Traceback" not in ended.said
    for word in words:
        assert word in ended.err


RUN = ("run", "klas", "--target", "URL", "--profile", "PROFILE", "--output", "OUT")
EMBEDDED = ("run", "klas", "--embedded", "--output", "OUT")

MATRIX: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "unknown command": (("rum", "klas"), ("rum",)),
    "unknown option": ((*RUN, "--tarjet", "x"), ("--tarjet", "--target")),
    "no protocol": (("run",), ("PROTOCOL",)),
    "unknown protocol": (("run", "klass", "--embedded"), ("'klass'", "did you mean klas?")),
    "unknown protocol of doctor": (("doctor", "klass", "--target", "URL"), ("did you mean klas?",)),
    "unknown protocol of serve": (("serve", "klass"), ("did you mean klas?",)),
    "unknown protocol of list": (("list", "klass"), ("did you mean klas?",)),
    "unknown protocol of faults": (("faults", "klass"), ("did you mean klas?",)),
    "unknown group": ((*RUN, "--group", "signatur"), ("'signatur'", "did you mean signature?")),
    "group of another protocol": ((*RUN, "--group", "credentials"), ("klas has no requirement in group",)),
    "unknown requirement": (
        (*RUN, "--requirement", "klas.signature.header-mising"),
        ("did you mean klas.signature.header-missing?",),
    ),
    "nothing left": ((*RUN, "--requirement", "klas.robustness.latency"), ("leaves nothing to test", "max_p95_ms")),
    "unknown fault": ((*EMBEDDED, "--fault", "signature-prefi"), ("did you mean signature-prefix?",)),
    "unknown variant": ((*EMBEDDED, "--variant", "no-such"), ("no variant 'no-such'",)),
    "unknown fault of serve": (("serve", "klas", "--fault", "signature-prefi"), ("did you mean signature-prefix?",)),
    "unknown variant of serve": (("serve", "klas", "--variant", "x"), ("no variant 'x'",)),
    "fault of a real target": ((*RUN, "--fault", "signature-prefix"), ("--fault", "--embedded")),
    "embedded and target": ((*EMBEDDED, "--target", "URL"), ("--embedded and --target exclude each other",)),
    "no target": (("run", "klas"), ("--target", "--profile", "--embedded")),
    "no secret": (("run", "klas", "--target", "URL"), ("credentials.secret", "is missing")),
    "doctor without a secret": (("doctor", "klas", "--target", "URL"), ("credentials.secret", "is missing")),
    "no url": (("run", "klas", "--target", "", "--profile", "PROFILE"), ("--target", "absolute http or https URL")),
    "bad url": (("run", "klas", "--target", "operator.example", "--profile", "PROFILE"), ("--target", "http")),
    "other scheme": (("run", "klas", "--target", "ftp://x/", "--profile", "PROFILE"), ("--target", "http")),
    "url with a query": (("run", "klas", "--target", "URL?a=b", "--profile", "PROFILE"), ("--target", "query")),
    "url with a password": (("run", "klas", "--target", "http://u:p@x/", "--profile", "PROFILE"), ("password",)),
    "no profile": (("run", "klas", "--profile", "nowhere.toml"), ("nowhere.toml", "cannot be read")),
    "fault that begins with a dash": ((*EMBEDDED, "--fault=-x"), ("no fault '-x'",)),
    "group that begins with a dash": ((*EMBEDDED, "--group", "-x"), ("unknown group '-x'",)),
    "profile that begins with a dash": (("run", "klas", "--profile=-x.toml"), ("-x.toml: cannot be read",)),
    "proxy that is none": ((*RUN, "--proxy", "foo"), ("command line: --proxy: must be the http or https URL",)),
    "CA file that is not there": ((*RUN, "--ca-file", "nope"), ("command line: --ca-file: ", "nope cannot be read")),
    "examples that are a file": ((*RUN, "--examples-db", "PROFILE"), ("--examples-db", "Not a directory")),
    "examples below a file": ((*RUN, "--examples-db", "PROFILE/x"), ("--examples-db", "Not a directory")),
    "examples where nothing can be kept": (
        (*RUN, "--examples-db", "/proc/certhook"),
        ("--examples-db /proc/certhook: cannot be used",),
    ),
    "profile without an end": (
        ("run", "klas", "--target", "URL", "--profile", "/dev/zero"),
        ("/dev/zero: is larger than 1024 KiB",),
    ),
    "more workers than any machine has": ((*RUN, "-n", "100000"), ("-n", "100000")),
    "export to nowhere": (("export", "openapi", "klas", "--output", "no/x.json"), ("--output no/x.json: cannot be",)),
    "keys without a name": (("keygen", "--output", ""), ("--output ''", "must end with a name")),
    "keys that are a folder's": (("keygen", "--output", "FOREIGN/"), ("must end with a name",)),
    "workers that are no number": ((*RUN, "-n", "many"), ("-n", "many")),
    "no workers": ((*RUN, "-n", "0"), ("-n", "0")),
    "seed that is no number": ((*RUN, "--seed", "x"), ("--seed", "x")),
    "negative examples": ((*RUN, "--max-examples", "-1"), ("--max-examples", "-1")),
    "port out of range": (("serve", "klas", "--port", "70000"), ("--port", "70000")),
    "output not ours": (
        ("run", "klas", "--target", "URL", "--profile", "PROFILE", "--output", "FOREIGN"),
        ("--output",),
    ),
    "document in no folder": (
        ("export", "openapi", "klas", "--output", "nowhere/x"),
        ("--output", "cannot be written"),
    ),
    "output is a file": (
        ("run", "klas", "--target", "URL", "--profile", "PROFILE", "--output", "PROFILE"),
        ("--output",),
    ),
}


@pytest.mark.parametrize("mistake", MATRIX)
def test_a_wrong_command_line_sends_nothing(
    mistake: str, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every wrong word on the command line ends in one line, before anything is sent or written."""
    words, expected = MATRIX[mistake]
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("dear")
    profile = profile_file(tmp_path, listener.url)
    meant = {"URL": listener.url, "PROFILE": str(profile), "OUT": str(tmp_path / "out"), "FOREIGN": str(foreign)}
    for name, value in meant.items():
        words = tuple(value + word.removeprefix(name) if word.startswith(name) else word for word in words)
    assert_wrong(inline(monkeypatch, capfd, *words, cwd=tmp_path), *expected)
    assert listener.untouched
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "reports").exists()
    assert [path.name for path in foreign.iterdir()] == ["letter.txt"]


LONG = "n" * 300
TOO_LONG = (
    f"export openapi klas --output {LONG}",
    f"history --history {LONG}",
    f"replay {LONG} 1",
    f"sign {LONG} --key x.key",
    f"sign x --key {LONG}",
    f"report {LONG}",
    f"compare {LONG} {LONG}",
    f"verify {LONG} --key x.pub",
    f"keygen --output {LONG}",
    f"run klas --embedded --output {LONG}",
    f"run klas --embedded --output x --examples-db {LONG}",
    f"run klas --embedded --output x --sign-key {LONG}",
    f"run klas --profile {LONG}",
    f"doctor klas --profile {LONG}",
    f"fleet {LONG}",
)


@pytest.mark.parametrize("line", TOO_LONG, ids=lambda line: line.replace(LONG, "LONG"))
def test_a_name_that_no_file_can_have_is_wrong_usage(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A path that cannot even be looked for ends in one line that names it, whichever command it was given to."""
    generate(str(tmp_path / "x"))
    assert_wrong(inline(monkeypatch, capfd, *line.split(), cwd=tmp_path), LONG)


SUBJECT = '[subject]\nplayer_id = "1"\nsession_id = "s"\n'
SOUND = f'[credentials]\nsecret = "s"\n{SUBJECT}'

PROFILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "unknown key": ('[subject]\nplayer_di = "1"', ("subject.player_di", "did you mean player_id?")),
    "unknown table": ('[subjects]\nplayer_id = "1"', ("subjects", "did you mean subject?")),
    "missing key": ('[credentials]\nsecret = "s"\n[subject]\nplayer_id = "1"', ("subject.session_id", "is missing")),
    "wrong type": (SOUND.replace('"1"', "1"), ("subject.player_id", "must be a string")),
    "secret file that is not there": (
        f'[credentials]\nsecret = {{file = "nowhere"}}\n{SUBJECT}',
        ("credentials.secret", "'nowhere'", "cannot be read"),
    ),
    "environment variable that is not set": (
        f'[credentials]\nsecret = {{env = "CERTHOOK_NO_SUCH"}}\n{SUBJECT}',
        ("credentials.secret", "CERTHOOK_NO_SUCH is not set"),
    ),
    "a secret where a variable is named": (
        f'[credentials]\nsecret = {{env = "hunter-2"}}\n{SUBJECT}',
        ("credentials.secret.env", "expected: the name of an environment variable"),
    ),
    "CA file that is no path": (f'[target]\nca_file = "a\\u0000b"\n{SOUND}', ("target.ca_file", "is not a path")),
    "bad toml": ("[target]\nurl = \n[subject", ("line 2", "not TOML")),
    "unknown requirement": (
        f'{SOUND}[levels]\n"klas.timestamp.futur" = "MUST"',
        ("did you mean klas.timestamp.future?",),
    ),
    "level of the document": (
        f'{SOUND}[levels]\n"klas.fields.currency" = "SHOULD"',
        ("klas.fields.currency", "its basis is document"),
    ),
    "requirement without quotes": (
        f'{SOUND}[levels]\nklas.timestamp.future = "MUST"',
        ("levels.klas", "a key that has dots in it needs quotes"),
    ),
    "second player who is the first": (
        f'{SOUND}other_player_id = "1"\nother_session_id = "s"',
        ("subject.other_session_id", "name another player"),
    ),
    "limit out of range": (f"{SOUND}[limits]\ntimeout_s = 0", ("limits.timeout_s", "greater than")),
}


@pytest.mark.parametrize("mistake", PROFILES)
def test_a_wrong_profile_sends_nothing(
    mistake: str, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every mistake in a profile ends in one line that names the file and the place."""
    text, expected = PROFILES[mistake]
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    for command in ("run", "doctor"):
        words = (command, "klas", "--target", listener.url, "--profile", str(path))
        assert_wrong(inline(monkeypatch, capfd, *words, cwd=tmp_path), "mine.toml", *expected)
    assert listener.untouched


def test_a_port_that_is_taken_is_wrong_usage(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`serve` on a port that somebody else has says so in one line."""
    port = listener.url.rpartition(":")[2]
    assert_wrong(inline(monkeypatch, capfd, "serve", "klas", "--port", port), f"--port {port}", "cannot be used")


def test_a_mistake_leaves_no_target_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The embedded target is started before everything is looked at, and stopped where something is wrong."""
    children: list[subprocess.Popen[Any]] = []

    class Noted(subprocess.Popen[Any]):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            children.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    (tmp_path / "notes.txt").write_text("not a run's")
    assert_wrong(inline(monkeypatch, capfd, "run", "klas", "--embedded", "--output", ".", cwd=tmp_path), "is not empty")
    assert [child.returncode is not None for child in children] == [True]
