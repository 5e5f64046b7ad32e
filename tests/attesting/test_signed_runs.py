"""`run --sign-key`: a run signs its own verdict, however it is started and whatever the verdict is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from certhook.attesting.envelope import opened
from certhook.attesting.keys import KeyPair, private_key, public_key
from certhook.attesting.signing import certificate_of
from certhook.attesting.statement import MEDIA_TYPE, read_statement
from tests.attesting.runs import certificate_schema, pair_in
from tests.running import certhook, pytest_suites, result_in

FEW = ("--max-examples", "0", "--group", "methods", "--output", "out", "--sign-key", "ops.key")


@pytest.fixture
def pair(tmp_path: Path) -> KeyPair:
    """Keys in the test's own folder."""
    return pair_in(tmp_path)


def stated(run: Path, pair: KeyPair) -> dict[str, Any]:
    """What certhook says in a run's certificate, which fits its schema."""
    payload = opened((run / "certificate.json").read_bytes(), MEDIA_TYPE, public_key(pair.public))
    statement = read_statement(payload)
    certificate_schema("statement").validate(statement)
    own: dict[str, Any] = statement["predicate"]["certhook"]
    return own


def test_a_run_signs_its_verdict(tmp_path: Path, pair: KeyPair) -> None:
    """The certificate of a run in two workers states what its result.json does, and `sign` makes the same one again."""
    ended = certhook("run", "klas", "--embedded", "-n", "2", *FEW, cwd=tmp_path)
    assert ended.status == 0, ended.said
    assert "certificate.json" in ended.out
    run = tmp_path / "out"
    own, result = stated(run, pair), result_in(run)
    assert (own["verdict"], own["target"], own["seed"]) == ("certified", result["target"], 0)
    assert [one["id"] for one in own["requirements"]] == [one["id"] for one in result["requirements"]]
    assert certificate_of(run, private_key(pair.private)).data == (run / "certificate.json").read_bytes()
    found = certhook("verify", "out/certificate.json", "--key", "ops.pub", "--target", result["target"], cwd=tmp_path)
    assert found.status == 0, found.said


def test_a_run_that_fails_signs_that(tmp_path: Path, pair: KeyPair) -> None:
    """Under plain pytest too, a run against a faulty target is signed as not certified."""
    words = ("--protocol", "klas", "--fault", "signature-prefix", "--max-examples", "0", "--group", "signature")
    ended = pytest_suites(*words, *FEW[-4:], cwd=tmp_path)
    assert ended.status == 1, ended.said
    own = stated(tmp_path / "out", pair)
    assert own["verdict"] == "not-certified"
    failed = [one["id"] for one in own["requirements"] if one["outcome"] == "failed"]
    assert "klas.signature.prefix" in failed
    found = certhook("verify", "out/certificate.json", "--key", "ops.pub", cwd=tmp_path)
    assert (found.status, "authentic, but: not certified" in found.out) == (1, True)


def test_a_certificate_of_a_part_says_so(tmp_path: Path, pair: KeyPair) -> None:
    """Who selects requirements gets a certificate that gives notice of it."""
    ended = certhook("run", "klas", "--embedded", *FEW, cwd=tmp_path)
    assert ended.status == 0, ended.said
    own = stated(tmp_path / "out", pair)
    selected = len(own["requirements"])
    assert f"only {selected} of " in own["notices"][-1]
    assert own["notices"] == result_in(tmp_path / "out")["notices"]


def test_every_protocol_is_signed(tmp_path: Path, pair: KeyPair) -> None:
    """`run --all` signs each protocol's run in its own folder."""
    ended = certhook("run", "--all", "--embedded", *FEW, cwd=tmp_path)
    assert ended.status == 0, ended.said
    verdicts = {path.name: stated(path, pair)["verdict"] for path in (tmp_path / "out").iterdir()}
    assert set(verdicts.values()) == {"certified"}
    assert len(verdicts) == 4
