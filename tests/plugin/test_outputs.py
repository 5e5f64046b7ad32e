"""What a run writes: every file there, valid, in step with the others, and without the secret."""

from __future__ import annotations

import base64
import hashlib
import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from certhook.pack.loading import load_pack
from certhook.places import schemas_dir
from certhook.recording.results import result_of
from certhook.reference.klas.target import KlasTarget
from tests.running import FEW, Ended, certhook, result_in

SECRET = KlasTarget.secret
WORDS = ("run", "klas", "--embedded", "--fault", "signature-prefix", *FEW)


@dataclass(frozen=True)
class Run:
    """A run that has ended, and what it left."""

    folder: Path
    ended: Ended

    @cached_property
    def allure(self) -> list[dict[str, Any]]:
        """Allure's results."""
        return [json.loads(path.read_text()) for path in (self.folder / "allure-results").glob("*-result.json")]

    @cached_property
    def journal(self) -> list[dict[str, Any]]:
        """The journal's lines."""
        return [json.loads(line) for line in (self.folder / "journal.ndjson").read_text().splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run against a target with a fault, on two workers."""
    folder = tmp_path_factory.mktemp("run")
    return Run(folder / "out", certhook(*WORDS, "-n", "2", "--output", "out", cwd=folder))


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same run in one process."""
    folder = tmp_path_factory.mktemp("again")
    return Run(folder / "out", certhook(*WORDS, "--output", "out", cwd=folder))


def validator(name: str) -> Draft202012Validator:
    """The validator for a schema of the project."""
    return Draft202012Validator(json.loads((schemas_dir() / f"{name}.schema.json").read_text()))


def test_everything_is_there(run: Run) -> None:
    """A run leaves the documented files and pytest's own words, and nothing else."""
    names = {path.name for path in run.folder.iterdir()}
    assert names == {"result.json", "journal.ndjson", "exchanges.har", "junit.xml", "allure-results", "pytest.log"}


def test_each_exchange_has_a_number_of_its_own(run: Run, again: Run) -> None:
    """A finding names one exchange: neither the doctor nor another worker has the same number."""
    for one in (run, again):
        numbers = [line["number"] for line in one.journal if line["kind"] == "exchange"]
        assert len(numbers) == len(set(numbers)) == result_in(one.folder)["requests"]


def test_workers_change_neither_verdict_nor_counts(run: Run, again: Run) -> None:
    """Two workers come to what one process comes to, requirement by requirement."""
    first, second = result_in(run.folder), result_in(again.folder)
    assert run.ended.status == again.ended.status == 1
    assert first["counts"] == second["counts"]
    assert [(one["id"], one["outcome"]) for one in first["requirements"]] == [
        (one["id"], one["outcome"]) for one in second["requirements"]
    ]


def test_the_result_fits_its_schema(run: Run) -> None:
    """result.json is what its schema says, and what the journal alone says."""
    result = result_in(run.folder)
    validator("result").validate(result)
    assert result == result_of(run.folder / "journal.ndjson")
    assert [one["id"] for one in result["requirements"]] == [one.id for one in load_pack("klas").requirements]


def test_the_journal_fits_its_schema(run: Run) -> None:
    """Every line of the journal is what its schema says; the first is the run's, the last its end."""
    lines = validator("journal")
    for line in run.journal:
        lines.validate(line)
    assert (run.journal[0]["kind"], run.journal[-1]["kind"]) == ("run", "end")


def test_exchanges_are_numbered_once(run: Run) -> None:
    """No two workers give an exchange the same number, and findings lead to exchanges."""
    exchanges = [line for line in run.journal if line["kind"] == "exchange"]
    numbers = [line["number"] for line in exchanges if not line["case"].endswith(".doctor")]
    assert len(set(numbers)) == len(numbers)
    findings = [found for one in result_in(run.folder)["requirements"] for found in one["findings"]]
    assert findings
    assert {found["exchange"] for found in findings} <= set(numbers)


def test_every_planned_case_ended_once(run: Run) -> None:
    """What was collected is what ended."""
    planned = [case["case"] for line in run.journal if line["kind"] == "plan" for case in line["cases"]]
    ended = [line["case"] for line in run.journal if line["kind"] == "case"]
    assert sorted(planned) == sorted(ended)
    assert len(set(ended)) == len(ended)


def test_the_har_holds_every_exchange(run: Run) -> None:
    """exchanges.har is JSON with one entry per exchange of the journal."""
    har = json.loads((run.folder / "exchanges.har").read_text())
    assert len(har["log"]["entries"]) == len([line for line in run.journal if line["kind"] == "exchange"])


def test_junit_parses_and_agrees(run: Run) -> None:
    """junit.xml has one test case per case, and fails those that the result fails."""
    (suite,) = ET.parse(run.folder / "junit.xml").getroot()  # noqa: S314 - our own file
    ended = {line["case"]: line["outcomes"] for line in run.journal if line["kind"] == "case"}
    assert len(suite.findall("testcase")) == len(ended)
    failing = [one for one in ended.values() if any(outcome["outcome"] == "failed" for outcome in one)]
    assert len(suite.findall("testcase/failure")) == len(failing) > 0


def test_allure_has_a_result_per_case(run: Run) -> None:
    """Each case is a result with an identity of its own that is the same in every run."""
    ended = {line["case"] for line in run.journal if line["kind"] == "case"}
    identities = {hashlib.sha256(f"klas-{case}".encode()).hexdigest()[:32] for case in ended}
    assert {one["historyId"] for one in run.allure} == identities
    assert {one["name"] for one in run.allure} == ended


def test_identities_hang_on_nothing_but_the_case(run: Run, again: Run) -> None:
    """Whatever the number of workers, a case keeps its history, and no result shows an object's address."""
    assert {one["historyId"] for one in run.allure} == {one["historyId"] for one in again.allure}
    assert not any(" at 0x" in json.dumps(one) for one in run.allure)


def labels(result: dict[str, Any], name: str) -> list[str]:
    """The values of a label."""
    return [one["value"] for one in result["labels"] if one["name"] == name]


def test_allure_results_are_labelled(run: Run) -> None:
    """Epic is the protocol, feature the group, stories the requirements, and severity follows the level."""
    levels = {one.id: one.level for one in load_pack("klas").requirements}
    for result in run.allure:
        assert labels(result, "epic") == ["klas: Klas Gaming, Authenticate"]
        (feature,) = labels(result, "feature")
        stories = [story.split(": ")[0] for story in labels(result, "story")]
        assert result["name"].split(".")[1] == feature
        assert stories
        must = any(levels[story] == "MUST" for story in stories)
        assert labels(result, "severity") == ["critical" if must else "minor"]
        assert "Clause: " in result["description"]
        assert {one["name"] for one in result["labels"]} == {"epic", "feature", "story", "severity"}


def test_a_failed_case_accuses_what_it_failed(run: Run) -> None:
    """A case stands under the requirements that it found unmet, and its message begins with what it came to."""
    ended = {line["case"]: line["outcomes"] for line in run.journal if line["kind"] == "case"}
    failed = [one for one in run.allure if one["status"] == "failed"]
    assert failed
    for result in failed:
        unmet = {one["requirement"] for one in ended[result["name"]] if one["outcome"] != "passed"}
        assert {story.split(": ")[0] for story in labels(result, "story")} == unmet
        assert result["statusDetails"]["message"].startswith("failed: klas.")
        assert "Outcome: failed" in result["description"]


def test_no_message_tells_of_python(run: Run) -> None:
    """Neither an exception's name nor a path of this machine stands in what a case came to."""
    told = [one["statusDetails"] for one in run.allure if one["status"] != "passed"]
    assert {one["message"].partition(": ")[0] for one in told} == {"failed", "not applicable"}
    assert not any("trace" in one for one in told)


def test_a_failed_case_shows_its_exchange(run: Run) -> None:
    """The exchange that decided a case is attached as text, request and answer, redacted."""
    failed = [one for one in run.allure if one["status"] == "failed"]
    assert failed
    for result in failed:
        (attachment,) = result["attachments"]
        assert attachment["type"] == "text/plain"
        text = (run.folder / "allure-results" / attachment["source"]).read_text()
        assert "> POST http://127.0.0.1" in text
        assert "< HTTP/1.1 200" in text
        assert "X-Signature: ***" in text


def test_every_case_that_was_sent_shows_an_exchange(run: Run) -> None:
    """Not only failures: whatever a case sent can be read in its result."""
    sent = {line["case"] for line in run.journal if line["kind"] == "case" and line["exchanges"]}
    assert {one["name"] for one in run.allure if one.get("attachments")} == sent


def test_allure_has_environment_categories_and_executor(run: Run) -> None:
    """The report's first page knows protocol, target and verdict; statuses have categories; somebody ran it."""
    folder = run.folder / "allure-results"
    assert "verdict=not-certified" in (folder / "environment.properties").read_text()
    assert json.loads((folder / "categories.json").read_text())
    assert json.loads((folder / "executor.json").read_text())["name"].startswith("certhook ")


SPELLINGS = {"plain": SECRET, "base64": base64.b64encode(SECRET).rstrip(b"="), "hex": SECRET.hex().encode()}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_secret_is_in_none_of_the_files(run: Run, spelling: str) -> None:
    """Neither a file of the run nor the terminal has the secret."""
    for path in run.folder.rglob("*"):
        assert path.is_dir() or SPELLINGS[spelling] not in path.read_bytes(), path
    assert SPELLINGS[spelling].decode() not in run.ended.said


def test_no_right_signature_is_recorded(run: Run) -> None:
    """A recorded request cannot be sent again by who finds the files: its signature is masked."""
    for line in run.journal:
        if line["kind"] == "exchange":
            values = [value for name, value in line["request"]["headers"] if name.lower() == "x-signature"]
            assert all(value.startswith("***") or not value for value in values)
