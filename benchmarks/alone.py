"""What is measured of certhook alone: start-up, memory, and runs against a target far away."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.commands import certhook, measured, scratch
from benchmarks.rows import Row, at_most
from benchmarks.runs import embedded_run
from benchmarks.scale import GROWTH_KB, HELP_S, PEAK_MB, WITH_LATENCY_S, Scale


def start_up(scale: Scale) -> Iterator[Row]:
    """`certhook --help`, after a first time that compiles modules."""
    folder = scratch()
    times = [measured(certhook("--help"), folder).wall_s for _ in range(2 * scale.rounds + 1)]
    yield at_most("`certhook --help`", median(times[1:]), HELP_S, "s", digits=3)


def memory(protocol: str, scale: Scale) -> Iterator[Row]:
    """Peak memory of a night run, and how much more that of one twice as long is, by further request.

    Shorter runs do not serve: what is kept up to a bound, such as tables of characters, is not full at their end.
    """
    night, long = (embedded_run(protocol, "--max-examples", str(count)) for count in (scale.night, 2 * scale.night))
    yield at_most(
        f"{protocol}: peak memory with `--max-examples {scale.night}`", night.measured.peak_mb, PEAK_MB, "MB", digits=0
    )
    growth_mb = long.measured.peak_mb - night.measured.peak_mb
    each_kb = growth_mb * 1024 / max(1, long.requests - night.requests)
    measured_text = f"{each_kb:.2f} KB ({growth_mb:.0f} MB for {long.requests - night.requests})"
    what = f"{protocol}: growth per further request, `--max-examples {2 * scale.night}` against {scale.night}"
    yield Row(what, measured_text, f"none (below {GROWTH_KB:g} KB)", each_kb < GROWTH_KB)


def far_away(protocol: str, scale: Scale) -> Iterator[Row]:
    """A whole default run where each answer takes its time."""
    runs = [embedded_run(protocol, "--latency-ms", str(scale.latency_ms)) for _ in range((scale.rounds + 1) // 2)]
    wall, requests = median(run.wall_s for run in runs), median(run.requests for run in runs)
    what = f"{protocol}: whole run, {scale.latency_ms} ms of latency"
    bound = WITH_LATENCY_S.get(protocol)
    met = None if bound is None else wall <= bound
    yield Row(what, f"{wall:.1f} s, {requests:.0f} requests", f"at most {bound:g} s" if bound else "", met)
