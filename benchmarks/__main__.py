"""`python -m benchmarks`: measure, print the table, and write the page."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import alone, comparison, fuzzing, peer
from benchmarks.commands import Unusable, ordinary_environment
from benchmarks.recorded import ROOT
from benchmarks.report import report
from benchmarks.rows import Row
from benchmarks.runs import embedded_run
from benchmarks.scale import QUICK, Scale

PAGE = ROOT / "docs" / "performance.md"
COMPARED = ("fargames",)
"""Where Schemathesis can be compared: klas answers refusals with HTTP 200, at the first of which it stops."""


def main() -> int:
    """Returns 1 where a target is not met or could not be measured, but not under --quick."""
    arguments = _arguments()
    scale = QUICK if arguments.quick else replace(Scale(), rounds=arguments.rounds)
    load = os.getloadavg()[0]
    rows = []
    with ordinary_environment():
        for row in _rows(arguments.protocol or ["klas", "fargames"], scale, arguments.only):
            sys.stdout.write(f"{row.what}: {row.measured}  [{row.target}] {row.verdict}\n")
            sys.stdout.flush()
            rows.append(row)
    text = report(rows, scale, load, _notes(arguments.quick))
    sys.stdout.write(f"\n{text}")
    page = arguments.output or (None if arguments.quick or arguments.only or arguments.protocol else PAGE)
    if page:
        page.write_text(text, encoding="utf-8")
    return int(not arguments.quick and any(row.met is False for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test: small, once, and its figures mean nothing")
    parser.add_argument("--rounds", type=int, default=Scale().rounds, metavar="N", help="turns (default: %(default)s)")
    parser.add_argument("--protocol", action="append", metavar="P", help="only this one; can be repeated")
    parser.add_argument("--only", action="append", choices=sorted(MEASURES), help="only this measure; can be repeated")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help=f"where to write (default: {PAGE.name} of a full run)"
    )
    return parser.parse_args()


def _whole(protocol: str, scale: Scale) -> Iterator[Row]:
    with_peer = protocol in COMPARED and peer.version() is not None
    yield from comparison.whole_runs(protocol, scale, with_peer=with_peer)
    if protocol in COMPARED and not with_peer:
        yield Row(f"{protocol}: beside Schemathesis", "not measured: it is not installed")


MEASURES: dict[str, Callable[[str, Scale], Iterable[Row]]] = {
    "whole": _whole,
    "fuzzing": fuzzing.fuzzing_over_raw,
    "memory": alone.memory,
    "latency": alone.far_away,
}


def _rows(protocols: list[str], scale: Scale, only: list[str] | None) -> Iterator[Row]:
    """All rows; a measurement that cannot be made is a row that says so."""
    if not only:
        yield from alone.start_up(scale)
    for protocol in protocols:
        try:
            embedded_run(protocol)  # compiles, and fills caches
            for name, measure in MEASURES.items():
                if not only or name in only:
                    yield from measure(protocol, scale)
        except Unusable as error:
            sys.stderr.write(f"{error}\n")
            yield Row(f"{protocol}: the rest", "could not be measured", met=False)


def _notes(quick: bool) -> list[str]:  # noqa: FBT001 - an option of the command
    return ["Measured with --quick: these figures mean nothing."] if quick else []


if __name__ == "__main__":
    sys.exit(main())
