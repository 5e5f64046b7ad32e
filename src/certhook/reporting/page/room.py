"""What a page has room for: it is to open at once, however much was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from certhook.reporting.escaping import visible_lines
from certhook.reporting.page.model import Passage, ShownExchange

BUDGET = 2_000_000
"""Bytes that all requests, answers and commands together may take on a page."""


@dataclass(frozen=True, slots=True)
class Room:
    """The exchanges by number, as long as they may be, and whether the `curl` commands have a place beside them."""

    exchanges: Mapping[int, ShownExchange]
    commands: bool


def room_for(result: Mapping[str, Any], exchanges: Mapping[int, ShownExchange]) -> Room:
    """Find room for what the findings of a result show.

    The commands, which only repeat the requests, are the first to go; then the longest requests and answers are cut.
    """
    findings = [finding for one in result["requirements"] for finding in one["findings"]]
    shown = [exchanges[finding["exchange"]] for finding in findings if finding["exchange"] in exchanges]
    sizes = [passage.size for one in shown for passage in one.passages]
    commands = sum(Passage(visible_lines(finding["curl"])).size for finding in findings)
    limit = fair_limit(sizes, BUDGET)
    cut = {number: one.within(limit) for number, one in exchanges.items()}
    return Room(cut, commands=sum(sizes) + commands <= BUDGET)


def fair_limit(sizes: Iterable[int], budget: int) -> int:
    """The largest limit under which sizes, each cut to it, sum up to `budget` at most: only the longest are cut."""
    ordered = sorted(sizes)
    for place, size in enumerate(ordered):
        share = budget // (len(ordered) - place)
        if size > share:
            return share
        budget -= size
    return max(ordered, default=0)
