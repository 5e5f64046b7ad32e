"""The files beside Allure's results say of the run what is true, in their formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certhook.recording.results import result_of
from certhook.reporting.allure_files import CATEGORIES, executor_of, properties, write_allure_files
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
    """All three files are written, and say protocol, target and verdict."""
    write_allure_files(tmp_path, result, {})
    folder = tmp_path / "allure-results"
    assert sorted(path.name for path in folder.iterdir()) == [
        "categories.json",
        "environment.properties",
        "executor.json",
    ]
    environment = _read((folder / "environment.properties").read_text(encoding="ascii"))
    assert environment["target"] == "http://target.example/"
    assert (environment["verdict"], environment["version.certhook"]) == ("certified", "0")
    assert json.loads((folder / "executor.json").read_bytes())["reportName"] == "certhook klas: certified"
    assert len(json.loads((folder / "categories.json").read_bytes())) == len(CATEGORIES)


def test_ci_systems(result: Line) -> None:
    """In CI the executor is the CI system's build, with a link where there is one."""
    gitlab = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_IID": "12",
        "CI_PROJECT_PATH": "a/b",
        "CI_PIPELINE_URL": "https://ci/12",
    }
    built = executor_of(result, gitlab)
    assert (built["type"], built["name"], built["buildName"], built["buildOrder"]) == (
        "gitlab",
        "a/b",
        "gitlab #12",
        12,
    )
    assert built["buildUrl"] == "https://ci/12"
    assert "buildUrl" not in executor_of(result, {"GITHUB_ACTIONS": "true"})


@pytest.mark.parametrize("message", ["blocked: gone", "TypeError: x"])
def test_broken_cases_have_one_category(message: str) -> None:
    """A broken case is either blocked or a defect of the suite, never both."""
    broken = [each for each in CATEGORIES if each.get("matchedStatuses") == ["broken"]]
    assert sum(bool(re.fullmatch(str(each["messageRegex"]), message)) for each in broken) == 1
