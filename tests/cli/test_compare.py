"""`certhook compare`: two real runs, held against each other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recording.lines import schema
from tests.running import Ended, certhook, inline

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
SMALL = ("--group", "methods", "--max-examples", "0")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certified run, one of a target with a fault, and one of another protocol."""
    folder = tmp_path_factory.mktemp("runs")
    certhook("run", "klas", "--embedded", "--output", "good", *SMALL, cwd=folder)
    certhook("run", "klas", "--embedded", "--fault", "get-accepted", "--output", "bad", *SMALL, cwd=folder)
    certhook("run", "evi", "--embedded", "--output", "evi", *SMALL, cwd=folder)
    return folder


@pytest.fixture
def compare(runs: Path, monkeypatch: Patch, capfd: Capture) -> Callable[..., Ended]:
    """Run `certhook compare` in the folder of the runs."""
    return lambda *words: inline(monkeypatch, capfd, "compare", *words, cwd=runs)


def test_a_regression_ends_with_1(compare: Callable[..., Ended]) -> None:
    """A target that accepts GET now is worse: the requirement is named with the command that shows it."""
    ended = compare("good", "bad")
    assert ended.status == 1
    assert "klas.methods.not-accepted  MUST passed -> failed" in ended.out
    assert "certhook replay bad " in ended.out
    assert "the targets differ" in ended.out
    assert ended.err == ""


def test_a_fix_ends_with_0(compare: Callable[..., Ended]) -> None:
    """The other way round nothing is worse, in text as in Markdown, from folders as from files."""
    for words in (("bad", "good"), ("bad/result.json", "good/result.json", "--markdown"), ("good", "good/result.json")):
        ended = compare(*words)
        assert ended.status == 0, ended.said
        assert "no requirement regressed" in ended.out


def test_json_for_programs(compare: Callable[..., Ended]) -> None:
    """What is printed with --json is what the schema says."""
    found = json.loads(compare("good", "bad", "--json").out)
    schema("comparison").validate(found)
    (comparison,) = found["comparisons"]
    assert "klas.methods.not-accepted" in [one["id"] for one in comparison["regressions"]]
    assert found["regressed"]


def test_a_killed_run_counts_as_far_as_it_came(runs: Path, compare: Callable[..., Ended]) -> None:
    """Where only a journal was left, the result is made from that; what it does not say any more is worse."""
    killed = runs / "killed"
    killed.mkdir()
    lines = (runs / "good" / "journal.ndjson").read_bytes().splitlines(keepends=True)
    (killed / "journal.ndjson").write_bytes(b"".join(lines[: len(lines) // 2]))
    ended = compare("good", "killed")
    assert ended.status == 1
    assert "klas: certified -> incomplete" in ended.out
    assert "reason: not finished when the run ended" in ended.out


def test_folders_of_runs_are_compared_in_turn(runs: Path, compare: Callable[..., Ended]) -> None:
    """Each protocol is held against itself; one that was not run again is a regression, a new one is not."""
    for folder, names in {"monday": ("good", "evi"), "tuesday": ("good", "evi"), "wednesday": ("good",)}.items():
        for name in names:
            shutil.copytree(runs / name, runs / folder / name)
    same, less, more = compare("monday", "tuesday"), compare("monday", "wednesday"), compare("wednesday", "monday")
    assert (same.status, less.status, more.status) == (0, 1, 0)
    assert same.out.index("evi: no requirement regressed") < same.out.index("klas: no requirement regressed")
    assert "evi: was not run again" in less.out
    assert "evi: was not run before" in more.out


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing there": (("good", "nowhere"), "nowhere"),
    "no run": (("good", "letters"), "letters: holds no run"),
    "two protocols": (("good", "evi"), "klas in OLD, evi in NEW"),
    "two forms": (("good", "bad", "--json", "--markdown"), "exclude each other"),
    "one and several": (("good", "."), "good: is one run"),
    "several of one protocol": ((".", "."), "holds several runs of 'klas'"),
    "cut": (("good", "cut.json"), "cut.json: not the result of a run: it is truncated"),
    "foreign": (("good", "foreign.json"), "foreign.json: not a result that certhook"),
    "newer": (("good", "newer.json"), "(certhook '99.0' wrote it)"),
    "counts changed": (("good", "counts.json"), "was changed after the run: its counts"),
    "verdict changed": (("good", "verdict.json"), "was changed after the run: its verdict"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_what_is_no_run_is_one_line(mistake: str, runs: Path, compare: Callable[..., Ended]) -> None:
    """Whatever cannot be compared ends with 2 and one line that names it."""
    result = json.loads((runs / "bad" / "result.json").read_bytes())
    (runs / "letters").mkdir(exist_ok=True)
    files = {
        "cut": json.dumps(result)[:-9],
        "foreign": "[1]",
        "newer": json.dumps({**result, "versions": {"certhook": "99.0"}, "grade": "A"}),
        "counts": json.dumps({**result, "counts": {**result["counts"], "failed": 0}}),
        "verdict": json.dumps({**result, "verdict": "certified"}),
    }
    for name, text in files.items():
        (runs / f"{name}.json").write_text(text, encoding="utf-8")
    words, expected = WRONG[mistake]
    ended = compare(*words)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert expected in ended.err
