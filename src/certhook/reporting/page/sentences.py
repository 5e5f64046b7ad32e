"""The verdict in words, and how it came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from certhook.reporting.page.model import Fact
from certhook.reporting.wording import is_partial
from certhook.values import Level, Outcome, Verdict


def sentence_of(result: Mapping[str, Any]) -> str:
    """Why the verdict is what it is, in one sentence."""
    musts = [one["outcome"] for one in result["requirements"] if one["level"] == Level.MUST]
    verdict = Verdict(result["verdict"])
    if verdict is Verdict.INCOMPLETE:
        return "It could not be determined whether the target meets the document:"
    if verdict is Verdict.CERTIFIED:
        waived = " or is waived" if Outcome.WAIVED in musts else ""
        of = " of the selection" if is_partial(result) else ""
        return f"Every MUST{of} that applies and was tested was met{waived}."
    failed, applicable = musts.count(Outcome.FAILED), len(musts) - musts.count(Outcome.NOT_APPLICABLE)
    return f"{failed} of {applicable} MUST requirements {'was' if failed == 1 else 'were'} not met."


def counted(result: Mapping[str, Any]) -> Iterator[Fact]:
    """How many requirements of each level came to which outcome."""
    for level in Level:
        counts = Counter(one["outcome"] for one in result["requirements"] if one["level"] == level)
        if counts:
            words = [f"{counts[name]} {name.replace('_', ' ')}" for name in result["counts"] if counts[name]]
            yield Fact(level, ", ".join(words))
