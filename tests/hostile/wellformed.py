"""What a run leaves can be opened without fear: each file is what it says that it is, and nothing of it is obeyed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from certhook.recording.file_names import OUTPUTS
from certhook.recording.journal import read_journal
from tests.recording.lines import schema

HAR = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "reporting" / "har-1.2.schema.json").read_text(encoding="utf-8"))
)


def assert_well_formed(folder: Path) -> dict[str, Any]:
    """Every file of a finished run is whole, by its schema or its parser, and in step with the journal; the result."""
    result = json.loads((folder / "result.json").read_bytes())
    schema("result").validate(result)
    lines = list(read_journal(folder / "journal.ndjson"))
    for line in lines:
        schema("journal").validate(line)
    har = json.loads((folder / "exchanges.har").read_bytes())
    HAR.validate(har)
    assert len(har["log"]["entries"]) == sum(line["kind"] == "exchange" for line in lines) == result["requests"]
    (suite,) = ET.parse(folder / "junit.xml").getroot()  # noqa: S314 - our own file
    assert int(suite.get("tests", "0")) == len(suite.findall("testcase"))
    for path in (folder / "allure-results").glob("*.json"):
        json.loads(path.read_bytes())
    assert_harmless(folder)
    return result  # type: ignore[no-any-return] # JSON


def assert_harmless(folder: Path) -> None:
    """No file has a name that the target chose, or control characters in it that a terminal would obey."""
    assert {path.name for path in folder.iterdir()} <= {*OUTPUTS, "examples"}
    for path in files(folder):
        if "examples" not in path.relative_to(folder).parts:  # Hypothesis keeps its own bytes there
            assert not obeyed(path.read_bytes().decode("utf-8")), path


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder."""
    return (path for path in folder.rglob("*") if path.is_file())


def obeyed(text: str) -> set[str]:
    """The characters of a text that a terminal takes for commands."""
    return {character for character in text if not character.isprintable() and character not in "\n\t"}
