"""A request of no case's own is made again from what was recorded of it."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from certhook.building.change import Change, Draft, Stage
from certhook.errors import UsageError
from certhook.exchange import Exchange, Request, Response
from certhook.reference import profile, target_class
from certhook.replaying.recorded import is_carried_otherwise, made_anew, recorded_request
from certhook.running.certification import Certification
from tests.certifying import certifying

HOUR_S = 3600
URL = "http://target.example"

Damage = Callable[[bytes], bytes]


class Recorded:
    """A fuzzed request as it was recorded an hour ago."""

    def __init__(self, certification: Certification, change: Change) -> None:
        self.certification = certification
        self.operation = certification.pack.operations[0]
        built = certification.builder.build(self.operation, change)
        self.sent = replace(built, body=_an_hour_older(built.body))
        moment = datetime.now(UTC) - timedelta(seconds=HOUR_S)
        exchange = Exchange(7, "authenticate.malformed.fuzzed", self.sent, Response(200, (), b"{}"), moment, 0.0)
        self.record: dict[str, Any] = certification.recorded(exchange)

    def again(self) -> Request:
        """The request as it is made from the record."""
        return self.certification.builder.build(self.operation, made_anew(self.record, self.certification))


def _an_hour_older(body: bytes) -> bytes:
    now = int(datetime.now(UTC).timestamp())
    for moment in range(now - 2, now + 1):
        body = body.replace(str(moment).encode(), str(moment - HOUR_S).encode())
    return body


@contextmanager
def recorded(folder: Path, damage: Damage = bytes, protocol: str = "klas", **change: Any) -> Iterator[Recorded]:
    """Record a request whose body was damaged before it was signed."""

    def apply(draft: Draft) -> None:
        draft.body = damage(draft.body)

    with certifying(folder, profile(protocol, URL), protocol=protocol) as certification:
        yield Recorded(certification, Change("malformed.fuzzed", "damaged", Stage.BODY, apply, **change))


def with_header(name: str, value: bytes) -> Callable[[Request], Request]:
    """A finish that sets a header."""
    return lambda request: request.with_header(name, value)


def signed(body: bytes) -> bytes:
    """The right signature of a body for the reference target of klas."""
    key: bytes = target_class("klas").secret
    return hmac.new(key, body, hashlib.sha256).hexdigest().encode()


def fields_of(body: bytes) -> dict[str, Any]:
    """The fields of a damaged body: its first object, closed where its end was cut."""
    fields: dict[str, Any] = json.loads(body[body.index(b"{") :].partition(b"}")[0] + b"}")
    return fields


DAMAGES: dict[str, Damage] = {
    "nothing": bytes,
    "cut at its end": lambda body: body[:-1],
    "a mark before it": lambda body: b"\xef\xbb\xbf" + body,
    "a byte that is not UTF-8": lambda body: body + b"\xff",
    "its end twice": lambda body: body + body[-20:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_time_and_ids_are_fresh_and_the_damage_is_the_same(damage: str, tmp_path: Path) -> None:
    """The old time is now and the old id a new one, the session's own id is kept, the rest is as it was; and signed."""
    with recorded(tmp_path, DAMAGES[damage]) as request:
        again = request.again()
    old, new = fields_of(request.sent.body), fields_of(again.body)
    assert new["request_id"] != old["request_id"]
    assert abs(new["timestamp"] - old["timestamp"] - HOUR_S) <= 2
    body = request.sent.body.replace(str(old["timestamp"]).encode(), str(new["timestamp"]).encode())
    assert again.body == body.replace(old["request_id"].encode(), new["request_id"].encode())
    assert again.header("X-Signature") == signed(again.body)


def test_a_time_that_was_moved_back_is_fresh_again(tmp_path: Path) -> None:
    """Requests that would be signed alike are given moments some minutes back; those become old as well."""

    def moved_back(body: bytes) -> bytes:
        moment = fields_of(body)["timestamp"]
        return body.replace(str(moment).encode(), str(moment - HOUR_S - 20).encode())

    with recorded(tmp_path, moved_back) as request:
        again = request.again()
    assert fields_of(again.body)["timestamp"] > datetime.now(UTC).timestamp() - 5


def test_a_number_that_is_no_time_is_left_alone(tmp_path: Path) -> None:
    """Only a number near the moment of sending is the request's time, and only where it stands by itself."""
    numbers = b'"x":1234567890,"y":"%d5"' % int(datetime.now(UTC).timestamp())
    with recorded(tmp_path, lambda body: body[:-1] + b"," + numbers + b"}") as request:
        assert b'"x":1234567890,"y":"' in request.again().body


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_body_is_signed_as_it_was_and_packed_again(encoding: str, tmp_path: Path) -> None:
    """What was packed after it had been signed is unpacked, made fresh, signed, and packed."""
    packs: dict[str, Damage] = {"gzip": partial(gzip.compress, mtime=0), "deflate": zlib.compress}
    pack = packs[encoding]

    def finish(request: Request) -> Request:
        return replace(request.with_header("Content-Encoding", encoding.encode()), body=pack(request.body))

    with recorded(tmp_path, finish=finish) as request:
        again = request.again()
    plain = zlib.decompressobj(wbits=47).decompress(again.body)
    assert fields_of(plain)["timestamp"] > datetime.now(UTC).timestamp() - 60
    assert again.header("X-Signature") == signed(plain)
    assert again.header("Content-Encoding") == encoding.encode()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_body_that_only_says_that_it_is_packed_stays_as_it_is(encoding: str, tmp_path: Path) -> None:
    """What is called packed and is not is made fresh like any other, and signed."""
    with recorded(tmp_path, finish=with_header("Content-Encoding", encoding.encode())) as request:
        again = request.again()
    assert fields_of(again.body)["timestamp"] > datetime.now(UTC).timestamp() - 60
    assert again.header("X-Signature") == signed(again.body)
    assert again.header("Content-Encoding") == encoding.encode()


def test_it_is_carried_as_it_was(tmp_path: Path) -> None:
    """Its media type and its chunks are the recorded ones; its answer is open, as it was then."""
    finish = with_header("Content-Type", b"text/html; charset=\xe9")
    with recorded(tmp_path, finish=finish) as request:
        again = request.again()
        assert again.header("Content-Type") == b"text/html; charset=\xe9"
        assert is_carried_otherwise(request.record, request.certification)
    with recorded(tmp_path, finish=lambda request: replace(request, chunks=(3, 1))) as request:
        assert request.again().chunks == (3, 1)
        assert is_carried_otherwise(request.record, request.certification)
    with recorded(tmp_path) as request:
        assert not is_carried_otherwise(request.record, request.certification)


def test_masked_credentials_are_put_back(tmp_path: Path) -> None:
    """Where the credentials stand in the body itself, the profile's own come back into their places."""
    with recorded(tmp_path, lambda body: body + b"]", protocol="evi") as request:
        assert "***" in request.record["request"]["body"]["text"]
        assert request.again().body == request.sent.body


def _flipped_at(body: bytes, place: int) -> bytes:
    return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]


REFUSED: dict[str, tuple[str, Damage]] = {
    "a secret that is none of the profile's": (
        "evi",
        lambda body: body.replace(b'"Account"', b'"Password":"another","Account"'),
    ),
    "a secret of which one bit was flipped": ("evi", lambda body: _flipped_at(body, body.index(b'"Password":"') + 14)),
    "a body that was cut": ("klas", lambda body: body + b" " * 100_000),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_was_not_recorded_cannot_be_made_again(what: str, tmp_path: Path) -> None:
    """One line says so; nothing is guessed."""
    protocol, damage = REFUSED[what]
    with recorded(tmp_path, damage, protocol) as request, pytest.raises(UsageError, match="cannot be made again"):
        made_anew(request.record, request.certification)


def test_a_form_is_signed_by_its_values(tmp_path: Path) -> None:
    """A form's signature covers what a tolerant parser finds in the recorded bytes, beside path and query."""
    with recorded(tmp_path, lambda body: body + b"&lang=%zz&nick", protocol="evenbet") as request:
        again = request.again()
    assert again == replace(request.sent, operation=again.operation)


def test_bytes_that_were_recorded_whole_are_sent_as_they_were(tmp_path: Path) -> None:
    """Method, target, headers, body and chunks are the recorded ones, to the byte."""
    with recorded(tmp_path, lambda body: body + b"\xff", finish=lambda request: replace(request, chunks=(5,))) as one:
        request = replace(one.sent.with_header("X-Signature", None), headers=(("X", b"\xe9"),))
        exchange = Exchange(7, "case", request, Response(200, (), b"{}"), datetime.now(UTC), 0.0)
        record = one.certification.recorded(exchange)
    assert recorded_request(record, URL + "/") == request


@pytest.mark.parametrize("protocol", ["klas", "evi", "evenbet", "fargames"])
def test_bytes_without_their_secrets_are_not_sent(protocol: str, tmp_path: Path) -> None:
    """A masked signature or password would make another request of it."""
    with recorded(tmp_path, protocol=protocol) as one, pytest.raises(UsageError, match="byte for byte"):
        recorded_request(one.record, URL)
