"""What is printed at the end can be read, copied, and trusted."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from certhook.recording.results import result_of
from certhook.reporting.escaping import visible
from certhook.reporting.table import print_summary
from tests.recording.lines import (
    MUST,
    SHOULD,
    Line,
    case_line,
    doctor_line,
    end_line,
    finding,
    journal_at,
    outcome,
    plan_line,
    requirement,
    run_line,
)

LONG = "curl --request POST --data-binary '" + "x" * 300 + "' http://target.example/"


@pytest.fixture
def printed(tmp_path: Path) -> Any:
    """What is printed of a journal with those lines."""

    def build(*lines: Line, terminal: bool = False, width: int = 80, directory: Path | None = Path("run")) -> str:
        console = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)
        print_summary(console, result_of(journal_at(tmp_path / "journal.ndjson", *lines)), directory)
        return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]

    return build


def _failed(**changed: Any) -> Line:
    said = {"requirement": MUST, "outcome": "failed", "finding": finding(**changed)}
    return case_line(said)


@pytest.mark.parametrize("terminal", [True, False])
def test_80_columns(printed: Any, *, terminal: bool) -> None:
    """Nothing but a command is wider than 80 columns, and a command stands whole on a line of its own."""
    said = _failed(observed="o" * 200, expected="e " * 60, curl=LONG)
    text = printed(run_line(requirement(title="t " * 60)), said, end_line(), terminal=terminal)
    lines = text.splitlines()
    assert LONG in lines
    assert max(len(line.rstrip()) for line in lines if line != LONG) <= 80
    assert text.count("o" * 20)


def test_a_failure(printed: Any) -> None:
    """A failure shows requirement, title, expected, observed, how many more there are, and the verdict."""
    text = printed(run_line(), _failed(), _failed(observed="no"), end_line(), width=200)
    for part in (
        f"about {MUST}",
        "a refusal",
        "(one of 2; 2 of them in result.json)",
        "curl http://x",
        "NOT CERTIFIED",
        "0 requests",
        "12.5 s",
    ):
        assert part in text
    assert "Reports: run" in text


def test_a_certified_run(printed: Any) -> None:
    """A run without trouble shows its counts and its verdict, and nothing else."""
    lines = printed(run_line(), case_line(), end_line(), directory=None).splitlines()
    assert lines == ["1 passed", "CERTIFIED  http://target.example/, 0 requests in 12.5 s"]


def test_blocked_requirements_are_gathered(printed: Any) -> None:
    """Requirements that are blocked for one reason are shown as one."""
    many = [requirement(f"klas.signature.n{number}") for number in range(20)]
    text = printed(run_line(*many), *(case_line(outcome(one["id"], "blocked", "gone")) for one in many), end_line())
    assert "blocked 20 requirements" in text
    assert "and 15 more" in text
    assert "INCOMPLETE" in text


def test_what_an_interrupted_run_left_is_shown_once(printed: Any) -> None:
    """Each requirement lacks cases of its own; they are named in result.json, and here only where there is but one."""
    many = [requirement(f"klas.signature.n{number}") for number in range(20)]
    plan = plan_line(**{f"case{number}": [one["id"]] for number, one in enumerate(many)})
    text = printed(run_line(*many), plan, end_line("by Ctrl-C"), width=200)
    assert text.count("an answer to judge") == 1
    assert "blocked 20 requirements" in text
    one = printed(run_line(requirement()), plan_line(last=[MUST]), end_line("by Ctrl-C"), width=200)
    assert "not finished when the run ended: last" in one


def test_why_nothing_could_be_sent_is_said_once(printed: Any) -> None:
    """It is what every requirement is blocked for."""
    many = [requirement(f"klas.signature.n{number}") for number in range(20)]
    text = printed(run_line(*many), doctor_line(ok=False, reason="the target is gone"), end_line(), width=200)
    assert text.count("the target is gone") == 1
    assert "20 blocked" in text


def test_many_reasons(printed: Any) -> None:
    """Of many reasons for an incomplete run a few are shown, and the rest counted."""
    many = [requirement(f"klas.signature.n{number}") for number in range(8)]
    cases = [case_line(outcome(item["id"], "blocked", f"reason {item['id']}"), case=item["id"]) for item in many]
    assert "4 more reasons in result.json" in printed(run_line(*many), *cases, end_line())


def test_a_single_blocked_requirement(printed: Any) -> None:
    """A blocked requirement shows its id and why; a warning shows as one."""
    said = case_line(outcome(MUST, "blocked", "dropped"), outcome(SHOULD, "warned", observed="x"))
    text = printed(run_line(requirement(), requirement(SHOULD, "SHOULD")), said, end_line())
    assert text.index("warned SHOULD") < text.index("blocked MUST")
    assert "dropped" in text


def test_text_of_the_target_is_data(printed: Any) -> None:
    """What a target answers neither reaches the terminal as a command nor is taken for markup."""
    hostile = "\x1b[2J\u202e[bold]x[/bold]\r\n"
    said = _failed(observed=hostile, message=hostile, curl=f"curl {hostile}")
    text = printed(run_line(), said, end_line(), width=200)
    assert "\x1b[2J" not in text
    assert "\\x1b[2J\\u202e[bold]x[/bold]\\r\\n" in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_repeating(printed: Any) -> None:
    """The command that sends the exchange again is offered; the curl beside it only where nothing is missing in it."""
    whole = printed(run_line(), _failed(exchange=17), end_line()).splitlines()
    assert whole.index("certhook replay run 17") + 1 == whole.index("curl http://x")
    for curl in (
        "curl --header 'X-Signature: ***'",
        "curl --data-binary @exchange-17.body http://x  # it is elsewhere",
    ):
        lines = printed(run_line(), _failed(curl=curl, exchange=17), end_line()).splitlines()
        assert "certhook replay run 17" in lines
        assert curl not in lines


def test_repeating_without_an_exchange(printed: Any) -> None:
    """Where no exchange or no folder is known, there is nothing to replay."""
    assert "replay" not in printed(run_line(), _failed(exchange=None), end_line())
    assert "replay" not in printed(run_line(), _failed(exchange=1), end_line(), directory=None)


def test_visible() -> None:
    """What does not print becomes an escape, and what is too long is cut and says so."""
    assert visible("a\0\x9b\u200b\ud800ö") == "a\\x00\\x9b\\u200b\\ud800ö"
    assert visible("abcdef", 4) == "abcd ... (2 more characters)"
    assert visible("abcd", 4) == "abcd"
