"""Whatever a target answers, it is judged, and all that is written of it can be read by those whom it is for."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from _pytest.junitxml import LogXML
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.console import Console

from certhook.attesting.statement import canonical, contradictions, read_statement, statement_of
from certhook.exchange import Exchange, Failure, Response
from certhook.pack.loading import protocols
from certhook.plugin.allure_results import AllureResults
from certhook.recording.journal import read_journal
from certhook.recording.record import body_bytes
from certhook.recording.results import result_bytes, write_result
from certhook.reference import profile
from certhook.reporting.allure_writer import AllureFiles
from certhook.reporting.curl import curl_command
from certhook.reporting.exchange_text import exchange_text
from certhook.reporting.har import write_har
from certhook.reporting.page.rendering import write_page
from certhook.reporting.table import print_summary
from certhook.running.certification import Certification, timestamp_now
from certhook.running.head import head_of
from certhook.running.items import Item, conclude
from tests.certifying import certifying
from tests.fuzzed.answers import answers
from tests.recording.lines import schema

HAR = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "reporting" / "har-1.2.schema.json").read_text(encoding="utf-8"))
)
ENDINGS = (pytest.fail.Exception, pytest.xfail.Exception, pytest.skip.Exception)
STARTED = datetime(2026, 11, 21, 10, tzinfo=UTC)


@contextmanager
def written(
    protocol: str, given: list[Response | Failure]
) -> Iterator[tuple[Path, Certification, list[pytest.TestReport]]]:
    """The folder of a run in which the first cases were answered so, and the reports of its tests."""
    with (
        tempfile.TemporaryDirectory() as name,
        certifying(Path(name), profile(protocol, "http://127.0.0.1:9"), protocol=protocol) as certification,
    ):
        certification.journal.write("run", **head_of(certification))
        allure = AllureResults(AllureFiles(Path(name) / "allure-results"))
        reports = [_judged(certification, number, answer, allure) for number, answer in enumerate(given, 1)]
        certification.journal.write("end", ended=timestamp_now(), interrupted=None)
        yield Path(name), certification, reports


def _judged(
    certification: Certification, number: int, answer: Response | Failure, allure: AllureResults
) -> pytest.TestReport:
    """What an executor does with an answer, without a target."""
    case = certification.cases[number * 37 % len(certification.cases)]
    request, _ = certification.builder.build_from(case.operation, case.change)
    exchange = Exchange(number, case.id, request, answer, STARTED, 0.01)
    certification.journal.exchange(exchange, f"http://127.0.0.1:9{request.target}")
    judge = certification.judge
    read = judge.read(exchange, case.change)
    judgements = [*judge.asks(case.asks, exchange, read, case.change), *judge.invariants(exchange, read, case.change)]
    outcomes = [certification.outcome_of(one, case.change.says) for one in judgements]
    item = Item(case.id, certification, case.group, case.operation, (), case)

    def run() -> None:
        conclude(item, outcomes)

    call = pytest.CallInfo.from_call(run, "call")
    assert call.excinfo is None or isinstance(call.excinfo.value, ENDINGS)
    outcome = "passed" if call.excinfo is None else "failed"
    told = str(call.excinfo.value) if call.excinfo else None
    report = pytest.TestReport(case.id, ("suite", 1, case.id), {}, outcome, told, "call", start=0, stop=1)  # type: ignore[arg-type]
    allure.write(item, certification.ended.pop(case.id), call, report)
    return report


FUZZ = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a whole run takes too long to be shrunk
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
lists = st.lists(answers, min_size=1, max_size=8)


@pytest.mark.parametrize("protocol", protocols())
@FUZZ
@given(answered=lists)
def test_any_answer_is_judged_and_reported(protocol: str, answered: list[Response | Failure]) -> None:
    """No answer makes the judge or a report fail, and each file is what its readers take it for."""
    with written(protocol, answered) as (folder, _, reports):
        result = write_result(folder)
        schema("result").validate(json.loads((folder / "result.json").read_bytes()))
        for line in read_journal(folder / "journal.ndjson"):
            schema("journal").validate(line)
        assert result["requests"] == len(answered)
        check_har(folder, len(answered))
        check_texts(folder)
        check_table(result, folder)
        check_junit(folder, reports)
        check_page(folder, result)
        check_statement(result)


def check_har(folder: Path, number: int) -> None:
    """HAR 1.2, with every exchange."""
    har = json.loads(write_har(folder).read_bytes())
    HAR.validate(har)
    assert len(har["log"]["entries"]) == number


def check_texts(folder: Path) -> None:
    """What people read of an exchange has no control characters, and Allure's results are JSON."""
    for record in read_journal(folder / "journal.ndjson", "exchange"):
        assert not _controls(exchange_text(record))
        assert not _controls(curl_command(record))
    for path in (folder / "allure-results").glob("*.json"):
        json.loads(path.read_bytes())
    for path in (folder / "allure-results").glob("*.txt"):
        assert not _controls(path.read_text(encoding="utf-8"))


def _controls(text: str) -> str:
    return "".join(character for character in text if not character.isprintable() and character != "\n")


_STYLES = re.compile(r"\x1b\[[0-9;]*m")


def check_table(result: dict[str, Any], folder: Path) -> None:
    """No line but those to be copied is wider than the terminal, which is sent nothing but rich's own styles."""
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard", highlight=False)
    print_summary(console, result, folder)
    text = _STYLES.sub("", console.file.getvalue())  # type: ignore[attr-defined]
    assert not _controls(text)
    copied = {line for one in result["requirements"] for found in one["findings"] for line in [found["curl"]]}
    wide = [line for line in text.splitlines() if len(line) > 80 and line not in copied]
    assert all(line.startswith(("certhook run", "failed ", "warned ", "blocked ")) for line in wide), wide


def check_junit(folder: Path, reports: list[pytest.TestReport]) -> None:
    """Pytest's own writer makes well-formed XML of the tests' messages."""
    path = folder / "junit.xml"
    log = LogXML(str(path), None)
    log.pytest_sessionstart()
    for report in reports:
        log.pytest_runtest_logreport(report)
    log.pytest_sessionfinish()
    suite = ET.parse(path).getroot()  # noqa: S314 - what was just written
    assert len(suite.findall(".//testcase")) == len({report.nodeid for report in reports})


class _Page(HTMLParser):
    """Counts what a page runs and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.active += [name for name, _ in attrs if name.startswith("on") or name in ("src", "srcdoc")]


def check_page(folder: Path, result: dict[str, Any]) -> None:
    """The page is UTF-8, and holds no script but its own."""
    page = _Page()
    page.feed(write_page(folder, result).read_text(encoding="utf-8"))
    assert (page.scripts, page.active) == (1, [])


def check_statement(result: dict[str, Any]) -> None:
    """The statement of the result is one, and says of the whole what its parts say."""
    statement = statement_of(result, result_bytes(result))
    assert list(contradictions(read_statement(canonical(statement)))) == []


@pytest.mark.parametrize("protocol", protocols())
@settings(FUZZ, max_examples=12)
@given(number=st.integers(0, 10_000))
def test_a_shell_reads_a_command_back(protocol: str, number: int) -> None:
    """A shell splits the command of an exchange into the words that curl needs to send the same bytes."""
    with (
        tempfile.TemporaryDirectory() as name,
        certifying(Path(name), profile(protocol, "http://127.0.0.1:9"), protocol=protocol) as one,
    ):
        case = one.cases[number % len(one.cases)]
        request, _ = one.builder.build_from(case.operation, case.change)
        record = one.recorded(Exchange(1, case.id, request, Response(200, (), b""), STARTED, 0.0))
    command = curl_command(record)
    if record["request"]["body"]["bytes"] <= 2048:
        shown = 'curl() { printf \'%s\\0\' "$@"; case "$*" in *@-*) cat;; esac; }; ' + command
        out = subprocess.run(["bash", "-c", shown], capture_output=True, check=True).stdout  # noqa: S607
        *words, fed = out.split(b"\0") if b"--data-binary\0@-\0" not in out else [*_words(out)]
        body = (
            fed if b"@-" in words else (words[words.index(b"--data-binary") + 1] if b"--data-binary" in words else b"")
        )
        assert body == (body_bytes(record["request"]["body"]) if record["request"]["body"]["bytes"] else b"")
        assert record["request"]["url"].encode() in words
    if "$'" not in command:
        assert record["request"]["url"] in shlex.split(command)


def _words(out: bytes) -> list[bytes]:
    """The words of a command that takes the body from its input, and the body."""
    head, at, rest = out.partition(b"--data-binary\0@-\0")
    url, _, body = rest.partition(b"\0")
    return [*head.split(b"\0")[:-1], *at.split(b"\0")[:-1], url, body]


HUGE = {
    "digits": b"9" * (8 << 20),
    "digits in a member": b'{"balance":' + b"9" * (8 << 20) + b"}",
    "nested arrays": b"[" * 100_000,
    "nested and closed": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"a":' * 100_000,
    "one member a million times": b"{" + b",".join([b'"status_code":"OK"'] * 400_000) + b"}",
    "one text": b'{"status_code":"' + b"\\u0000" * 1_300_000 + b'"}',
    "an exponent": b'{"balance":1e' + b"9" * 1_000_000 + b"}",
}


@pytest.mark.parametrize("protocol", protocols())
@pytest.mark.parametrize("name", HUGE)
def test_huge_answers_are_judged_in_bounded_time(name: str, protocol: str) -> None:
    """An answer as large as the transport lets through takes seconds at most, and little room in what is written."""
    before = time.process_time()
    with written(protocol, [Response(200, (("Content-Type", "application/json"),), HUGE[name])]) as (folder, _, _):
        result = write_result(folder)
        assert time.process_time() - before < 10
        assert (folder / "journal.ndjson").stat().st_size < 300_000
        schema("result").validate(result)
