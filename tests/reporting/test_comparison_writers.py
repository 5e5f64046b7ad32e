"""A comparison can be read in a terminal, a pull request and a chat, whatever a target said."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from certhook.recording.results import result_of
from certhook.reporting.comparison import Comparisons, compared
from certhook.reporting.comparison_markdown import as_markdown, code
from certhook.reporting.comparison_text import print_comparisons
from tests.recording.lines import (
    MUST,
    SHOULD,
    Line,
    case_line,
    end_line,
    exchange_line,
    journal_at,
    outcome,
    requirement,
    run_line,
)

HOSTILE = "\x1b[2J</td>`` @everyone #1 [x](javascript:alert(1)) ![](http://evil.example)\n# big\u202e"


@pytest.fixture
def comparisons(tmp_path: Path) -> Any:
    """The comparison of a run that passed with one that failed, and said something."""

    def build(observed: str = "HTTP 200 with OK", **head: Any) -> Comparisons:
        def run(case: Line, elapsed_ms: float, **more: Any) -> Line:
            lines = (run_line(**more), case, exchange_line(1, elapsed_ms), end_line())
            return result_of(journal_at(tmp_path / "journal.ndjson", *lines))

        bad = case_line(outcome(MUST, "failed", "", observed))
        return Comparisons((compared(run(case_line(), 1.0), run(bad, 400.0, **head)),), ("evi",), ("fargames",))

    return build


def printed(comparisons: Comparisons, folder: Path | None = None) -> str:
    """What is printed of comparisons."""
    console = Console(file=io.StringIO(), width=80, color_system=None)
    print_comparisons(console, comparisons, [folder] * len(comparisons.each))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_text_says_it_all(comparisons: Any) -> None:
    """Verdicts, the regression with what was expected and observed, the command that shows it, and the shift."""
    text = printed(comparisons(), Path("reports/new run"))
    for part in (
        "klas: certified -> not-certified",
        f"  {MUST}  MUST passed -> failed",
        "expected: a refusal",
        "observed: HTTP 200 with OK",
        "certhook replay 'reports/new run' 1",
        "authenticate  slower: p95 1 ms -> 400 ms",
        "klas: 1 regression, and the target is no longer certified",
        "evi: was not run again",
        "fargames: was not run before",
    ):
        assert part in text
    assert "targets differ" not in text


def test_a_result_without_its_journal_offers_no_replay(comparisons: Any) -> None:
    """Where no journal is at hand, a curl that is whole is offered in its place."""
    assert "replay" not in printed(comparisons())
    assert "curl http://x" in printed(comparisons())


@pytest.mark.parametrize("writer", [printed, as_markdown])
def test_other_targets_and_suites_are_said(comparisons: Any, writer: Any) -> None:
    """Who compares two targets, or two versions, is told before anything else."""
    text = writer(comparisons(target="http://other.example/", pack_digest="0" * 64))
    assert text.index("the targets differ") < text.index("the suite changed") < text.index(MUST)


def test_markdown_says_it_all(comparisons: Any) -> None:
    """A heading with the outcome, and a list of what differs."""
    lines = as_markdown(comparisons()).splitlines()
    assert lines[0] == "### `klas`: 1 regression, and the target is no longer certified"
    assert f"- `{MUST}` MUST passed -> failed" in lines
    assert "  - observed: `HTTP 200 with OK`" in lines
    assert "### `evi`: was not run again" in lines


@pytest.mark.parametrize("text", [HOSTILE, "`", "``", "a`", " a ", "", "`" * 9, "|"])
def test_a_code_span_holds_any_text(text: str) -> None:
    """A span ends at its own fence and nowhere before, on the line on which it began."""
    span = code(text)
    found = re.fullmatch(r"(`+)(?!`)(.*)(?<!`)\1", span)
    assert found, span
    assert found[1] not in re.findall("`+", found[2])
    assert span.isprintable()


@pytest.mark.parametrize("writer", [printed, as_markdown])
def test_everything_else_that_differs_is_told(tmp_path: Path, writer: Any) -> None:
    """Levels that changed, requirements of one run only with the reason, and flaky ones."""

    def run(*requirements: Line, reason: str = "") -> Line:
        cases = [case_line(outcome(one["id"], "blocked" if reason else "passed", reason)) for one in requirements]
        return result_of(journal_at(tmp_path / "journal.ndjson", run_line(*requirements), *cases, end_line()))

    flaky = "flaky: first no HTTP answer; sent again: HTTP 200"
    old = run(requirement(MUST), requirement(SHOULD, "SHOULD"), reason=flaky)
    text = writer(Comparisons((compared(old, run(requirement(MUST, "SHOULD"), requirement("klas.fields.new"))),)))
    for part in ("MUST -> SHOULD blocked -> passed", "MUST passed (other selection)", flaky):
        assert part in text
    assert text.index("fixes: 1") < text.index("new requirements: 1") < text.index("gone requirements: 1")
    assert "in the old run" in text


@pytest.mark.parametrize("writer", [printed, as_markdown])
def test_what_a_target_said_is_data(comparisons: Any, writer: Any) -> None:
    """Nothing that a target answered moves a cursor, breaks a line, or stands outside a code span in Markdown."""
    text = writer(comparisons(HOSTILE, target=f"http://x/{HOSTILE}"))
    assert all(line.isprintable() for line in text.split("\n"))
    if writer is as_markdown:
        for line in text.splitlines():
            assert "@everyone" not in re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
