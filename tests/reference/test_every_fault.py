"""Every fault and every variant, driven without sockets by the requests of the suite."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest

from certhook.building.builder import Builder
from certhook.exchange import Request
from certhook.pack.loading import load_pack, protocols
from certhook.profile.profile import profile_from
from certhook.reference import faults, profile, target_class, variants
from certhook.reference.wire import Connection, Dropped, HttpAnswer, HttpRequest
from certhook.running.cases import cases_of, select

PATIENCE_S = 0.002
LATE = 3
FAULTS = [(protocol, name) for protocol in protocols() for name in faults(protocol)]
VARIANTS = [(protocol, name) for protocol in protocols() for name in variants(protocol)]


@cache
def _requests(protocol: str) -> tuple[HttpRequest, ...]:
    """A control before every other case, and every case of the protocol's whole catalogue."""
    pack = load_pack(protocol)
    own = profile_from(
        profile(protocol, "http://127.0.0.1"),
        source="the tests",
        protocol=protocol,
        protocol_schema=pack.profile_schema,
        requirement_ids=[one.id for one in pack.requirements],
    )
    builder = Builder(pack, own)
    cases = cases_of(pack, own, select(pack, own), builder)
    built = [builder.build(case.operation, case.change) for case in cases]
    controls = [builder.build(operation) for operation in pack.operations for _ in range(2)]
    return tuple(map(_received, (*controls, *built, *controls)))


def _received(request: Request) -> HttpRequest:
    """The request as a server hands it on."""
    path, _, query = request.target.partition("?")
    headers = tuple((name.encode("ascii"), value) for name, value in request.headers)
    return HttpRequest(request.method, path, headers, request.body, query)


async def _answers(protocol: str, fault_names: tuple[str, ...], variant_names: tuple[str, ...]) -> list[object]:
    """What the target says to each request, or the way in which it says nothing; few late answers are waited for."""
    target, connection = target_class(protocol, fault_names, variant_names)(), Connection()
    said: list[object] = []
    for request in _requests(protocol):
        try:
            said.append(await asyncio.wait_for(target.respond(request, connection), PATIENCE_S))
        except (Dropped, TimeoutError) as silence:
            said.append(silence)
            connection = Connection()
            if sum(isinstance(one, TimeoutError) for one in said) > LATE:
                break
    return said


@pytest.mark.parametrize(("protocol", "name"), FAULTS, ids=str)
def test_a_fault_is_wrong_on_purpose_only(protocol: str, name: str) -> None:
    """A faulty target answers, hangs or drops the connection; it never crashes in a way that nobody meant."""
    said = asyncio.run(_answers(protocol, (name,), ()))
    assert all(isinstance(one, HttpAnswer | Dropped | TimeoutError) for one in said)
    assert any(isinstance(one, HttpAnswer) for one in said) or len(said) > LATE


@pytest.mark.parametrize(("protocol", "name"), VARIANTS, ids=str)
def test_a_variant_always_answers(protocol: str, name: str) -> None:
    """A legal variant answers every request of the suite, and none with a server error but the documented ones."""
    said = asyncio.run(_answers(protocol, (), (name,)))
    assert all(isinstance(one, HttpAnswer) for one in said)
