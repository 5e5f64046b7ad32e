"""What a run is about: requirements, their outcomes, and findings. Frozen, no I/O."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any


class Level(StrEnum):
    """MUST: a breach fails the certification. SHOULD: a breach is a warning."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Basis(StrEnum):
    """Where a requirement comes from: the document, a page that it points at, or this suite's own ruling."""

    DOCUMENT = "document"
    COMPANION = "companion"
    POLICY = "policy"


class Outcome(StrEnum):
    """What became of a requirement, or of one case of it, in a run. Ordered from best to worst."""

    NOT_APPLICABLE = "not_applicable"
    NOT_TESTED = "not_tested"
    PASSED = "passed"
    WAIVED = "waived"
    WARNED = "warned"
    BLOCKED = "blocked"
    FAILED = "failed"

    @cached_property
    def severity(self) -> int:
        """The outcome of a requirement is that of its cases with the highest severity."""
        return list(Outcome).index(self)

    @property
    def is_breach(self) -> bool:
        """Whether the requirement was not met, which is what a waiver can accept."""
        return self in {Outcome.FAILED, Outcome.WARNED}


class Verdict(StrEnum):
    """What a run says of its target, with the exit status that goes with it."""

    CERTIFIED = "certified"
    NOT_CERTIFIED = "not-certified"
    INCOMPLETE = "incomplete"

    @property
    def exit_status(self) -> int:
        return {Verdict.CERTIFIED: 0, Verdict.NOT_CERTIFIED: 1, Verdict.INCOMPLETE: 3}[self]


GROUPS = (
    "fields",
    "status",
    "signature",
    "credentials",
    "timestamp",
    "parameters",
    "malformed",
    "semantics",
    "methods",
    "robustness",
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a target must or should do.

    `id` is `protocol.group.what` and permanent; `citation` is "page § place".
    """

    id: str
    level: Level
    basis: Basis
    title: str
    citation: str

    @property
    def group(self) -> str:
        return self.id.split(".")[1]

    @property
    def breach(self) -> Outcome:
        """The outcome of a case in which the requirement was not met."""
        return Outcome.FAILED if self.level is Level.MUST else Outcome.WARNED


def flaky(first: str, second: str) -> str:
    """That a breach did not come again when its request was sent again; what both answers share says nothing of it."""
    return "flaky: not when sent again" if first == second else f"flaky: first {first}; sent again: {second}"


def is_flaky(text: str) -> bool:
    """Whether a reason, or what was observed, says so. It may be cut behind that."""
    return _FLAKY.search(text) is not None


_FLAKY = re.compile(r"(?:^|\()flaky: (?:first|sent again|not when sent again)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One observed breach: what was sent is in exchange number `exchange` and in `curl`."""

    message: str
    expected: str
    observed: str
    curl: str
    exchange: int | None

    @property
    def flaky(self) -> bool:
        """Whether it did not come again when its request was sent again."""
        return is_flaky(self.observed)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What one case says of one requirement."""

    requirement: str
    outcome: Outcome
    reason: str = ""
    finding: Finding | None = None

    def as_json(self) -> dict[str, Any]:
        record: dict[str, Any] = {"requirement": self.requirement, "outcome": self.outcome.value}
        if self.reason:
            record["reason"] = self.reason
        if self.finding:
            record["finding"] = self.finding.as_json()
        return record
