"""`certhook run --all`: one run per protocol, and a table that sums them up."""

from __future__ import annotations

import json
from pathlib import Path

from certhook.pack.loading import protocols
from tests.running import certhook

QUICK = ("--max-examples", "0", "--group", "methods")


def test_every_protocol_is_certified_and_summed_up(tmp_path: Path) -> None:
    """Each protocol leaves a folder of its own, and has its line in the table."""
    ended = certhook("run", "--all", "--embedded", *QUICK, "--output", str(tmp_path / "all"), cwd=tmp_path)
    assert ended.status == 0, ended.said
    table = ended.out.splitlines()[-len(protocols()) :]
    for protocol, line in zip(protocols(), table, strict=True):
        result = json.loads((tmp_path / "all" / protocol / "result.json").read_text(encoding="utf-8"))
        assert result["verdict"] == "certified"
        assert line.split()[:2] == [protocol, "certified"]


def test_a_target_of_one_protocol_is_not_for_all(tmp_path: Path) -> None:
    """A target and a profile belong to one protocol: --all without --embedded is wrong usage."""
    ended = certhook("run", "--all", "--target", "http://127.0.0.1:9", cwd=tmp_path)
    assert ended.status == 2
    assert ended.err.startswith("certhook: --all goes with --embedded")


def test_one_protocol_or_all(tmp_path: Path) -> None:
    """A protocol together with --all, or neither, is wrong usage."""
    for words in (("klas", "--all", "--embedded"), ("--embedded",)):
        ended = certhook("run", *words, cwd=tmp_path)
        assert ended.status == 2
        assert len(ended.err.splitlines()) == 1
