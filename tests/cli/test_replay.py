"""`certhook replay`: exchanges of real runs, sent again to real targets."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certhook.pack.loading import protocols
from certhook.profile.tomltext import as_toml
from certhook.recording.journal import read_journal
from certhook.reference import Embedded, embedded, profile
from tests.running import Ended, certhook, inline

Replay = Callable[..., Ended]
NONE = ("--max-examples", "0")
FAULTS = ("signature-prefix", "connection-poisoned", "balance-drifts", "texts-coerced")


def run(folder: Path, *words: str) -> Path:
    """A run's folder."""
    certhook("run", *words, "--output", str(folder), cwd=folder.parent)
    return folder


def exchanges(folder: Path, case: str) -> list[dict[str, Any]]:
    """The exchanges of a run whose case ends with those words."""
    return [one for one in read_journal(folder / "journal.ndjson", "exchange") if one["case"].endswith(case)]


def shown_in(folder: Path, requirement: str, case: str = "") -> str:
    """The number of an exchange that a finding about a requirement names, in a case with those words."""
    cases = {one["number"]: one["case"] for one in read_journal(folder / "journal.ndjson", "exchange")}
    for line in read_journal(folder / "journal.ndjson", "case"):
        for outcome in line["outcomes"]:
            if outcome["requirement"] == requirement and "finding" in outcome:
                number = outcome["finding"]["exchange"]
                if case in cases[number]:
                    return str(number)
    raise AssertionError(f"{requirement} has no finding in a case {case}")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run against an embedded target with several faults."""
    faults = [word for name in FAULTS for word in ("--fault", name)]
    names = ("signature", "parameters", "malformed", "semantics", "robustness")
    groups = [word for name in names for word in ("--group", name)]
    return run(tmp_path_factory.mktemp("runs") / "run", "klas", "--embedded", *faults, *groups, "--max-examples", "200")


@pytest.fixture(scope="module")
def sound() -> Iterator[Embedded]:
    """A conformant target of klas."""
    with embedded("klas") as target:
        yield target


@pytest.fixture
def replay(broken: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Replay:
    """Run `certhook replay` in this process, beside the run's folder."""
    return lambda *words: inline(monkeypatch, capfd, "replay", *map(str, words), cwd=broken.parent)


FINDINGS: dict[str, tuple[str, str, str]] = {
    "answer": ("klas.signature.prefix", "signature.prefix:", "expected: a refusal"),
    "next request": ("klas.robustness.recovers", "malformed.", "expected: a valid request accepted right behind one "),
    "flow": ("klas.semantics.same-balance", "semantics.flow.", "expected: the same balance in both answers"),
    "fuzzed body": ("klas.parameters.wrong-type", "malformed.fuzzed", "note: its body is the recorded one"),
}


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_finding_stands_until_the_target_is_mended(
    finding: str, broken: Path, sound: Embedded, replay: Replay
) -> None:
    """The run's own target, started again with its faults, is still broken; a conformant one no longer is."""
    requirement, case, part = FINDINGS[finding]
    number = shown_in(broken, requirement, case)
    still = replay("run", number)
    assert (still.status, still.err) == (1, ""), still.out
    assert still.out.endswith("\nstill broken\n")
    assert f"started again with {' '.join(f'--fault {name}' for name in FAULTS)}" in still.out
    assert part in still.out
    mended = replay("run", number, "--target", sound.url)
    assert (mended.status, mended.err) == (0, "")
    assert mended.out.endswith("\nno longer\n")
    assert f"to {sound.url}\n" in mended.out


def test_what_is_shown_can_be_read_and_holds_no_secret(broken: Path, replay: Replay) -> None:
    """Request and answer as reports have them: method, URL, body, the signature masked; expected, then and now."""
    (first, *_) = exchanges(broken, "signature.prefix:8")
    out = replay("run", first["number"]).out
    for part in (
        "> POST http://127.0.0.1:",
        "> X-Signature: ***",
        '> {"request_id":"',
        "< HTTP/1.1 200",
        "then:",
        "now:",
    ):
        assert part in out
    assert first["request"]["body"]["text"] not in out
    assert profile("klas", "http://x")["credentials"]["secret"] not in out


def test_nothing_is_written_to_the_run(broken: Path, replay: Replay) -> None:
    """What was recorded is evidence, and stays as it is."""
    before = {path: path.stat().st_mtime_ns for path in broken.rglob("*")}
    replay("run", shown_in(broken, "klas.signature.prefix"))
    assert {path: path.stat().st_mtime_ns for path in broken.rglob("*")} == before


def test_an_exchange_without_a_finding(broken: Path, replay: Replay) -> None:
    """Its answer then and now is shown, and there is nothing to be broken."""
    (one, *_) = exchanges(broken, "signature.header-missing")
    ended = replay("run", one["number"])
    assert ended.status == 0
    assert ended.out.count("HTTP 200 with ERR_INTEGRITY_CHECK_FAILED: a refusal") == 2
    assert ended.out.endswith("no finding of the run is in this exchange\n")


def test_byte_for_byte(broken: Path, sound: Embedded, replay: Replay) -> None:
    """What was recorded whole is sent as it was, its old time included, which is said."""
    (one, *_) = exchanges(broken, "signature.header-missing")
    ended = replay("run", one["number"], "--verbatim", "--target", sound.url)
    assert ended.status == 0
    assert f"> {one['request']['body']['text']}\n" in ended.out
    assert "note: its time is still that of" in ended.out


def journal_beside(run: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Another run's folder that holds the same journal, with something changed in its lines."""
    folder = run.parent / name
    folder.mkdir(exist_ok=True)
    lines = list(read_journal(run / "journal.ndjson"))
    for line in lines:
        change(line)
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (folder / "journal.ndjson").write_text(text, encoding="utf-8")


def fifth(**changed: Any) -> Callable[[dict[str, Any]], None]:
    """Change members of exchange 5."""
    return lambda line: line.update(changed if line.get("number") == 5 else {})


def head(**changed: Any) -> Callable[[dict[str, Any]], None]:
    """Change members of the first line."""
    return lambda line: line.update(changed if line["kind"] == "run" else {})


def of_another_requirement(line: dict[str, Any]) -> None:
    """Let a requirement that nobody knows be broken by exchange 5."""
    for outcome in line.get("outcomes", ()):
        if "finding" in outcome:
            outcome["requirement"], outcome["finding"]["exchange"] = "klas.signature.new", 5


def unmasked(line: dict[str, Any]) -> None:
    """Show a signature, as if it were no secret."""
    if line["kind"] == "exchange":
        line["request"]["headers"] = [["X-Signature", "00"]]


WRONG: dict[str, tuple[Callable[[dict[str, Any]], None] | None, tuple[str, ...], str]] = {
    "no such exchange": (None, ("run", "99999"), "run: no exchange 99999; they go from 1 to "),
    "no number": (None, ("run", "first"), "'first' is not a valid integer"),
    "no run": (None, (".", "1"), "holds several runs; name the folder of one: "),
    "a masked signature": (None, ("run", "SIGNED", "--verbatim"), "without --verbatim it is made and signed anew"),
    "a flow": (unmasked, ("FOLDER", "FLOW", "--verbatim"), "takes several requests, which --verbatim does not send"),
    "an unknown case": (
        fifth(case="authenticate.signature.new"),
        ("FOLDER", "5"),
        "no case 'authenticate.signature.new'",
    ),
    "an unknown operation": (fifth(operation="settle"), ("FOLDER", "5"), "klas has no operation 'settle'"),
    "an unknown requirement": (
        of_another_requirement,
        ("FOLDER", "5"),
        "shows 'klas.signature.new', which is not tested",
    ),
    "no command": (head(command="certhook"), ("FOLDER", "5"), "its journal does not say how it was started"),
    "no profile": (
        head(command="certhook run klas --profile gone.toml"),
        ("FOLDER", "5"),
        "profile gone.toml is not here",
    ),
    "no protocol": (head(command="certhook run klass --target http://x"), ("FOLDER", "5"), "did you mean klas?"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_what_cannot_be_sent_again_is_one_line(mistake: str, broken: Path, replay: Replay) -> None:
    """Status 2, one line that says what is wrong, and nothing sent."""
    change, words, expected = WRONG[mistake]
    if change is not None:
        journal_beside(broken, "other", change)
    signed = str(exchanges(broken, "signature.prefix:8")[0]["number"])
    meant = {"FOLDER": "other", "SIGNED": signed, "FLOW": shown_in(broken, "klas.semantics.same-balance")}
    ended = replay(*(meant.get(word, word) for word in words))
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert expected in ended.err


def test_another_pack_is_said(broken: Path, replay: Replay) -> None:
    """Whoever replays with another version of the protocol's folder is told so."""
    journal_beside(broken, "newer", head(pack_digest="0"))
    assert "note: the pack of klas has changed since the run" in replay("newer", "3").out


# ---------------------------------------------------------------- a target of somebody else's


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Embedded]]:
    """A run with a profile, on two workers; the target takes each launch token once, and ignores passwords."""
    folder = tmp_path_factory.mktemp("staged")
    with embedded("evi", ["password-ignored"], ["single-use-tokens"]) as target:
        (folder / "evi.toml").write_text(as_toml(target.profile), encoding="utf-8")
        words = ("evi", "--profile", "evi.toml", "--group", "credentials", "-n", "2", *NONE)
        yield run(folder / "run", *words), target


WRONG_PASSWORD = "evi.credentials.wrong-password"


def test_test_data_that_was_used_up_is_passed_over(
    staged: tuple[Path, Embedded], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each replay finds launch tokens that neither the run nor a replay before has used; the credentials are fresh."""
    folder, target = staged
    for _ in range(3):
        number = shown_in(folder, WRONG_PASSWORD)
        ended = inline(monkeypatch, capfd, "replay", "run", number, cwd=folder.parent)
        assert ended.status == 1, ended.said
        assert f"freshly timed and signed, to {target.url}\n" in ended.out
    username = target.profile["credentials"]["username"]
    assert username not in ended.out


def test_a_profile_from_elsewhere(
    staged: tuple[Path, Embedded], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """--profile says where the profile is now; its own target is meant then."""
    folder, _ = staged
    shutil.copy(folder.parent / "evi.toml", tmp_path / "mine.toml")
    words = ("replay", str(folder), shown_in(folder, WRONG_PASSWORD))
    assert "evi.toml is not here" in inline(monkeypatch, capfd, *words, cwd=tmp_path).err
    assert inline(monkeypatch, capfd, *words, "--profile", "mine.toml", cwd=tmp_path).status == 1


def test_a_target_that_is_gone(
    staged: tuple[Path, Embedded], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Status 3, and what to mend."""
    folder, _ = staged
    words = ("replay", "run", shown_in(folder, WRONG_PASSWORD), "--target", "http://127.0.0.1:9")
    ended = inline(monkeypatch, capfd, *words, cwd=folder.parent)
    assert ended.status == 3
    assert "inconclusive: 127.0.0.1 port 9 cannot be reached" in ended.out


def test_a_target_that_refuses_valid_requests(broken: Path, staged: tuple[Path, Embedded], replay: Replay) -> None:
    """A refusal means nothing there: status 3, not "no longer"."""
    _, other = staged
    ended = replay("run", shown_in(broken, "klas.signature.prefix"), "--target", other.url)
    assert ended.status == 3
    assert "inconclusive" in ended.out


# ---------------------------------------------------------------- every protocol

BAD = {"evi": "probe.credentials.wrong:Account.Password"}

TAGGED = re.compile(r"\*\*\*[0-9a-f]{8}")
"""What stands for a damaged secret, which nobody can put together again."""


@pytest.mark.parametrize("protocol", protocols())
def test_every_protocol_s_requests_can_be_sent_again(
    protocol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A control and a refusal come out as they did, from the doctor's requests on, and a fuzzed body is rebuilt."""
    words = (protocol, "--embedded", "--group", "fields", "--group", "malformed", "--max-examples", "15")
    folder = run(tmp_path / "run", *words)
    one = {case: exchanges(folder, case)[0] for case in (".doctor", "probe.control", "closing-control")}
    one["fuzzed"] = next(
        each for each in exchanges(folder, "fuzzed") if not TAGGED.search(str(each["request"]["body"]))
    )
    one["refusal"] = exchanges(folder, BAD.get(protocol, "probe.signature.random"))[0]
    one["other method"] = next(each for each in exchanges(folder, ".doctor") if each["request"]["method"] == "GET")
    for case, record in one.items():
        ended = inline(monkeypatch, capfd, "replay", "run", str(record["number"]), cwd=tmp_path)
        assert ended.status == 0, ended.said
        then, now = (
            line.partition(":")[2].strip() for line in ended.out.splitlines() if line.startswith(("  then", "  now"))
        )
        assert then == now, case
        assert f"> {record['request']['method']} " in ended.out
