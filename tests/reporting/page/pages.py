"""Pages made from the lines of a journal, and a strict reader of their markup."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from certhook.recording.results import write_result
from certhook.reporting.page.exchanges import exchanges_of
from certhook.reporting.page.model import Page
from certhook.reporting.page.rendering import write_page
from certhook.reporting.page.run import page_of
from tests.recording.lines import Line, journal_at

VOID = {"meta", "br", "input"}


def page_from(folder: Path, *lines: Line) -> Page:
    """The page of a run with those lines."""
    journal_at(folder / "journal.ndjson", *lines)
    result = write_result(folder)
    return page_of(result, "d" * 64, exchanges_of(folder, result), Path("reports/night"))


def report_from(folder: Path, *lines: Line) -> Path:
    """The report.html of a run with those lines."""
    journal_at(folder / "journal.ndjson", *lines)
    return write_page(folder, write_result(folder))


class Markup(HTMLParser):
    """The tags of a page in order, its ids, links and texts; raises AssertionError where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.inline: dict[str, str] = {}
        self._open: list[str] = []
        assert html.startswith("<!doctype html>\n")
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "svg" in self._open, f"{tag} closes itself, which HTML passes over"
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in {"style", "script"}:
            self.inline[self._open[-1]] = data
        else:
            self.texts.append(data)

    def values(self, name: str) -> list[str]:
        """The values of every attribute of that name."""
        return [value for _, attribute, value in self.attributes if attribute == name]
