"""A comparison as Markdown, for a pull request or a chat.

What a target or a file said stands in code spans, in which nothing is a link, a mention, HTML or a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from certhook.reporting.comparison import Comparison, Comparisons, Side
from certhook.reporting.comparison_outline import Entry, remarks_on, sections_of, verdict_on
from certhook.reporting.escaping import visible

_LIMIT = 300


def as_markdown(comparisons: Comparisons) -> str:
    """The comparisons as CommonMark, each under a heading of the third level."""
    parts = [line for one in comparisons.each for line in (*_lines(one), "")]
    parts += [f"### {code(name)}: was not run again\n" for name in comparisons.only_in_old]
    parts += [f"### {code(name)}: was not run before\n" for name in comparisons.only_in_new]
    return "\n".join(parts)


def code(text: str) -> str:
    """Any text as a code span: on one line, fenced by more backticks than it holds in a row.

    >>> code("a`b")
    '``a`b``'
    """
    shown = visible(text, _LIMIT)
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    # A span may not touch its fence with a backtick, nor be empty; of two blanks that enclose it, one each is dropped.
    pad = " " if not shown or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"### {code(comparison.protocol)}: {verdict_on(comparison)}"
    yield ""
    yield from (_side("old", comparison.old), _side("new", comparison.new))
    yield from (f"- note: {code(remark)}" for remark in remarks_on(comparison))
    for section in sections_of(comparison):
        yield from ("", f"**{section.heading}: {len(section.entries)}**", "")
        yield from (line for entry in section.entries for line in _entry(entry))


def _side(name: str, side: Side) -> str:
    return f"- {name}: {side.verdict}, {code(side.target)}, {side.started}"


def _entry(entry: Entry) -> Iterator[str]:
    yield f"- {code(entry.name)} {entry.says}"
    for label, text in entry.details:
        yield f"  - {label}: {code(text)}"
