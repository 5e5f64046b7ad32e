"""fleet.html and fleet.md: what a night found, for who reads it in the morning.

The page is one file that loads nothing and runs nothing; what targets said is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from certhook import __version__
from certhook.fleet.changes import Morning, Row
from certhook.fleet.standing import Standing
from certhook.recording.wholefile import write_whole
from certhook.reporting.comparison_markdown import code
from certhook.reporting.html import source_of, templates_in

PAGE_NAME, MARKDOWN_NAME = "fleet.html", "fleet.md"

UNKNOWN = "What changed since last night is not known"

_HERE = Path(__file__).parent
_MOST = 5
"""Regressions of one operator that are named."""

_SECTIONS = (
    ("Regressed", "Got worse since the last night on which they were examined.", None),
    ("Unreachable", "Nobody answered; nothing is known of them.", (Standing.UNREACHABLE,)),
    ("Not run", "There was no usable run.", (Standing.NOT_RUN,)),
    ("Not certified", "A MUST was not met.", (Standing.NOT_CERTIFIED,)),
    ("Incomplete", "No verdict could be reached.", (Standing.INCOMPLETE,)),
    ("Certified", "Every MUST that applies was met or waived.", (Standing.CERTIFIED,)),
)


def write_morning(morning: Morning, folder: Path) -> None:
    """Write both into the night's folder."""
    write_whole(folder / PAGE_NAME, page(morning).encode())
    write_whole(folder / MARKDOWN_NAME, markdown(morning).encode())


def page(morning: Morning) -> str:
    """The night as HTML."""
    style = (_HERE / "fleet.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src {source_of(style)}; base-uri 'none'; form-action 'none'"
    template = _environment().get_template("fleet.html.j2")
    return template.render(
        head=morning.head,
        unentered=f"{UNKNOWN}: {morning.unentered}" if morning.unentered else "",
        sections=list(_sections(morning)),
        total=len(morning.rows),
        style=Markup(style),  # noqa: S704 - our own
        policy=policy,
        most=_MOST,
        version=__version__,
    )


def markdown(morning: Morning) -> str:
    """The night as Markdown, for a chat or a job's summary; those who are certified are only counted."""
    lines = [f"# {_cell(morning.head.fleet)}: the night of {morning.head.started[:10]}", ""]
    lines += [f"{UNKNOWN}: {_cell(morning.unentered)}", ""] if morning.unentered else []
    lines += [f"- {len(rows)} {title.lower()}" for title, _, rows in _sections(morning)]
    for title, _, rows in _sections(morning):
        if rows and title != "Certified":
            lines += ["", f"## {title}", "", "| operator | protocol | standing | why |", "| --- | --- | --- | --- |"]
            lines += [_line(row, told=title == "Regressed") for row in rows]
    return "\n".join(lines) + "\n"


def _sections(morning: Morning) -> Iterator[tuple[str, str, tuple[Row, ...]]]:
    for title, says, standings in _SECTIONS:
        if standings is not None:
            yield title, says, morning.of(*standings)
        elif not morning.unentered:
            yield title, says, morning.regressed


def _line(row: Row, *, told: bool) -> str:
    ended = row.ended
    name = f"[{ended.operator}]({row.page})" if row.page else ended.operator
    why = "; ".join(map(_cell, regressions(row) if told else [ended.why]))
    return f"| {name} | {ended.protocol} | {ended.standing} | {why} |"


def regressions(row: Row) -> Iterator[str]:
    """What got worse for an operator, one line each, the first few."""
    changes = row.changes
    if changes is None:
        return
    if changes.lost:
        yield f"was certified on {changes.since[:10]}"
    for one in changes.regressions[:_MOST]:
        yield f"{one.title}: {one.before.outcome} before, {one.now.outcome} now ({one.id})"
    if len(changes.regressions) > _MOST:
        yield f"and {len(changes.regressions) - _MOST} more"


def _cell(text: str) -> str:
    """Any text as a code span in a cell of a table, whose end it cannot be."""
    return code(text).replace("|", "\\|") if text else ""


@cache
def _environment() -> Environment:
    environment = templates_in(_HERE)
    environment.filters["regressions"] = regressions
    return environment
