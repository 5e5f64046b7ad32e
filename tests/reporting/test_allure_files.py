"""The files beside Allure's results say of the run what is true, in their formats."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certhook import __version__
from certhook.recording.results import result_of
from certhook.reporting.allure_files import (
    CATEGORIES,
    environment_of,
    executor_of,
    properties,
    write_allure_files,
)
from tests.recording.lines import Line, case_line, end_line, journal_at, run_line

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def _read(text: str) -> dict[str, str]:
    """Read properties as Java does, as far as what is written here needs."""
    found = {}
    for line in re.split(r"\n", text)[:-1]:
        key, value = re.fullmatch(r"((?:[^\\=: ]|\\.)*)=(.*)", line).groups()  # type: ignore[union-attr]
        found[_unescaped(key)] = _unescaped(value.lstrip(" \t\f"))
    return found


def _unescaped(text: str) -> str:
    named = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
    plain = re.sub(
        r"\\(?:u([0-9a-f]{4})|(.))", lambda it: chr(int(it[1], 16)) if it[1] else named.get(it[2], it[2]), text
    )
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


@given(values=st.dictionaries(texts.filter(bool), texts, max_size=4))
@example(values={"# a": " =:!\\", "\U0001f511": "line\nline\r"})
def test_properties_are_read_back(values: dict[str, str]) -> None:
    """Whatever a key or value holds, Java reads it back, from one ASCII line."""
    text = properties(values)
    assert text.isascii()
    assert text.count("\n") == len(values)
    assert _read(text) == values


@pytest.fixture
def result(tmp_path: Path) -> Line:
    """A result."""
    return result_of(journal_at(tmp_path / "journal.ndjson", run_line(), case_line(), end_line()))


def test_all_files(tmp_path: Path, result: Line) -> None:
    """All three files are written, and say protocol, target, verdict and who ran it."""
    folder = tmp_path / "allure-results"
    write_allure_files(folder, [result], {})
    assert sorted(path.name for path in folder.iterdir()) == [
        "categories.json",
        "environment.properties",
        "executor.json",
    ]
    environment = _read((folder / "environment.properties").read_text(encoding="ascii"))
    assert environment["target"] == "http://target.example/"
    assert (environment["verdict"], environment["version.certhook"]) == ("certified", "0")
    assert environment["requirements"] == "1 passed"
    assert json.loads((folder / "executor.json").read_bytes()) == {
        "name": f"certhook {__version__}",
        "type": "certhook",
    }
    assert len(json.loads((folder / "categories.json").read_bytes())) == len(CATEGORIES)


def test_several_protocols_are_kept_apart(result: Line) -> None:
    """Where runs share the results, what is said of each stands under its protocol."""
    shown = environment_of([result, result | {"protocol": "evi", "verdict": "incomplete"}])
    assert (shown["klas.verdict"], shown["evi.verdict"]) == ("certified", "incomplete")
    assert shown["version.certhook"] == "0"


def test_ci_systems() -> None:
    """In CI the executor is the CI system's build, with a link where there is one."""
    gitlab = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_IID": "12",
        "CI_PROJECT_PATH": "a/b",
        "CI_PIPELINE_URL": "https://ci/12",
    }
    built = executor_of(gitlab)
    assert (built["type"], built["name"], built["buildName"], built["buildOrder"]) == (
        "gitlab",
        "a/b",
        "gitlab #12",
        12,
    )
    assert built["buildUrl"] == "https://ci/12"
    assert "buildUrl" not in executor_of({"GITHUB_ACTIONS": "true"})


@pytest.mark.parametrize(
    ("status", "message", "category"),
    [
        ("failed", "failed: it", "A MUST was not met: this fails the certification"),
        ("skipped", "warned: it\n  blocked: not", "A SHOULD was not met: a warning"),
        ("skipped", "waived: it", "Waived"),
        ("broken", "blocked: it\n  clause:   c\n  reason:   h port 1 cannot be reached (no)", "Target unreachable"),
        ("broken", "blocked: it\n  reason:   the target went away: no", "Target unreachable"),
        ("broken", "blocked: it cannot be reached\n  reason:   flaky", "Blocked: could not be judged"),
        ("skipped", "not tested: it", "Not tested"),
        ("skipped", "not applicable: it", "Not applicable"),
        ("broken", "TypeError: blocked: it", "Defect of certhook, not of the target"),
        ("failed", "ValueError: x", "Defect of certhook, not of the target"),
    ],
)
@pytest.mark.parametrize("matches", [re.search, re.fullmatch])
def test_a_case_has_one_category(status: str, message: str, category: str, matches: Any) -> None:
    """Whether Allure searches a message or matches the whole of it, one category fits, the right one."""
    found = [
        each["name"]
        for each in CATEGORIES
        if status in each.get("matchedStatuses", [status]) and matches(str(each["messageRegex"]), message)
    ]
    assert found == [category]
