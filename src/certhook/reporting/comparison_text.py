"""A comparison as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from certhook.reporting.comparison import Comparison, Comparisons, Side
from certhook.reporting.comparison_outline import Entry, Section, remarks_on, sections_of, verdict_on
from certhook.reporting.escaping import visible
from certhook.reporting.repeat_commands import commands_for

_LIMIT = 300
_BAD, _GOOD = "bold red", "bold green"
_STYLES = {"regressions": _BAD, "fixes": _GOOD}


def print_comparisons(console: Console, comparisons: Comparisons, folders: Sequence[Path | None]) -> None:
    """Print comparisons one after the other; `folders` hold their new runs, so that findings can be sent again."""
    lines = [line for one, folder in zip(comparisons.each, folders, strict=True) for line in _lines(one, folder)]
    lines += [Text(f"{visible(name)}: was not run again", style=_BAD) for name in comparisons.only_in_old]
    lines += [Text(f"{visible(name)}: was not run before") for name in comparisons.only_in_new]
    for line in lines:
        console.print(line, soft_wrap=True, crop=False, highlight=False)


def _lines(comparison: Comparison, folder: Path | None) -> Iterator[Text]:
    name = visible(comparison.protocol)
    yield Text(f"{name}: {comparison.old.verdict} -> {comparison.new.verdict}", style="bold")
    yield from (_side("old", comparison.old), _side("new", comparison.new))
    yield from (Text(f"  note {visible(remark)}") for remark in remarks_on(comparison))
    for section in sections_of(comparison):
        yield from _section(section, folder)
    yield Text(f"\n{name}: {verdict_on(comparison)}\n", style=_BAD if comparison.regressed else _GOOD)


def _side(name: str, side: Side) -> Text:
    return Text(f"  {name}  {side.started}  {visible(side.target, _LIMIT)}")


def _section(section: Section, folder: Path | None) -> list[Text]:
    heading = Text(f"\n{section.heading}: {len(section.entries)}", style=_STYLES.get(section.heading, "bold"))
    return [heading, *(line for entry in section.entries for line in _entry(entry, folder))]


def _entry(entry: Entry, folder: Path | None) -> list[Text]:
    lines = [Text(f"  {visible(entry.name)}  {visible(entry.says)}")]
    lines += [Text(f"      {label}: {visible(text, _LIMIT)}") for label, text in entry.details]
    commands = commands_for(entry.finding.as_json(), folder) if entry.finding else []
    return lines + [Text(f"      {visible(command)}") for command in commands[:1]]
