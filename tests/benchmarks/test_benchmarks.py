"""The benchmarks measure what they say, and need no Schemathesis for what is not about it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx
import pytest

from benchmarks import comparison, fleet, fuzzing
from benchmarks.commands import Measured, Unusable, measured
from benchmarks.journals import Flight, Phase, flights, in_flight_s, rate
from benchmarks.journals import fuzzing as fuzzed_phases
from benchmarks.raw import raw_rate
from benchmarks.recorded import recorded
from benchmarks.report import report
from benchmarks.rows import Row, at_least, at_most
from benchmarks.runs import Run, embedded_run
from benchmarks.scale import QUICK


def test_a_run_is_measured() -> None:
    """A run has a wall time that holds its exchanges, a first request after its start, and a peak of memory."""
    run = embedded_run("klas", "--group", "methods")
    assert 0 < run.first_request_s < run.wall_s
    assert 0 < run.in_flight_s < run.wall_s
    assert 0 < run.outside < 1
    assert run.requests == len(run.flights) > 3
    assert 20 < run.measured.peak_mb < 400


def test_fuzzing_over_raw() -> None:
    """What was fuzzed is sent again as it was, and compared; the share outside HTTP is one of the fuzzing."""
    ratio, outside = fuzzing.fuzzing_over_raw("klas", QUICK)
    assert float(ratio.measured.split()[0]) > 0
    assert outside.measured.endswith("%")


def test_recorded_bytes_are_those_sent() -> None:
    """A recording target keeps method, path with query, headers and body, once; sent raw they are the same again."""
    with recorded("klas") as target:
        sent = httpx.Request("POST", f"{target.url}/x?y=1", headers={"X-Odd": "a b"}, content=b"\xff\x00")
        with httpx.Client(trust_env=False) as client:
            client.send(sent)
        (seen,) = target.seen()
        assert (seen.method, seen.path, seen.body) == ("POST", "/x?y=1", b"\xff\x00")
        assert (b"X-Odd", b"a b") in seen.headers
        assert raw_rate(target.url, [seen], at_least=3) > 0
        again = target.seen()
        assert len(again) == 4
        assert {(one.method, one.path, one.headers, one.body) for one in again} == {
            (seen.method, seen.path, seen.headers, seen.body)
        }


def test_an_unexpected_end_is_no_measurement(tmp_path: Path) -> None:
    """A command that fails raises, with the end of what it said."""
    with pytest.raises(Unusable, match="status 7:\nwhy it failed"):
        measured([sys.executable, "-c", "print('why it failed'); raise SystemExit(7)"], tmp_path)


def test_exchanges_on_one_connection_do_not_overlap(tmp_path: Path) -> None:
    """Times cut to the millisecond are straightened on each connection; time in flight is counted once."""
    journal = tmp_path / "journal.ndjson"
    times = [(1, 1, "00.000", 1.5), (2, 1, "00.001", 1.5), (3, 2, "00.001", 1.0), (4, 1, "00.010", 2.0)]
    lines = [
        {"kind": "exchange", "number": number, "case": "x.fuzzed", "lane": lane, "started": _at(at), "elapsed_ms": ms}
        for number, lane, at, ms in times
    ]
    journal.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    found = flights(journal)
    assert in_flight_s(found) == pytest.approx(0.005, abs=1e-5)
    (phase,) = fuzzed_phases(found)
    assert phase.requests == 4
    assert phase.ended - phase.started == pytest.approx(0.012, abs=1e-5)
    assert rate([phase, Phase(4, 0.0, 0.012)]) == pytest.approx(8 / 0.024, rel=1e-3)


def test_ratios_are_those_of_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a peer there is a row for each target: requests per second, sooner, and the deep run."""
    speeds = {"default": (100, 1.0), "deep": (900, 3.0), "peer": (50, 5.0)}
    runs = {name: _run(*speed) for name, speed in speeds.items()}
    monkeypatch.setattr(
        comparison, "embedded_run", lambda _protocol, *words: runs["deep" if "--max-examples" in words else "default"]
    )
    monkeypatch.setattr(comparison, "peer_run", lambda _protocol: runs["peer"])
    rows = list(comparison.whole_runs("klas", QUICK, with_peer=True))
    judged = {row.measured.split()[0]: row.met for row in rows if row.met is not None}
    assert judged == {"0.50": True, "10.00": True, "0.20": True, "30.00": True}
    assert len(list(comparison.whole_runs("klas", QUICK, with_peer=False))) == 5


def test_the_page() -> None:
    """The page says of every row what was measured, what was to be reached and whether it was."""
    rows = [at_most("a", 1.0, 2.0, "s"), at_least("b", 0.4, 0.5, "why"), Row("c", "3 s")]
    text = report(rows, QUICK, 0.5)
    assert "| a | 1.00 s | at most 2 s | met |" in text
    assert "| b | 0.40 (why) | at least 0.5 | **not met** |" in text
    assert "| c | 3 s |  |  |" in text
    assert "cores" in text


def _at(second: str) -> str:
    return f"2027-01-15T08:00:{second}Z"


def _run(requests: int, wall_s: float) -> Run:
    flight = Flight("a", 1, 0.5, 1.0)
    return Run(Measured(0.0, wall_s, 0, 50.0), requests, wall_s / 2, (flight,))


def test_a_night_is_measured(tmp_path: Path) -> None:
    """A small fleet comes out as it should, and its figures stand between the markers of a page, the rest untouched."""
    night = fleet.measured(10, 2, tmp_path, quick=True)
    assert night.wrong == []
    assert night.operators == {"sound": 6, "faulty": 2, "dead": 1, "overdue": 1}
    assert all(20 < sample.megabytes < 400 for sample in night.samples)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{fleet.BEGIN}\nold\n{fleet.END}\nafter\n")
    fleet.write_between(page, "\n".join(fleet.figures(night, 2, 0.5)))
    text = page.read_text()
    assert "| verdicts that are right | 10 of 10 |" in text
    assert text.startswith(f"before\n{fleet.BEGIN}\n")
    assert text.endswith(f"{fleet.END}\nafter\n")
    assert "old" not in text
