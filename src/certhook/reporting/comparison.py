"""What changed between two runs of one protocol, as a frozen value made from two results. No I/O.

`RULE` says which change of a requirement's outcome is a regression. A requirement that keeps its outcome at another
level is another change, too. A verdict that was `certified` and no longer is, is a regression by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from certhook.errors import UsageError
from certhook.values import Finding, Level, Outcome, Verdict, is_flaky

RULE = """
before/now      passed  waived  warned  failed  blocked  not_tested  not_applicable
passed          same    other   worse   worse   must     must        other
waived          better  same    worse   worse   must     must        other
warned          better  other   same    worse   other    other       other
failed          better  other   other   same    other    other       other
blocked         better  other   worse   worse   same     other       other
not_tested      better  other   worse   worse   other    same        other
not_applicable  other   other   worse   worse   other    other       same
"""
"""What becomes of a requirement, by its outcome in the run before and in the one now.

`worse` is a regression: a breach that the run before did not show, or one that now fails the certification. `must` is
one for a MUST alone: what was known to be met is no longer known. `better` is a fix; only a pass is one, since what is
no longer tested has not been mended. `other` changes are told, and alarm nobody.
"""

LATENCY_FACTOR = 1.5
LATENCY_STEP_MS = 50.0
"""A shift of an operation's p95 is named where it is by this factor at least and by so many milliseconds, either way:
the one alone is noise on a fast target, the other on a slow one."""

NEW_SUITE, OTHER_SELECTION = "suite version changed", "other selection"


class DifferenceKind(StrEnum):
    """What a difference in the outcome of a requirement is."""

    REGRESSION = "regression"
    FIX = "fix"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs. `suite` is the version of certhook with the digest of the protocol's folder."""

    target: str
    verdict: Verdict
    started: str
    suite: str


@dataclass(frozen=True, slots=True)
class RequirementState:
    """How a requirement stood in one run; `finding` is the first, where there was a breach."""

    level: Level
    outcome: Outcome
    reason: str
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A requirement that stands otherwise than before."""

    id: str
    title: str
    kind: DifferenceKind
    before: RequirementState
    now: RequirementState


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A requirement of one run only; `why` is NEW_SUITE or OTHER_SELECTION."""

    id: str
    title: str
    standing: RequirementState
    why: str


@dataclass(frozen=True, slots=True)
class LatencyShift:
    """The 95th percentile of an operation's answers, in milliseconds."""

    operation: str
    before_ms: float
    now_ms: float


@dataclass(frozen=True, slots=True)
class Flaky:
    """A requirement that got two different answers to the same request in the new run, or in the old; `says` is how."""

    id: str
    in_new: bool
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of one protocol, held against each other."""

    protocol: str
    old: Side
    new: Side
    differences: tuple[Difference, ...]
    appeared: tuple[Unpaired, ...]
    gone: tuple[Unpaired, ...]
    latency: tuple[LatencyShift, ...]
    flaky: tuple[Flaky, ...]

    def of_kind(self, kind: DifferenceKind) -> tuple[Difference, ...]:
        """The differences of one kind, in the order of the new result."""
        return tuple(one for one in self.differences if one.kind is kind)

    @property
    def verdict_regressed(self) -> bool:
        """Whether the target was certified and is no longer."""
        return self.old.verdict is Verdict.CERTIFIED and self.new.verdict is not Verdict.CERTIFIED

    @property
    def regressed(self) -> bool:
        """Whether anything got worse in a way that matters."""
        return self.verdict_regressed or bool(self.of_kind(DifferenceKind.REGRESSION))

    def as_json(self) -> dict[str, Any]:
        """The shape that schemas/comparison.schema.json gives each comparison."""
        plain = asdict(self)
        del plain["differences"]
        lists = {
            "regressions": DifferenceKind.REGRESSION,
            "fixes": DifferenceKind.FIX,
            "other_changes": DifferenceKind.OTHER,
        }
        grouped = {name: [asdict(one) for one in self.of_kind(kind)] for name, kind in lists.items()}
        return {"regressed": self.regressed, "verdict_regressed": self.verdict_regressed, **plain, **grouped}


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Runs of several protocols, held against those of the same protocols before; a single pair is one of them."""

    each: tuple[Comparison, ...]
    only_in_old: tuple[str, ...] = ()
    only_in_new: tuple[str, ...] = ()

    @property
    def regressed(self) -> bool:
        """Whether any got worse; a protocol that was not run again says nothing any more, which is worse."""
        return bool(self.only_in_old) or any(one.regressed for one in self.each)

    def as_json(self) -> dict[str, Any]:
        """The shape that schemas/comparison.schema.json describes."""
        unpaired = {"only_in_old": list(self.only_in_old), "only_in_new": list(self.only_in_new)}
        return {"regressed": self.regressed, **unpaired, "comparisons": [one.as_json() for one in self.each]}


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Hold two results, as result.json has them, against each other. Raises UsageError for two protocols."""
    if old["protocol"] != new["protocol"]:
        raise UsageError(f"two protocols cannot be compared: {old['protocol']} in OLD, {new['protocol']} in NEW")
    sides = _side(old), _side(new)
    before, now = ({item["id"]: item for item in result["requirements"]} for result in (old, new))
    why = OTHER_SELECTION if sides[0].suite == sides[1].suite else NEW_SUITE
    return Comparison(
        protocol=new["protocol"],
        old=sides[0],
        new=sides[1],
        differences=tuple(_differences(before, now)),
        appeared=tuple(_unpaired(item, why) for id, item in now.items() if id not in before),
        gone=tuple(_unpaired(item, why) for id, item in before.items() if id not in now),
        latency=tuple(_shifts(old["latency_ms"], new["latency_ms"])),
        flaky=(*_flaky(new, in_new=True), *_flaky(old, in_new=False)),
    )


def kind_of(before: Outcome, now: Outcome, level: Level) -> DifferenceKind | None:
    """What a change of outcome is by RULE, at the level that the new run gives; None where there is none."""
    word = _RULE[before, now]
    if word == "must":
        return DifferenceKind.REGRESSION if level is Level.MUST else DifferenceKind.OTHER
    return {
        "same": None,
        "worse": DifferenceKind.REGRESSION,
        "better": DifferenceKind.FIX,
        "other": DifferenceKind.OTHER,
    }[word]


def _cells(table: str) -> Iterator[tuple[tuple[Outcome, Outcome], str]]:
    (_, *columns), *rows = (line.split() for line in table.strip().splitlines())
    for before, *words in rows:
        for now, word in zip(columns, words, strict=True):
            yield (Outcome(before), Outcome(now)), word


_RULE = dict(_cells(RULE))


def _side(result: Mapping[str, Any]) -> Side:
    version = result["versions"].get("certhook", "unknown")
    suite = f"certhook {version}, {result['protocol']} {(result['pack_digest'] or 'unknown')[:12]}"
    return Side(result["target"], Verdict(result["verdict"]), result["started"], suite)


def _standing(item: Mapping[str, Any]) -> RequirementState:
    finding = Finding(**item["findings"][0]) if item["findings"] else None
    return RequirementState(Level(item["level"]), Outcome(item["outcome"]), item["reason"], finding)


def _unpaired(item: Mapping[str, Any], why: str) -> Unpaired:
    return Unpaired(item["id"], item["title"], _standing(item), why)


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for id, item in now.items():
        if id in before:
            old, new = _standing(before[id]), _standing(item)
            kind = kind_of(old.outcome, new.outcome, new.level) or (
                DifferenceKind.OTHER if old.level is not new.level else None
            )
            if kind is not None:
                yield Difference(id, item["title"], kind, old, new)


def _shifts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[LatencyShift]:
    for operation in new:
        if operation in old:
            before, now = float(old[operation]["p95"]), float(new[operation]["p95"])
            low, high = min(before, now), max(before, now)
            if high >= low * LATENCY_FACTOR and high - low >= LATENCY_STEP_MS:
                yield LatencyShift(operation, before, now)


def _flaky(result: Mapping[str, Any], *, in_new: bool) -> Iterator[Flaky]:
    for item in result["requirements"]:
        said = [item["reason"], *(finding["observed"] for finding in item["findings"])]
        flaky = next(filter(is_flaky, said), None)
        if flaky is not None:
            yield Flaky(item["id"], in_new, flaky)
