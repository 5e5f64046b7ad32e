"""A night over many embedded targets: operators per minute, the command's memory, and whether every verdict is right.

python -m benchmarks.fleet            200 operators, some minutes; writes its figures into docs/nightly.md
python -m benchmarks.fleet --quick    a few operators and cases, to see that the benchmark itself works
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine
from benchmarks.commands import certhook, ordinary_environment, scratch
from benchmarks.recorded import ROOT
from certhook.profile.tomltext import as_toml
from certhook.reference import faults, profile

PAGE = ROOT / "docs" / "nightly.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

FAULTS = {
    "evenbet": "auth-missing",
    "evi": "balance-missing",
    "fargames": "demo-signature-optional",
    "klas": "signature-prefix",
}
KINDS = ("sound",) * 6 + ("faulty",) * 2 + ("dead", "overdue")
"""What becomes of ten operators in a row; the last two are every tenth, and every other `overdue` one is but slow."""

STANDINGS = {
    "sound": "certified",
    "slow": "certified",
    "faulty": "not-certified",
    "dead": "unreachable",
    "overdue": "incomplete",
}
FLEETS = (1_000, 10_000)
MACHINES = (1, 2, 5, 10, 20, 50)
SAMPLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The command's resident memory in MB after so many operators."""

    done: int
    megabytes: float


@dataclass(frozen=True, slots=True)
class NightMeasured:
    """A night that ended: its length, the memory of the command, and the operators that came out wrong."""

    operators: Mapping[str, int]
    seconds: float
    samples: Sequence[Sample]
    wrong: Sequence[str]

    @property
    def per_minute(self) -> float:
        return sum(self.operators.values()) / self.seconds * 60


def main() -> int:
    """Returns 1 where an operator came out as it should not."""
    arguments = _arguments()
    count, load = 10 if arguments.quick else arguments.operators, os.getloadavg()[0]
    with ordinary_environment():
        night = measured(count, arguments.jobs, scratch(), quick=arguments.quick)
    text = "\n".join(figures(night, arguments.jobs, load))
    sys.stdout.write(f"{text}\n")
    page = arguments.output or (None if arguments.quick else PAGE)
    if page:
        write_between(page, text)
    return int(bool(night.wrong))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test: its figures mean nothing")
    parser.add_argument("--operators", type=int, default=200, metavar="N", help="default: %(default)s")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="default: one for each core")
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"page to write into (default: {PAGE.name})")
    return parser.parse_args()


def kind_of(number: int) -> str:
    """What an operator is."""
    kind = KINDS[number % len(KINDS)]
    return "slow" if kind == "overdue" and number // len(KINDS) % 2 else kind


def entries(count: int, *, quick: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operators of the fleet, each with what it is; a quick one is asked only what the fault of its kind breaks."""
    protocols = sorted(FAULTS)
    for number in range(count):
        protocol, kind = protocols[number // 3 % len(protocols)], kind_of(number)
        entry: dict[str, Any] = {"name": f"operator-{number:05}", "protocol": protocol, "embedded": True}
        if kind == "faulty":
            entry["fault"] = FAULTS[protocol]
        elif kind == "slow":
            entry["latency_ms"] = 20
        elif kind == "overdue":
            entry |= {"latency_ms": 60_000, "time_limit_s": 5}
        elif kind == "dead":
            entry |= {"embedded": False, "profile": profile(protocol, "http://127.0.0.1:9")}
        if quick:
            entry |= {"max_examples": 0, "groups": _groups_of_fault(protocol)}
        yield kind, entry


def _groups_of_fault(protocol: str) -> list[str]:
    return sorted({id.split(".")[1] for id in faults(protocol)[FAULTS[protocol]].breaks})


def measured(count: int, jobs: int, folder: Path, *, quick: bool = False) -> NightMeasured:
    """A night of `count` operators."""
    fleet, night = folder / "fleet.toml", folder / "night"
    operators = list(entries(count, quick=quick))
    kinds = {entry["name"]: kind for kind, entry in operators}
    fleet.write_text(as_toml({"operators": [entry for _, entry in operators]}), encoding="utf-8")
    began, samples = time.perf_counter(), []
    with (folder / "output").open("wb") as output:
        command = certhook("fleet", str(fleet), "--output", str(night), "--jobs", str(jobs))
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)  # noqa: S603 - our own
        while _waits(process):
            samples += _sample(process.pid, night / "night.ndjson")
    seconds = time.perf_counter() - began
    lines = [json.loads(line) for line in (night / "night.ndjson").read_text(encoding="utf-8").splitlines()]
    found = {line["operator"]: line["standing"] for line in lines if line["kind"] == "ended"}
    wrong = [
        f"{name} ({kind}): {found.get(name)}" for name, kind in kinds.items() if found.get(name) != STANDINGS[kind]
    ]
    if len(found) != len(lines) - 1:
        wrong.append("somebody was counted twice")
    return NightMeasured(Counter(kinds.values()), seconds, samples, wrong)


def _waits(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(SAMPLE_S)
    except subprocess.TimeoutExpired:
        return True
    return False


def _sample(pid: int, state: Path) -> list[Sample]:
    """The command's memory now; nothing where it has just ended, or not yet begun."""
    ps = shutil.which("ps") or "ps"
    said = subprocess.run([ps, "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout  # noqa: S603 - as above
    done = state.read_bytes().count(b"\n") - 1 if state.exists() else -1
    return [Sample(done, int(said) / 1024)] if said.strip() and done >= 0 else []


def figures(night: NightMeasured, jobs: int, load: float) -> Iterator[str]:
    """What was measured, and what follows from it, as Markdown; `load` is the machine's before it began."""
    total = sum(night.operators.values())
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(night.operators.items(), key=lambda one: -one[1]))
    yield from machine.lines(load)
    yield f"- Python {platform.python_version()}, `--jobs {jobs}`, every run with all its cases and its fuzzing"
    yield "- the targets ran on the same cores"
    yield ""
    yield "| what | measured |"
    yield "| --- | --- |"
    yield f"| operators | {total}: {kinds} |"
    yield f"| the night | {night.seconds / 60:.1f} min, {night.per_minute:.1f} operators a minute |"
    yield f"| verdicts that are right | {total - len(night.wrong)} of {total} |"
    yield f"| memory of the command | {_memory(night.samples)} |"
    for one in night.wrong:
        yield f"| **wrong** | {one} |"
    yield ""
    yield from _arithmetic(night.per_minute)


def _memory(samples: Sequence[Sample]) -> str:
    """Its peak, and its middle over each quarter of the operators."""
    last = max((one.done for one in samples), default=0)
    quarters: list[list[float]] = [[], [], [], []]
    for one in samples:
        quarters[min(3, 4 * one.done // max(1, last))].append(one.megabytes)
    medians = ", ".join(f"{median(quarter):.0f}" for quarter in quarters if quarter)
    peak = max((one.megabytes for one in samples), default=0.0)
    return f"peak {peak:.0f} MB; median over each quarter of the night {medians} MB"


def _arithmetic(per_minute: float) -> Iterator[str]:
    """How long a night is, by operators and machines such as this one."""
    yield f"| machines | {' | '.join(f'{count:,} operators' for count in FLEETS)} |"
    yield f"| --- |{' --- |' * len(FLEETS)}"
    for machines in MACHINES:
        yield f"| {machines} | {' | '.join(_span(count / per_minute / machines) for count in FLEETS)} |"


def _span(minutes: float) -> str:
    return f"{minutes / 60:.1f} h" if minutes >= 60 else f"{minutes:.0f} min"


def write_between(page: Path, text: str) -> None:
    """Put the text between the markers of a page."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page}: has not both markers, {BEGIN} and {END}")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
