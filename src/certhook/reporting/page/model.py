"""What report.html shows: a run as frozen values, settled before a word of HTML is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import escape

from certhook.values import Basis, Level, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is true of it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Recorded text, made visible; `whole` says whether all of it is here, and `elsewhere` where the rest is."""

    text: str
    whole: bool = True
    elsewhere: str = ""

    @property
    def size(self) -> int:
        """How many bytes it takes on the page."""
        return len(escape(self.text).encode())

    def within(self, limit: int) -> Passage:
        """The passage, or as much of its beginning as takes about `limit` bytes."""
        size = self.size
        if size <= limit:
            return self
        return replace(self, text=self.text[: len(self.text) * limit // size], whole=False)


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """An exchange: `line` says in one line what it was, `response` is None where no answer came."""

    number: int
    line: str
    case: str
    started: str
    remarks: tuple[str, ...]
    request: Passage
    response: Passage | None

    @property
    def passages(self) -> tuple[Passage, ...]:
        return (self.request,) if self.response is None else (self.request, self.response)

    def within(self, limit: int) -> ShownExchange:
        """The exchange with its texts cut to `limit` bytes each."""
        response = self.response and self.response.within(limit)
        return replace(self, request=self.request.within(limit), response=response)


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A breach; `exchange` is None where none is recorded, `curl` and `replay` are empty where they cannot be had."""

    message: str
    expected: str
    observed: str
    exchange: ShownExchange | None
    curl: str
    replay: str


@dataclass(frozen=True, slots=True)
class ShownRequirement:
    """A requirement and what became of it; `findings_total` counts those that are not shown, too."""

    id: str
    title: str
    group: str
    level: Level
    basis: Basis
    citation: str
    outcome: Outcome
    reason: str
    findings: tuple[ShownFinding, ...]
    findings_total: int


@dataclass(frozen=True, slots=True)
class Group:
    """The requirements of a group, in the order of the pack."""

    name: str
    requirements: tuple[ShownRequirement, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the matrix: requirements of one level that came to one outcome."""

    level: Level
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many requirements of each group fall into each column; only columns that are not empty."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    totals: tuple[int, ...]

    @property
    def spans(self) -> tuple[tuple[Level, int], ...]:
        """The levels, and how many columns each has."""
        levels = [column.level for column in self.columns]
        return tuple((level, levels.count(level)) for level in Level if level in levels)

    @property
    def edges(self) -> frozenset[int]:
        """The places of the columns with which a level begins."""
        levels = [column.level for column in self.columns]
        return frozenset(map(levels.index, levels))


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram, in units of the drawing."""

    x: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on the axis of a drawing."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often the target took how long: a drawing, its axis logarithmic."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Latency:
    """Response times of an operation, in milliseconds; `histogram` is None where the journal is not there."""

    operation: str
    p50: float
    p95: float
    max: float
    answered: int
    unanswered: int
    histogram: Histogram | None


@dataclass(frozen=True, slots=True)
class ShownWaiver:
    """An accepted deviation, and what became of it: used, expired, or waived nothing."""

    requirement: str
    reason: str
    owner: str
    expires: str
    standing: str


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Requirements of which nothing can be said, for one and the same reason."""

    outcome: Outcome
    reason: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erratum:
    """What the document leaves unclear, where, and how it was read."""

    title: str
    citation: str
    ruling: str


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at before the first case."""

    name: str
    ok: bool
    says: str


@dataclass(frozen=True, slots=True)
class Page:
    """A run; `commands` says whether there was room for the `curl` commands of its findings."""

    document: str
    target: str
    day: str
    verdict: Verdict
    heading: str
    sentence: str
    counted: tuple[Fact, ...]
    doubts: tuple[str, ...]
    notices: tuple[str, ...]
    facts: tuple[Fact, ...]
    profile: tuple[Fact, ...]
    versions: tuple[Fact, ...]
    checks: tuple[Check, ...]
    matrix: Matrix
    commands: bool
    groups: tuple[Group, ...]
    latencies: tuple[Latency, ...]
    waivers: tuple[ShownWaiver, ...]
    unjudged: tuple[Unjudged, ...]
    errata: tuple[Erratum, ...]

    @property
    def requirements(self) -> tuple[ShownRequirement, ...]:
        return tuple(one for group in self.groups for one in group.requirements)

    @property
    def unmet(self) -> tuple[ShownRequirement, ...]:
        """The requirements that were not met, waived ones too, the worst first."""
        breaches = [one for one in self.requirements if one.outcome.is_breach or one.outcome is Outcome.WAIVED]
        return tuple(sorted(breaches, key=lambda one: -one.outcome.severity))
