"""The reports of a night: what they say, and that what a target said is data in them."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html import unescape
from io import StringIO
from pathlib import Path

from rich.console import Console

from certhook.fleet.changes import Changes, Morning, Row
from certhook.fleet.ending import print_morning
from certhook.fleet.morning import markdown, page, write_morning
from certhook.fleet.standing import Standing
from certhook.fleet.state import Head
from certhook.fleet.watching import LiveTable
from certhook.reporting.comparison import compared
from certhook.reporting.comparison_markdown import code
from certhook.values import Outcome
from tests.fleet.fleets import ended, operator, result

HOSTILE = "<script>alert(1)</script> | `x` [a](javascript:b) \x1b[31m\u202e & \"'"


def changes(count: int) -> Changes:
    """A target that was certified, and of which so many requirements fail."""
    before = {f"klas.group.{number}": Outcome.PASSED for number in range(count)}
    comparison = compared(result(before), result(dict.fromkeys(before, Outcome.FAILED), day=2, verdict="not-certified"))
    return Changes("2027-01-01T02:00:00.000Z", "certified", True, comparison.differences, ())


def morning(*rows: Row, unentered: str = "") -> Morning:
    """A night with those operators."""
    head = Head("night-2", "fleet.toml", "2027-01-02T02:00:00.000Z", tuple(row.ended.operator for row in rows))
    return Morning(head, rows, unentered)


def told() -> Morning:
    """A night with one of each standing."""
    worse = Row(ended("worse", Standing.NOT_CERTIFIED, why=HOSTILE, target=HOSTILE), changes(7), "operators/worse/x")
    others = [Row(ended(standing.value, standing, left_out=("exchanges.har",)), None, None) for standing in Standing]
    return morning(worse, *others)


def test_the_page_runs_and_loads_nothing() -> None:
    """Its policy allows its own style and nothing else, and no byte of a target becomes markup."""
    text = page(told())
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert style is not None
    assert policy is not None
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert unescape(policy[1]) == allowed
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"(?:src|href)=\"(?!#|operators/)", text)


def test_both_say_who_regressed_and_how() -> None:
    """A regression is told with what was before and is now; of many, the first few and how many more."""
    for text in (unescape(page(told())), markdown(told())):
        assert "was certified on 2027-01-01" in text
        assert "Title of klas.group.0: passed before, failed now (klas.group.0)" in text
        assert "klas.group.4" in text
        assert "klas.group.5" not in text
        assert "and 2 more" in text
        for standing in Standing:
            assert standing.value in text


def test_markdown_has_one_line_per_operator() -> None:
    """What a target said can neither end its cell nor begin a link or a tag."""
    (line,) = [line for line in markdown(told()).splitlines() if "script" in line]
    assert len(re.findall(r"(?<!\\)\|", line)) == 5
    assert f"| {code(HOSTILE)} |".replace("|", "\\|")[2:-2] in line


def test_the_exit_status_is_that_of_the_worst() -> None:
    """A regression counts over somebody who was not examined, and that over everything else."""
    sound = Row(ended(standing=Standing.NOT_CERTIFIED), None, None)
    away = Row(ended("away", Standing.UNREACHABLE), None, None)
    wrong = Row(ended("wrong", Standing.NOT_RUN), None, None)
    worse = Row(ended("worse"), changes(1), None)
    lost = Row(ended("lost", Standing.INCOMPLETE), changes(0), None)
    assert morning(sound).exit_status == 0
    assert morning(sound, away).exit_status == 3
    assert morning(sound, wrong).exit_status == 3
    assert morning(sound, away, worse).exit_status == 1
    assert morning(lost).exit_status == 1


def test_a_change_that_is_not_known_is_not_told_as_none(tmp_path: Path) -> None:
    """Where the history is gone, each report says why, and none counts regressions; the status is 2."""
    night = morning(Row(ended("away", Standing.UNREACHABLE), None, None), unentered="database is locked")
    terminal = StringIO()
    print_morning(Console(file=terminal, width=200), night, tmp_path)
    said = terminal.getvalue()
    assert "1 operators: 1 unreachable; what changed is not known" in said
    for text in (page(night).partition("</style>")[2], markdown(night)):
        assert "What changed since last night is not known: " in text
        assert "database is locked" in text
        assert "regressed" not in text.lower()
    assert night.exit_status == 2


def test_who_is_certified_takes_no_line_at_the_end(tmp_path: Path) -> None:
    """The table at the end names the others, with what regressed; the counts are of all."""
    console = Console(file=StringIO(), width=200)
    print_morning(console, told(), tmp_path)
    write_morning(told(), tmp_path)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "regressed: was certified on 2027-01-01" in text
    assert not re.search(r"^ *certified", text, re.MULTILINE)
    assert "6 operators: 1 certified, 2 not-certified, 1 incomplete, 1 unreachable, 1 not-run; 1 regressed" in text
    assert {path.name for path in tmp_path.iterdir()} == {"fleet.html", "fleet.md"}


def test_the_live_table_shows_who_is_under_way() -> None:
    """On a terminal: how many are done, who is under way, who came out how; it is gone at the end."""
    console = Console(file=StringIO(), force_terminal=True, width=100, color_system=None)
    with LiveTable(console, total=3, done=1) as live:
        live.began(operator("acme"))
        live.began(operator("beta"))
        live.lost(operator("beta"), "its worker was \x1b lost")
        live.ended(ended("acme", Standing.UNREACHABLE, why="nobody there"))
        live.began(operator("gamma"))
        live.refresh()
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "beta: its worker was \\x1b lost; it is tried again" in text
    assert "2 of 3  1 unreachable" in text
    assert re.search(r"acme +unreachable +1\.0 +nobody there", text)
    assert re.search(r"gamma +under way +0", text)
