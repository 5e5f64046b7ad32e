"""keygen, sign and verify on the command line: what they print, what they write, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from certhook.attesting.keys import KeyPair
from tests.attesting.runs import FAILED, pair_in, run_at
from tests.recording.lines import MUST, outcome, waiver
from tests.running import Ended, inline

Certhook = Callable[..., Ended]


@pytest.fixture
def certhook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Certhook:
    """Run a command in this process, in the test's own folder."""
    return lambda *words: inline(monkeypatch, capfd, *map(str, words), cwd=tmp_path)


@pytest.fixture
def pair(tmp_path: Path) -> KeyPair:
    """Keys in the test's own folder."""
    return pair_in(tmp_path)


def assert_one_line(ended: Ended, *words: str) -> None:
    """Exit status 2, and one line on stderr with those words."""
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1), ended.said
    for word in ("certhook: ", *words):
        assert word in ended.err


def test_from_keys_to_a_verified_certificate(certhook: Certhook, tmp_path: Path) -> None:
    """Keys are made, a run is signed with one and verified with the other; everything said stands on a line."""
    made = certhook("keygen")
    assert (made.status, made.err) == (0, "")
    id = made.out.split()[-1]
    assert [line.split()[-1] for line in made.out.splitlines()] == ["certhook.key", "certhook.pub", id]
    run_at(tmp_path / "run", FAILED, waivers=[waiver()], notices=["TLS was not verified\x1b"])
    signed = certhook("sign", "run", "--key", "certhook.key")
    assert (signed.status, signed.out) == (0, f"run/certificate.json: certified\nsigned with key {id}\n")
    found = certhook("verify", "run/certificate.json", "--key", "certhook.pub", "--target", "http://target.example/")
    assert found.status == 0, found.said
    assert found.out.splitlines() == [
        f"signed by    key {id}",
        "verdict      certified",
        "target       http://target.example/ (klas)",
        "when         2026-11-20T10:00:00.000Z, 12.5 s, certhook 0",
        "requirements 1: 1 waived",
        f"waiver       {MUST}: waived until 2027-01-31 by Ada: agreed",
        r"notice       TLS was not verified\x1b",
        "result.json  run/result.json",
    ]


def test_a_failed_run_is_signed_as_one(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """The certificate of a run that failed can be had, says so, and verifies with status 1."""
    run_at(tmp_path / "run", FAILED)
    assert "run/certificate.json: not certified" in certhook("sign", "run", "--key", pair.private).out
    found = certhook("verify", "run/certificate.json", "--key", pair.public)
    assert found.status == 1
    assert "verdict      not certified\n" in found.out
    assert found.out.endswith("authentic, but: not certified\n")


def test_an_incomplete_run_says_why(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """The certificate of a run that is incomplete names each reason, printable."""
    run_at(tmp_path / "run", outcome(what="blocked", reason="gone\x1b"))
    certhook("sign", "run", "--key", pair.private)
    found = certhook("verify", "run/certificate.json", "--key", pair.public)
    assert found.status == 1
    assert rf"incomplete   {MUST} blocked: gone\x1b" in found.out.splitlines()
    assert found.out.endswith("authentic, but: incomplete\n")


def test_each_run_of_a_folder_is_signed(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """A folder as `run --all` leaves it gets a certificate per protocol."""
    (tmp_path / "all").mkdir()
    for name in ("evi", "klas"):
        run_at(tmp_path / "all" / name)
    signed = certhook("sign", "all", "--key", pair.private)
    lines = [f"all/{name}/certificate.json: certified" for name in ("evi", "klas")]
    assert signed.out.splitlines()[:-1] == lines
    for name in ("evi", "klas"):
        assert certhook("verify", f"all/{name}/certificate.json", "--key", pair.public).status == 0


def test_one_bad_run_of_a_folder_keeps_all_from_being_signed(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """Nothing is written where one of several runs cannot be signed."""
    for name in ("evi", "klas"):
        run_at(tmp_path / name)
    (tmp_path / "klas" / "result.json").write_text("{}\n")
    assert_one_line(certhook("sign", ".", "--key", pair.private), "klas/result.json", "is not what")
    assert not (tmp_path / "evi" / "certificate.json").exists()


def test_a_certificate_goes_without_its_result(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """Alone, a certificate is verified without a result.json; one that is named or stands beside it has to fit."""
    run_at(tmp_path / "run")
    certhook("sign", "run", "--key", pair.private)
    (tmp_path / "run" / "certificate.json").rename(tmp_path / "alone.json")
    verify = ("verify", "alone.json", "--key", pair.public)
    alone = certhook(*verify)
    assert (alone.status, alone.out.splitlines()[-1]) == (0, "result.json  not available, not compared")
    assert certhook(*verify, "--result", "run/result.json").status == 0
    (tmp_path / "result.json").write_text("{}")
    beside = certhook(*verify)
    assert beside.status == 1
    assert "authentic, but: result.json is not the result that was signed" in beside.out


def test_a_changed_certificate_is_named(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """What is not authentic is not shown; one line says what is wrong with it."""
    run_at(tmp_path / "run")
    certhook("sign", "run", "--key", pair.private)
    path = tmp_path / "run" / "certificate.json"
    envelope = json.loads(path.read_bytes())
    changed = {
        "signature does not match": {**envelope, "payload": envelope["payload"][4:]},
        "signed with another key": {**envelope, "signatures": [{**envelope["signatures"][0], "keyid": "x"}]},
        "is not JSON": "x" * 10,
    }
    for words, document in changed.items():
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        found = certhook("verify", path, "--key", pair.public)
        assert (found.status, found.err, found.out.count("\n")) == (1, "", 1)
        assert found.out.startswith("not authentic: ")
        assert words in found.out


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "sign nothing": (("sign", "nowhere", "--key", "ops.key"), "nowhere/journal.ndjson: no journal to read"),
    "sign without a key": (("sign", "run"), "--key"),
    "sign with no key": (("sign", "run", "--key", "no.key"), "no.key: cannot be read"),
    "sign with the public key": (("sign", "run", "--key", "ops.pub"), "wanted: an Ed25519 private key"),
    "verify nothing": (("verify", "no.json", "--key", "ops.pub"), "no.json: cannot be read: No such file"),
    "verify a folder": (("verify", "run", "--key", "ops.pub"), "run: cannot be read: Is a directory"),
    "verify without a key": (("verify", "run/result.json"), "--key"),
    "verify with the private key": (("verify", "run/result.json", "--key", "ops.key"), "wanted: an Ed25519 public key"),
    "make keys twice": (("keygen", "--output", "ops"), "ops.key: is there already"),
    "run with no key": (
        ("run", "klas", "--embedded", "--output", "new", "--sign-key", "ops.pub"),
        "ops.pub: holds PUBLIC KEY",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_wrong_usage_is_one_line(mistake: str, certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """Files that are missing or the wrong ones end with 2 and a line that names them; nothing is written."""
    assert pair.private.exists()
    run_at(tmp_path / "run")
    before = sorted(tmp_path.rglob("*"))
    words, expected = WRONG[mistake]
    assert_one_line(certhook(*words), expected)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_named_result_has_to_be_there(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """--result with a file that cannot be read is wrong usage, not a certificate that is no good."""
    run_at(tmp_path / "run")
    certhook("sign", "run", "--key", pair.private)
    verify = ("verify", "run/certificate.json", "--key", pair.public, "--result", "no.json")
    assert_one_line(certhook(*verify), "no.json: cannot be read")


def test_a_certificate_that_cannot_be_written(certhook: Certhook, tmp_path: Path, pair: KeyPair) -> None:
    """Where something else stands in its place, a certificate ends in one line."""
    run_at(tmp_path / "run")
    (tmp_path / "run" / "certificate.json").mkdir()
    assert_one_line(certhook("sign", "run", "--key", pair.private), "run/certificate.json: cannot be written")
