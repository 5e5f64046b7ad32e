"""What a person reads when a run has ended: what was not met, how to repeat it, the counts and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from certhook.recording.file_names import ALLURE_RESULTS_NAME, CERTIFICATE_NAME, HAR_NAME, RESULT_NAME
from certhook.recording.tally import UNFINISHED
from certhook.reporting.escaping import visible
from certhook.reporting.repeat_commands import commands_for
from certhook.reporting.wording import counts_in_words, verdict_in_words
from certhook.values import Outcome, Verdict

_LIMIT = 300
_NAMED = 5
_REPORTS = (RESULT_NAME, CERTIFICATE_NAME, HAR_NAME, ALLURE_RESULTS_NAME)
_NARROWEST = 60
_WIDEST = 160
_STYLES = {Outcome.FAILED: "bold red", Outcome.WARNED: "yellow", Outcome.BLOCKED: "magenta", Outcome.WAIVED: "cyan"}
_Row = tuple[Text, tuple[Text, Text, Text], list[str]]
"""A line above, three cells, and commands below."""

_VERDICT_STYLES = {
    Verdict.CERTIFIED: "bold green",
    Verdict.NOT_CERTIFIED: "bold red",
    Verdict.INCOMPLETE: "bold magenta",
}


_HEADINGS = (Text("Requirement", style="bold"), Text("Expected", style="bold"), Text("Observed", style="bold"))


def print_summary(console: Console, result: Mapping[str, Any], directory: Path | None) -> None:
    """Print what failed, was blocked, warned or waived, the counts, and the verdict; `directory` holds the reports.

    Reads well at 80 columns and in a file. Each command stands on one line of its own, whatever its length.
    """
    rows = list(_rows(result, directory))
    if rows:
        console.print(_row(console, _HEADINGS))
    for heading, cells, commands in rows:
        _line(console, heading)
        console.print(_row(console, cells))
        for command in commands:
            _line(console, Text(command))
    if rows:
        _line(console, Text(""))
    for text in (Text(counts_in_words(result)), *_reasons(result), *_notices(result), _verdict(result)):
        console.print(text, soft_wrap=False, overflow="fold")
    for text in _places(directory):
        _line(console, text)


def _line(console: Console, text: Text) -> None:
    """Print text on one line, neither wrapped nor cut, so that it can be copied."""
    console.print(text, soft_wrap=True, crop=False, no_wrap=True, overflow="ignore", highlight=False)


def _row(console: Console, cells: tuple[Text, Text, Text]) -> Table:
    # Fixed widths make the rows line up, although each is a table of its own with its commands below it.
    width = min(max(console.width, _NARROWEST), _WIDEST) - 4
    first = width * 2 // 5
    second = (width - first) // 2
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for share in (first, second, width - first - second):
        table.add_column(width=share, overflow="fold")
    table.add_row(*cells)
    return table


def _rows(result: Mapping[str, Any], directory: Path | None) -> Iterator[_Row]:
    told = _doctors_reason(result)  # of what keeps all of them from being judged, which is said once, below
    for outcome in _STYLES:
        items = [item for item in result["requirements"] if item["outcome"] == outcome]
        yield from (_found(item, directory) for item in items if item["findings"])
        bare = [item for item in items if not item["findings"] and item["reason"] != told]
        for reason in dict.fromkeys(_shared(item["reason"]) for item in bare):
            yield _unfound([item for item in bare if _shared(item["reason"]) == reason])


def _shared(reason: str) -> str:
    """A reason without what differs from requirement to requirement: after Ctrl-C, each lacks cases of its own."""
    return UNFINISHED if reason.startswith(UNFINISHED) else reason


def _doctors_reason(result: Mapping[str, Any]) -> str | None:
    """Why nothing could be sent, if that is so."""
    doctor = result.get("doctor")
    return doctor["reason"] if doctor and not doctor["ok"] else None


def _found(item: Mapping[str, Any], directory: Path | None) -> _Row:
    finding = item["findings"][0]
    observed = Text(visible(finding["observed"], _LIMIT))
    total, kept = item["findings_total"], len(item["findings"])
    if total > 1:
        observed.append(f"\n(one of {total}; {kept} of them in result.json)", style="dim")
    if item["outcome"] == Outcome.WAIVED:
        observed.append(f"\n{visible(item['reason'], _LIMIT)}")
    about = Text(visible(item["title"])).append(f"\nSent: {visible(finding['message'], _LIMIT)}", style="dim")
    cells = (about, Text(visible(finding["expected"], _LIMIT)), observed)
    return _heading(item), cells, list(map(visible, commands_for(finding, directory)))


def _unfound(items: list[Mapping[str, Any]]) -> _Row:
    """One row for all requirements with the same outcome and reason: a dead target gives them all the same one."""
    first = items[0]
    wanted = Text("an answer to judge" if first["outcome"] == Outcome.BLOCKED else "")
    if len(items) == 1:
        reason = Text(visible(first["reason"], _LIMIT))
        return _heading(first), (Text(visible(first["title"])), wanted, reason), []
    reason = Text(visible(_shared(first["reason"]), _LIMIT))
    names = "\n".join(item["id"] for item in items[:_NAMED])
    more = f"\nand {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    heading = Text(f"\n{first['outcome']} {len(items)} requirements", style=_STYLES[Outcome(first["outcome"])])
    return heading, (Text(names + more), wanted, reason), []


def _heading(item: Mapping[str, Any]) -> Text:
    heading = Text(f"\n{item['outcome']} {item['level']}  ", style=_STYLES[Outcome(item["outcome"])])
    return heading.append(item["id"], style="bold default")


def _reasons(result: Mapping[str, Any]) -> Iterator[Text]:
    doubts = result.get("incomplete_because", [])
    for doubt in doubts[:_NAMED]:
        yield Text(f"incomplete: {visible(doubt, 2 * _LIMIT)}")
    if len(doubts) > _NAMED:
        yield Text(f"incomplete: {len(doubts) - _NAMED} more reasons in result.json")


def _notices(result: Mapping[str, Any]) -> Iterator[Text]:
    for notice in result.get("notices", []):
        yield Text(f"note: {visible(notice, _LIMIT)}", style="dim")


def _verdict(result: Mapping[str, Any]) -> Text:
    text = Text(verdict_in_words(result), style=_VERDICT_STYLES[Verdict(result["verdict"])])
    sent = f"{result['requests']} request{'s' * (result['requests'] != 1)}"
    where = f"  {visible(result['target'])}, {sent} in {result['duration_s']:.1f} s"
    return text.append(where, style="not bold default")


def _places(directory: Path | None) -> Iterator[Text]:
    if directory is not None:
        names = ", ".join(name for name in _REPORTS if (directory / name).exists())
        yield Text(f"Reports: {visible(str(directory))}  ({names})")
