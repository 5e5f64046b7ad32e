"""Exchanges take turns in one thread: while one waits for its answer, others go on."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpcore
import httpx
import pytest

from certhook.exchange import Failure, FailureKind, Request, Response
from certhook.profile.route import Route
from certhook.reference.wire import HttpAnswer
from certhook.sending.lanes import Lanes, TrackedLane
from certhook.sending.transport import Sent
from certhook.sending.turns import Turns
from tests.targets import Answer, Answering, Call, Served, conformant, plain, serving, silent

CERTIFICATE = Path(__file__).with_name("self-signed.pem")
REQUEST = Request("authenticate", "POST", "/authenticate", (), b"{}")
TOGETHER = 3


def carry(request: Request, lane: TrackedLane) -> Sent:
    """Send over whatever connection is free."""
    return lane.lane.send(request)


@contextmanager
def lanes_to(
    answering: Answering, *, encrypted: bool = False, timeout_s: float = 5.0
) -> Iterator[tuple[Lanes, Served]]:
    """Three connections to a target."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if encrypted else None
    if context is not None:
        context.load_cert_chain(CERTIFICATE)
    with serving(answering, context) as served:
        lanes = Lanes(served.url, timeout_s, TOGETHER, route=Route(insecure=True))
        try:
            yield lanes, served
        finally:
            lanes.close()


def all_at_once(call: Call) -> HttpAnswer:
    """Answer when three requests are there, or not at all."""
    barrier = call.served.notes.setdefault("barrier", threading.Barrier(TOGETHER))
    barrier.wait(5.0)
    return conformant(call)


@pytest.mark.parametrize("encrypted", [False, True])
def test_several_are_in_flight_and_one_thread_sends_them(*, encrypted: bool) -> None:
    """A target that answers only when three requests are there answers all of them."""
    threads: set[int] = set()

    def noting(request: Request, lane: TrackedLane) -> Sent:
        threads.add(threading.get_ident())
        return carry(request, lane)

    with lanes_to(all_at_once, encrypted=encrypted) as (lanes, served):
        sent = lanes.spread(noting, [REQUEST] * (4 * TOGETHER), in_turns=True)
    assert all(isinstance(one.answer, Response) for one in sent)
    assert threads == {threading.get_ident()}
    assert served.connections == TOGETHER


def test_each_gets_its_own_answer_in_the_order_of_the_requests() -> None:
    """Whoever is answered first: the results stand in the places of what was sent."""
    bodies = [b'{"place": %d}' % place for place in range(9)]
    requests = [Request("authenticate", "POST", "/", (), body) for body in bodies]
    with lanes_to(lambda call: plain(200, call.request.body)) as (lanes, _):
        sent = lanes.spread(carry, requests, in_turns=True)
    assert [one.answer.body for one in sent if isinstance(one.answer, Response)] == bodies


class Stream(httpcore.NetworkStream):
    """A stream of the client library, of which only what it says of itself is asked for."""

    def __init__(self, connection: socket.socket, encryption: object = None) -> None:
        self._said = {"socket": connection, "ssl_object": encryption}

    def get_extra_info(self, info: str) -> object:
        return self._said[info]


@dataclass
class Polling:
    """A poll object of the system, but for how it polls."""

    within: select.poll
    poll: Callable[[float], list[tuple[int, int]]]

    def register(self, number: int, events: int) -> None:
        self.within.register(number, events)

    def unregister(self, number: int) -> None:
        self.within.unregister(number)


def goes_first(stream: Stream) -> bool:
    """Whether what waits for a stream goes on before another task has its turn."""
    turns, order = Turns(), []

    def wait() -> None:
        turns.wait(stream, 0.01)
        order.append("waiting")

    turns.run([wait, lambda: order.append("other")])
    return order[0] == "waiting"


@contextmanager
def encrypted_pair() -> Iterator[tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    """Both ends of a connection with TLS, the client's first."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    near, far = socket.socketpair()
    with ThreadPoolExecutor(1) as pool:
        shaken = pool.submit(server.wrap_socket, far, server_side=True)
        client = Route(insecure=True).trust().wrap_socket(near)
        with client, shaken.result() as other:
            yield client, other


def test_nobody_waits_for_what_is_there_already() -> None:
    """Of what was decrypted, or taken from a proxy's TLS, and not read yet, no system call would tell."""
    with encrypted_pair() as (client, server):
        server.send(b"0123456789")
        assert client.recv(4) == b"0123"
        assert goes_first(Stream(client, object()))
        assert client.recv(16) == b"456789"
        assert not goes_first(Stream(client, object()))
        inner = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
        assert goes_first(Stream(client, inner))


def test_one_that_is_not_answered_holds_up_nobody() -> None:
    """It is a time-out when its own time is over, and all others are answered before."""

    def hanging(call: Call) -> Answer:
        return silent(call) if call.number == 1 else conformant(call)

    with lanes_to(hanging, timeout_s=0.3) as (lanes, _):
        sent = lanes.spread(carry, [REQUEST] * 9, in_turns=True)
    failures = [one for one in sent if isinstance(one.answer, Failure)]
    assert [one.answer.kind for one in failures if isinstance(one.answer, Failure)] == [FailureKind.TIMEOUT]
    assert all(one.elapsed_s < 0.3 for one in sent if one not in failures)
    assert failures[0].elapsed_s < 0.6


def test_one_that_is_woken_too_early_waits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """That nothing has come yet, and no time is over, ends nobody."""
    turns, (near, far), ended = Turns(), socket.socketpair(), []
    waited = turns._poll.poll
    polled: list[float] = []

    def early(timeout_ms: float) -> list[tuple[int, int]]:
        polled.append(timeout_ms)
        if len(polled) == 1:
            far.send(b"x")
            return []
        return waited(timeout_ms)

    def wait() -> None:
        turns.wait(Stream(near), 5.0)
        ended.append(near.recv(1))

    monkeypatch.setattr(turns, "_poll", Polling(turns._poll, early))
    with near, far:
        turns.run([wait])
    assert ended == [b"x"]


def test_what_cannot_be_sent_ends_them_all() -> None:
    """The mistake is raised, and the connections can be used again."""
    impossible = Request("authenticate", "POST", "/", (("X-Odd", b"a\r\nb"),), b"{}")
    with lanes_to(conformant) as (lanes, _):
        with pytest.raises(httpx.LocalProtocolError):
            lanes.spread(carry, [REQUEST, REQUEST, impossible, REQUEST], in_turns=True)
        again = lanes.spread(carry, [REQUEST] * 6, in_turns=True)
    assert all(isinstance(one.answer, Response) for one in again)


def test_the_same_connections_serve_threads() -> None:
    """Who sends without taking turns, in whatever thread, waits for the answer alone."""
    with lanes_to(all_at_once) as (lanes, served):
        lanes.spread(carry, [REQUEST] * TOGETHER, in_turns=True)
        sent = lanes.spread(carry, [REQUEST] * (2 * TOGETHER))
    assert all(isinstance(one.answer, Response) for one in sent)
    assert served.connections == TOGETHER
