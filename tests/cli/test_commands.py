"""The commands: what they print, what they write, and how they end."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from certhook import __version__
from certhook.cli import cli
from certhook.cli.arguments import protocol_argument
from certhook.pack.loading import load_pack, protocols
from certhook.recording.results import result_of
from certhook.reference import faults
from certhook.reference.klas.target import KlasTarget
from tests.running import FEW, Ended, certhook, inline, outcomes_in, profile_file, result_in, started
from tests.targets import Answer, Answering, Call, conformant, open_to_all, plain, refusing, serving

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
COMMANDS = tuple(cli.list_commands(click.Context(cli)))
ONE = ("--requirement", "klas.signature.header-missing", *FEW)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_for_newcomers(command: str, monkeypatch: Patch, capfd: Capture) -> None:
    """Every command and every option of it that is not hidden says what it is for."""
    ended = inline(monkeypatch, capfd, command, "--help")
    assert ended.status == 0
    assert ended.err == ""
    context = click.Context(cli)
    found = cli.get_command(context, command)
    assert found is not None
    assert found.help
    options = [one for one in found.params if isinstance(one, click.Option) and not one.hidden]
    assert all(one.help for one in options)
    assert all(one.opts[-1] in ended.out for one in options)
    assert "\\" not in ended.out  # nor \b, which tells click to leave lines as they are
    assert "Exit status:\n" in ended.out or "Exit status:" not in ended.out


def test_the_commands_are_listed(monkeypatch: Patch, capfd: Capture) -> None:
    """Without a command, as with --help, certhook says which there are."""
    bare, helped = inline(monkeypatch, capfd), inline(monkeypatch, capfd, "--help")
    assert bare == helped
    assert bare.status == 0
    for command in COMMANDS:
        assert command in bare.out


def test_the_version_is_printed(monkeypatch: Patch, capfd: Capture) -> None:
    """`--version` names the program and its version."""
    assert inline(monkeypatch, capfd, "--version").out == f"certhook, version {__version__}\n"


def test_help_is_quick() -> None:
    """What only a run needs is not imported for a help text."""
    program = (
        "import sys; from certhook.cli import main; sys.argv = ['certhook', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'pytest', 'httpx', 'hypothesis', 'jsonschema', 'rich', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_protocols_complete_in_a_shell() -> None:
    """The beginning of a protocol's name is completed."""

    @click.command
    @protocol_argument
    def command(protocol: str) -> None:
        """Take a protocol."""

    (argument,) = command.params
    found = argument.type.shell_complete(click.Context(command), argument, "kl")
    assert [one.value for one in found] == ["klas"]


def test_list_names_the_protocols(monkeypatch: Patch, capfd: Capture) -> None:
    """Each protocol has a line with its title and the number of its requirements."""
    ended = inline(monkeypatch, capfd, "list")
    assert ended.status == 0
    for name in protocols():
        assert f"{name}  {load_pack(name).title}" in ended.out


def test_list_shows_every_requirement(monkeypatch: Patch, capfd: Capture) -> None:
    """A protocol's requirements stand with level, basis and citation, its errata with the reading taken."""
    out = inline(monkeypatch, capfd, "list", "klas").out
    for one in load_pack("klas").requirements:
        assert one.id in out
        assert one.citation in out
    for erratum in load_pack("klas").errata:
        assert erratum.ruling in out


def test_list_as_json(monkeypatch: Patch, capfd: Capture) -> None:
    """The same for programs."""
    (klas,) = json.loads(inline(monkeypatch, capfd, "list", "klas", "--json").out)
    assert [one["id"] for one in klas["requirements"]] == [one.id for one in load_pack("klas").requirements]
    assert {"id", "level", "basis", "group", "title", "citation"} == klas["requirements"][0].keys()
    assert klas["operations"] == [{"name": "authenticate", "method": "POST", "path": "/authenticate"}]


def test_faults_are_listed(monkeypatch: Patch, capfd: Capture) -> None:
    """Every fault of a protocol stands with what it is and what it breaks, for people and for programs."""
    out = inline(monkeypatch, capfd, "faults", "klas").out
    found: list[dict[str, Any]] = json.loads(inline(monkeypatch, capfd, "faults", "klas", "--json").out)
    assert [one["fault"] for one in found] == list(faults("klas"))
    for one in found:
        assert one["fault"] in out
        assert set(one["breaks"]) == faults("klas")[one["fault"]].breaks


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (conformant, "a valid request is accepted"),
        (refusing, "credentials.secret"),
        (lambda _: plain(404), "HTTP 404"),
        (lambda _: plain(200, b"<html>\x1b[31m"), "HTML page"),
    ],
    ids=["sound", "refusing", "404", "page"],
)
def test_doctor_says_what_to_mend(
    target: Answering, words: str, tmp_path: Path, monkeypatch: Patch, capfd: Capture
) -> None:
    """The doctor on its own looks at name, connection and control, and ends with 0 or 3."""
    with serving(target) as served:
        profile = profile_file(tmp_path, served.url)
        ended = inline(monkeypatch, capfd, "doctor", "klas", "--profile", str(profile))
    assert ended.status == (0 if target is conformant else 3)
    assert words in ended.out
    assert ("wrong" in ended.out) is (ended.status == 3)
    assert "\x1b" not in ended.out
    assert ended.err == ""


def test_served_and_certified_from_another_process(tmp_path: Path) -> None:
    """`serve --print-profile` prints all that `run` needs to certify the target from elsewhere, on two workers."""
    with started("serve", "klas", "--print-profile", cwd=tmp_path) as target:
        assert target.stdout is not None
        url, lines = target.stdout.readline().strip(), []
        while "other_session_id" not in (line := target.stdout.readline()):
            lines.append(line)
        path = tmp_path / "p.toml"
        path.write_text("".join([*lines, line]), encoding="utf-8")
        words = (
            "--profile",
            str(path),
            "--output",
            "out",
            "-n",
            "2",
            "--group",
            "signature",
            "--group",
            "fields",
            *FEW,
        )
        ended = certhook("run", "klas", *words, cwd=tmp_path)
        target.send_signal(signal.SIGINT)
        target.communicate(timeout=10)
    assert ended.status == 0, ended.said
    assert result_in(tmp_path / "out")["target"] == url
    assert "CERTIFIED" in ended.out


def test_a_fault_is_named_with_the_command_that_shows_it(tmp_path: Path) -> None:
    """Status 1, and a table with the requirement, what was expected, what came, and how to see it again."""
    words = ("--embedded", "--fault", "signature-prefix", "--group", "signature", "--output", "out", *FEW)
    ended = certhook("run", "klas", *words, cwd=tmp_path)
    assert ended.status == 1
    assert "NOT CERTIFIED" in ended.out
    assert "klas.signature.prefix" in ended.out.replace("\n", "")
    assert f"certhook replay {tmp_path / 'out'} " in ended.out
    assert outcomes_in(tmp_path / "out")["klas.signature.prefix"] == "failed"


def test_a_refused_control_is_incomplete(tmp_path: Path) -> None:
    """Status 3 where the valid request is refused: one sentence says what to mend, and no other request goes out."""
    with serving(refusing) as served:
        profile = profile_file(tmp_path, served.url)
        ended = certhook("run", "klas", "--profile", str(profile), "--output", "out", *FEW, cwd=tmp_path)
        assert len([call for call in served.calls if call.request.method == "POST"]) <= 2
    assert ended.status == 3
    assert "refuses a valid request" in ended.err
    assert set(outcomes_in(tmp_path / "out").values()) <= {"blocked", "not_tested", "not_applicable"}
    assert result_in(tmp_path / "out")["verdict"] == "incomplete"


def test_a_target_is_the_command_line_s_before_the_profile_s(tmp_path: Path) -> None:
    """--target overrides target.url, and an untested MUST makes the run incomplete only where all are asked for."""
    with serving(conformant) as served:
        profile = profile_file(tmp_path, "http://nowhere.invalid")
        words = ("--profile", str(profile), "--target", served.url, "--output", "out", *ONE)
        ended = certhook("run", "klas", *words, cwd=tmp_path)
    assert ended.status == 0, ended.said
    assert list(outcomes_in(tmp_path / "out")) == ["klas.signature.header-missing"]
    assert served.calls


def test_pytest_s_environment_has_no_say(tmp_path: Path) -> None:
    """What somebody's own pytest is to do by default changes nothing in a run, nor can it keep one from beginning."""
    words = ("run", "klas", "--embedded", *ONE, "--output", "out")
    defaults = {"PYTEST_ADDOPTS": "-x --no-such-option", "PYTEST_PLUGINS": "no_such_plugin"}
    ended = certhook(*words, "-n", "2", cwd=tmp_path, **defaults)
    assert ended.status == 0, ended.said


@pytest.mark.parametrize("at", [1, 30])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_reports_what_was_done(tmp_path: Path, number: signal.Signals, status: int, at: int) -> None:
    """Status 130 after Ctrl-C, 143 after SIGTERM, and every report there, be it at the first request or later."""
    reached: list[int] = []

    def interrupting(call: Any) -> Any:
        if call.number == at and not reached:
            reached.append(call.number)
            process.send_signal(number)
        return conformant(call)

    with serving(interrupting) as served:
        profile = profile_file(tmp_path, served.url)
        process = started("run", "klas", "--profile", str(profile), "--output", "out", *FEW, cwd=tmp_path)
        out, err = process.communicate(timeout=60)
    assert process.returncode == status, out + err
    result = result_in(tmp_path / "out")
    assert result["verdict"] == "incomplete"
    assert result["interrupted"]
    assert (tmp_path / "out" / "exchanges.har").exists()
    assert "Traceback" not in out + err


def test_two_runs_never_write_into_one_folder(tmp_path: Path) -> None:
    """The second is refused in one line, and the first one's verdict is its own: status 1 for its faulty target."""
    others: list[Ended] = []

    def meanwhile(call: Call) -> Answer:
        if call.number == 5:
            others.append(certhook("run", "klas", "--embedded", "--output", "out", *ONE, cwd=tmp_path))
        return open_to_all(call)

    with serving(meanwhile) as served:
        profile = profile_file(tmp_path, served.url)
        words = ("--profile", str(profile), "--output", "out", *ONE)
        first = certhook("run", "klas", *words, cwd=tmp_path)
    (second,) = others
    assert (first.status, second.status) == (1, 2), first.said
    assert second.err.endswith("out: another run is writing there; name another folder\n")
    assert second.err.count("\n") == 1
    assert result_in(tmp_path / "out")["target"] == served.url
    after = certhook("run", "klas", "--embedded", "--output", "out", *ONE, cwd=tmp_path)
    assert after.status == 0, after.said


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_profile_is_read_once(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """Profile and secret may be gone, or others, by the time at which requests go out, and at the end."""
    (tmp_path / "secret").write_bytes(KlasTarget.secret)

    def sweeping(call: Call) -> Answer:
        profile.unlink(missing_ok=True)
        (tmp_path / "secret").write_text("another one")
        return conformant(call)

    with serving(sweeping) as served:
        profile = profile_file(tmp_path, served.url, secret='{file = "secret"}')
        words = ("--profile", str(profile), "--output", "out", *ONE, *workers)
        ended = certhook("run", "klas", *words, cwd=tmp_path)
    assert ended.status == 0, ended.said
    assert KlasTarget.secret not in (tmp_path / "out" / "journal.ndjson").read_bytes()


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """Where nothing more can be written, nothing is half-written, and what was recorded before can be read."""
    limited = f"ulimit -f 60; exec {shlex.quote(sys.executable)} -m certhook run klas --embedded --output out"
    # The limit is for every file of the process, that of a measurement of coverage too.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = ["/bin/sh", "-c", limited]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("certhook: File too large: cannot write any more")
    assert not (tmp_path / "out" / "result.json").exists()
    result = result_of(tmp_path / "out" / "journal.ndjson")
    assert result["verdict"] == "incomplete"
    assert result["requests"] > 0


def test_an_open_door_is_not_certified(tmp_path: Path) -> None:
    """A target that accepts everything passes the control and fails what is about refusing."""
    with serving(open_to_all) as served:
        profile = profile_file(tmp_path, served.url)
        ended = certhook("run", "klas", "--profile", str(profile), "--output", "out", *ONE, cwd=tmp_path)
    assert ended.status == 1
    assert outcomes_in(tmp_path / "out") == {"klas.signature.header-missing": "failed"}
