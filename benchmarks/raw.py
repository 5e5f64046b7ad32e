"""The yardstick: one httpx.Client, one connection, the same bytes one after the other, and nothing else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

import httpx

from benchmarks.recorded import Seen

WARM_UP = 20


def raw_rate(url: str, requests: Sequence[Seen], at_least: int = 1_000) -> float:
    """Requests per second of sending these over and over, in whole passes, at least so many."""
    passes = -(-at_least // len(requests))
    with httpx.Client(timeout=30, trust_env=False) as client:
        _send(client, url, requests[:WARM_UP])
        clock = time.perf_counter()
        for _ in range(passes):
            _send(client, url, requests)
        return passes * len(requests) / (time.perf_counter() - clock)


def _send(client: httpx.Client, url: str, requests: Sequence[Seen]) -> None:
    for one in requests:
        with contextlib.suppress(httpx.RemoteProtocolError):  # a target may drop what it does not like
            client.send(httpx.Request(one.method, url + one.path, headers=list(one.headers), content=one.body))
