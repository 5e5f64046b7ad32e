"""What a seed settles, and what it must not: too many runs for every day, see tox's environment `nightly`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from certhook.pack.loading import protocols
from certhook.reference import variants
from tests.embedded_runs import embedded_run

SEEDS = range(1, 11)
TURNS = 20
FAULTY = {
    "klas": "root-crash",
    "evi": "query-by-hand-crash",
    "evenbet": "percent-crash",
    "fargames": "malformed-crash",
}


def _findings(result: dict[str, Any]) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Outcome and findings of each requirement, without what differs from run to run."""
    return {
        one["id"]: (one["outcome"], [(each["expected"], each["observed"]) for each in one["findings"]])
        for one in result["requirements"]
    }


@pytest.mark.parametrize(("protocol", "fault"), FAULTY.items())
def test_runs_with_one_seed_say_the_same(protocol: str, fault: str, tmp_path: Path) -> None:
    """Twenty runs with one seed give one verdict, one set of outcomes and one set of findings."""
    runs = [embedded_run(protocol, tmp_path / str(turn), "--fault", fault, "--seed", "7") for turn in range(TURNS)]
    assert {status for status, _ in runs} == {1}
    first = _findings(runs[0][1])
    assert [_findings(result) for _, result in runs[1:]] == [first] * (TURNS - 1)


@pytest.mark.parametrize(("protocol", "name"), [(one, name) for one in protocols() for name in variants(one)], ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_seed_accuses_a_legal_variant(protocol: str, name: str, seed: int, tmp_path: Path) -> None:
    """Whatever the fuzzer draws, no choice that a document leaves open fails a MUST."""
    status, result = embedded_run(protocol, tmp_path / "run", "--variant", name, "--seed", str(seed))
    assert status == 0, [one["id"] for one in result["requirements"] if one["outcome"] in {"failed", "blocked"}]
