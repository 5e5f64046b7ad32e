"""Whole runs, in turn: certhook's default one, a deep one, and Schemathesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.peer import peer_run
from benchmarks.rows import Row, at_least, at_most
from benchmarks.runs import Run, embedded_run
from benchmarks.scale import DEEP_OVER_PEER, FIRST_REQUEST_S, OVER_PEER, Scale


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of each kind, one right after the other; `peer` is None where there is none to compare with."""

    default: Run
    deep: Run
    peer: Run | None


def turns(protocol: str, scale: Scale, *, with_peer: bool) -> list[Turn]:
    """Take all turns. Raises Unusable."""
    return [
        Turn(
            embedded_run(protocol),
            embedded_run(protocol, "--max-examples", str(scale.deep)),
            peer_run(protocol) if with_peer else None,
        )
        for _ in range(scale.rounds)
    ]


def whole_runs(protocol: str, scale: Scale, *, with_peer: bool) -> Iterator[Row]:
    """Rows on whole runs of a protocol. Raises Unusable."""
    taken = turns(protocol, scale, with_peer=with_peer)
    defaults, deeps = [turn.default for turn in taken], [turn.deep for turn in taken]
    peers = [turn.peer for turn in taken if turn.peer]
    yield Row(f"{protocol}: whole run, default", _said(defaults))
    yield Row(f"{protocol}: whole run, `--max-examples {scale.deep}`", _said(deeps))
    if peers:
        yield Row(f"{protocol}: whole run of Schemathesis, default, one worker", _said(peers))
    yield Row(f"{protocol}: share of the default run outside HTTP", _outside(defaults))
    yield Row(f"{protocol}: share of the deep run outside HTTP", _outside(deeps))
    if peers:
        yield Row(f"{protocol}: share of Schemathesis's run outside HTTP", _outside(peers))
    first = median(run.first_request_s for run in defaults)
    yield at_most(f"{protocol}: from the start to the first request", first, FIRST_REQUEST_S, "s")
    if peers:
        yield from _over_peer(protocol, taken, scale)


def _over_peer(protocol: str, taken: Sequence[Turn], scale: Scale) -> Iterator[Row]:
    pairs = [(turn, turn.peer) for turn in taken if turn.peer]
    default = [turn.default.rate / peer.rate for turn, peer in pairs]
    deep = [turn.deep.rate / peer.rate for turn, peer in pairs]
    sooner = median(turn.default.wall_s / peer.wall_s for turn, peer in pairs)
    yield at_least(
        f"{protocol}: requests/s of the default run over Schemathesis's", median(default), OVER_PEER, _span(default)
    )
    yield Row(f"{protocol}: time of the default run over Schemathesis's", f"{sooner:.2f}", "below 1", sooner < 1)
    what = f"{protocol}: requests/s with `--max-examples {scale.deep}` over Schemathesis's"
    yield at_least(what, median(deep), DEEP_OVER_PEER, _span(deep))


def _said(runs: Sequence[Run]) -> str:
    wall, requests, rate = (
        _median(runs, what) for what in (lambda run: run.wall_s, lambda run: run.requests, lambda run: run.rate)
    )
    return f"{wall:.1f} s, {requests:.0f} requests, {rate:.0f} requests/s"


def _median(runs: Sequence[Run], what: Callable[[Run], float]) -> float:
    return median(map(what, runs))


def _outside(runs: Sequence[Run]) -> str:
    return f"{median(run.outside for run in runs):.0%}"


def _span(ratios: Sequence[float]) -> str:
    return f"{min(ratios):.2f} to {max(ratios):.2f}"
