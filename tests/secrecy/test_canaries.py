"""Secrets are in nothing that certhook writes or says, whatever a target does to have them there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from certhook.profile.tomltext import as_toml
from certhook.recording.journal import read_journal
from certhook.reference.wire import HttpAnswer
from tests.running import FEW, certhook, inline
from tests.secrecy.canaries import HARD, found_in, leaks, spellings
from tests.secrecy.parrots import LISTED, PARROTS, TOLD, Echo, KlasParrot, parroting, shapes
from tests.targets import serving

CANARIES = (HARD, TOLD, LISTED)
MORE: dict[str, tuple[str, ...]] = {
    "klas": ("-n", "2"),
    "evi-listed": ("--group", "credentials", "--group", "malformed"),
}


def profile_file(folder: Path, profile: dict[str, Any], protocol: str) -> tuple[Path, dict[str, str]]:
    """A profile whose secrets stand where people put them, and the environment that goes with it."""
    secrets, environment = profile["credentials"], {}
    if protocol == "klas":
        environment = {"CANARY": secrets["secret"]}
        profile = {name: table for name, table in profile.items() if name != "credentials"}
    path = folder / "profile.toml"
    text = as_toml(profile)
    path.write_text(text + '\n[credentials]\nsecret = {env = "CANARY"}\n' if environment else text, encoding="utf-8")
    return path, environment


@pytest.mark.parametrize("name", PARROTS)
def test_no_canary_gets_out(name: str, tmp_path: Path) -> None:
    """Every file of a run and all that doctor, run and report say are free of the secrets that a target repeats."""
    protocol = name.partition("-")[0]
    parrot = PARROTS[name]()
    with serving(parroting(parrot)) as served:
        path, environment = profile_file(tmp_path, parrot.profile(served.url), protocol)  # type: ignore[attr-defined]
        words = (protocol, "--profile", str(path))
        looked = certhook("doctor", *words, cwd=tmp_path, **environment)
        ran = certhook("run", *words, *FEW, *MORE.get(name, ()), "--output", "out", cwd=tmp_path, **environment)
    assert looked.status == 0, looked.said
    assert ran.status == 1, ran.said[-3000:]
    reported = certhook("report", "out", "--no-allure", cwd=tmp_path)
    assert reported.status == 0, reported.said
    assert len(list(read_journal(tmp_path / "out" / "journal.ndjson", "exchange"))) > 100
    assert leaks(tmp_path / "out", looked.said + ran.said + reported.said, CANARIES) == {}


def test_every_shape_of_an_echo_has_canaries() -> None:
    """What the parrots answer is full of what must not get out, in whatever shape."""
    echo = Echo(f"a {KlasParrot.known[0]}", KlasParrot.known)
    for answer in shapes(echo):
        parts = [answer.body, repr(answer.headers).encode()] if isinstance(answer, HttpAnswer) else [answer or b""]
        assert any(found_in(part, [HARD]) for part in parts), answer


def test_the_search_knows_every_spelling() -> None:
    """A spelling of a canary within other bytes is found."""
    assert all(found_in(b"before " + spelling.upper() + b" after", [HARD]) for spelling in spellings(HARD))


MISTAKES: dict[str, str] = {
    "an unknown key beside it": f"[credentials]\nsecret = {json.dumps(HARD)}\nsecert = {json.dumps(HARD)}",
    "a list": f"[credentials]\nsecret = [{json.dumps(HARD)}]",
    "where a variable is named": f"[credentials]\nsecret = {{env = {json.dumps(HARD)}}}",
    "a wrong source": f"[credentials]\nsecret = {{file = {json.dumps(HARD)}, env = {json.dumps(HARD)}}}",
    "without quotes": f"[credentials]\nsecret = {HARD}",
    "an open quote": f'[credentials]\nsecret = "{HARD}',
    "a wrong table": f"credentials = {json.dumps(HARD)}",
    "something else wrong": f"[credentials]\nsecret = {json.dumps(HARD)}\n[limits]\ntimeout_s = 0",
    "twice": f"[credentials]\nsecret = {json.dumps(HARD)}\nsecret = {json.dumps(HARD)}",
    "an address": f"[target]\nurl = {json.dumps(f'http://u:{HARD}@x/')}\n[credentials]\nsecret = 's'",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_beside_a_secret_is_told_without_it(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The line that says what is wrong with a profile does not quote the secret in it."""
    path = tmp_path / "profile.toml"
    subject = '\n[subject]\nplayer_id = "1"\nsession_id = "s"\n'
    path.write_text(MISTAKES[mistake] + subject, encoding="utf-8")
    for command in ("run", "doctor"):
        ended = inline(monkeypatch, capfd, command, "klas", "--profile", str(path), cwd=tmp_path)
        assert ended.status == 2, ended.said
        assert ended.err.count("\n") == 1
        assert found_in(ended.said.encode(), [HARD]) == []
