"""The klas reference target over real sockets, and its faults and variants as a catalogue."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hmac
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from certhook.errors import UsageError
from certhook.reference import Embedded, TargetDied, embedded, faults, profile, target_class, variants
from certhook.reference.klas import KlasTarget
from certhook.reference.wire import Connection, HttpAnswer, HttpRequest

REQUIREMENTS = Path(__file__).parents[2] / "schemas" / "klas" / "requirements.toml"
SUBJECT = KlasTarget.profile("")["subject"]
MALFORMED = [
    b"",
    b"[]",
    b"1",
    b"null",
    b"{",
    b"{'a':1}",
    b"[" * 100_000,
    b'{"a":NaN}',
    b'{"a":1e400}',
    b'{"a":' + b"1" * 5000 + b"}",
    b'{"a":"\\ud800"}',
    b'{"a":1,"a":1}',
    b"\xef\xbb\xbf{}",
    b'{"a":"\xff"}',
    b"{} {}",
    '{"a":1}'.encode("utf-16"),
]


def sign(body: bytes) -> str:
    """The right signature of a body."""
    return hmac.digest(KlasTarget.secret, body, "sha256").hex()


def valid(**changes: Any) -> bytes:
    """A fresh valid body, with some fields changed."""
    fields = {
        "request_id": str(uuid.uuid4()),
        "timestamp": int(time.time()),
        "session_id": SUBJECT["session_id"],
        "player_id": SUBJECT["player_id"],
    }
    return json.dumps(fields | changes).encode()


class Client:
    """One connection to a target, and what its last answer said."""

    def __init__(self, target: Embedded) -> None:
        place = urlsplit(target.url)
        self.address = (place.hostname, place.port)
        self.http = http.client.HTTPConnection(str(place.hostname), place.port, timeout=10)

    def send(self, body: bytes, method: str = "POST", **headers: str) -> tuple[int, dict[str, Any]]:
        """Send a signed body; every answer must be signed too."""
        given = {"X-Signature": sign(body)} | {name.replace("_", "-"): value for name, value in headers.items()}
        self.http.request(method, "/authenticate", body, given)
        return self.read()

    def read(self) -> tuple[int, dict[str, Any]]:
        self.response = self.http.getresponse()
        body = self.response.read()
        assert self.response.getheader("X-Signature") == sign(body)
        return self.response.status, json.loads(body)

    def raw(self, request: bytes) -> bytes:
        """Send bytes over a connection of their own and read until it is closed."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def target() -> Iterator[Embedded]:
    """A conformant target in a child process."""
    with embedded("klas") as running:
        yield running


@pytest.fixture
def client(target: Embedded) -> Iterator[Client]:
    """A fresh connection to the target."""
    client = Client(target)
    yield client
    client.http.close()


def test_a_valid_request_is_accepted(client: Client) -> None:
    """A valid request gets the account and the success code."""
    assert client.send(valid()) == (200, {"currency": "EUR", "balance": "30", "status_code": "OK"})


@pytest.mark.parametrize("given", ["", "0" * 64, "a" * 8192, "\xff\xfe" * 32])
def test_a_wrong_signature_is_refused(client: Client, given: str) -> None:
    """Whatever stands in the signature header but the right signature fails the integrity check."""
    assert client.send(valid(), X_Signature=given) == (200, {"status_code": "ERR_INTEGRITY_CHECK_FAILED"})


def test_a_missing_signature_is_refused(client: Client) -> None:
    """A request without the header fails the integrity check."""
    client.http.request("POST", "/authenticate", valid())
    assert client.read() == (200, {"status_code": "ERR_INTEGRITY_CHECK_FAILED"})


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_body_is_refused_and_leaves_no_trace(client: Client, body: bytes) -> None:
    """A malformed body is an invalid body, and the next request on the connection is accepted."""
    assert client.send(body) == (200, {"status_code": "ERR_INVALID_BODY"})
    assert client.send(valid())[1]["status_code"] == "OK"


@pytest.mark.parametrize("name", ["request_id", "timestamp", "session_id", "player_id"])
@pytest.mark.parametrize("value", [None, True, "", {"a": 1}, ["a"]], ids=str)
def test_a_bad_parameter_is_refused(client: Client, name: str, value: object) -> None:
    """A mandatory field of a wrong type or without content is a bad parameter."""
    assert client.send(valid(**{name: value})) == (200, {"status_code": "ERR_BAD_PARAMS"})


@pytest.mark.parametrize("offset", [-360, 360, -86_400, 86_400 * 365])
def test_a_time_outside_the_window_is_refused(client: Client, offset: int) -> None:
    """A request that is older or newer than the window is refused."""
    assert client.send(valid(timestamp=int(time.time()) + offset))[1] == {"status_code": "ERR_BAD_PARAMS"}


@pytest.mark.parametrize("offset", [-240, 30])
def test_a_time_inside_the_window_is_accepted(client: Client, offset: int) -> None:
    """A request inside the window is accepted."""
    assert client.send(valid(timestamp=time.time() + offset))[1]["status_code"] == "OK"


@pytest.mark.parametrize(
    "account",
    [
        {"player_id": "12003"},
        {"session_id": str(uuid.UUID(int=1))},
        {"session_id": SUBJECT["other_session_id"]},
    ],
    ids=["player", "session", "session of another"],
)
def test_an_unknown_account_is_refused(client: Client, account: dict[str, str]) -> None:
    """A player, or a session of that player, that nobody has is refused."""
    assert client.send(valid(**account)) == (200, {"status_code": "ERR_BAD_PARAMS"})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_not_allowed(client: Client, method: str) -> None:
    """Another method is answered with HTTP 405 and the one that is allowed."""
    assert client.send(valid(), method)[0] == 405
    assert client.response.getheader("Allow") == "POST"


def test_a_compressed_body_is_refused(client: Client) -> None:
    """A gzip-encoded body is an unsupported one."""
    assert client.send(gzip.compress(valid()), Content_Encoding="gzip")[0] == 415


def test_a_large_body_is_refused_after_it_was_read(client: Client) -> None:
    """A body above 1 MiB gets its answer, not a reset connection."""
    assert client.send(b"a" * 3_000_000)[0] == 413
    assert client.response.getheader("Connection") == "close"


def test_a_chunked_body_is_read(client: Client) -> None:
    """A body that comes in chunks is as good as one that comes in a piece."""
    body = valid()
    client.http.request("POST", "/authenticate", iter([body[:7], body[7:]]), {"x-signature": sign(body)})
    assert client.read()[1]["status_code"] == "OK"


def test_a_client_that_waits_for_leave_gets_it(client: Client) -> None:
    """`Expect: 100-continue` is answered before the body is there."""
    head = b"POST /authenticate HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with socket.create_connection(client.address, timeout=10) as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")


def test_http_1_0_is_answered_and_closed(client: Client) -> None:
    """An HTTP/1.0 client sees the end of the answer as the end of the connection."""
    body = valid()
    head = b"POST /authenticate HTTP/1.0\r\nX-SIGNATURE: %b\r\nContent-Length: %d\r\n\r\n"
    answer = client.raw(head % (sign(body).encode(), len(body)) + body)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b'"status_code":"OK"}')


def test_what_is_no_http_is_refused(client: Client) -> None:
    """Bytes that are no HTTP get a refusal."""
    assert client.raw(b"\x16\x03\x01\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_every_requirement_has_a_fault_that_breaks_it() -> None:
    """Faults name requirements of the pack only, and leave none of them out."""
    known = {entry["id"] for entry in tomllib.loads(REQUIREMENTS.read_text("utf-8"))["requirement"]}
    entries = faults("klas").values()
    assert known == frozenset().union(*(fault.breaks for fault in entries))
    assert known >= frozenset().union(*(fault.also for fault in entries))


def test_the_catalogue_is_broad() -> None:
    """There are many faults and variants, and none lacks its sentence."""
    assert len(faults("klas")) >= 55
    assert len(variants("klas")) >= 10
    says = [entry.says for entry in faults("klas").values()] + [entry.says for entry in variants("klas").values()]
    assert all(sentence.endswith(".") for sentence in says)


def ask(target: KlasTarget, body: bytes) -> HttpAnswer:
    """The answer of a target that is not behind a server."""
    headers = ((b"Content-Type", b"application/json"), (b"X-Signature", sign(body).encode()))
    return asyncio.run(target.respond(HttpRequest("POST", "/authenticate", headers, body), Connection()))


@pytest.mark.parametrize("name", faults("klas"))
def test_a_fault_answers_a_valid_request(name: str) -> None:
    """However wrong, a target with one fault answers a valid request."""
    assert ask(target_class("klas", [name])(), valid()).status in {200, 201}


@pytest.mark.parametrize("name", variants("klas"))
def test_a_variant_is_conformant(name: str) -> None:
    """A legal variant accepts a valid request and refuses a stale one."""
    target = target_class("klas", variant_names=[name])()
    assert b'"OK"' in ask(target, valid()).body
    assert b'"OK"' not in ask(target, valid(timestamp=0)).body


def test_faults_and_variants_combine() -> None:
    """A target may have several faults and variants at once."""
    target = target_class("klas", ["timestamp-ignored", "balance-number"], ["refusals-as-400"])()
    assert json.loads(ask(target, valid(timestamp=0)).body)["balance"] == 30
    assert ask(target, valid(player_id="nobody")).status == 400


def test_a_profile_has_what_a_fault_needs() -> None:
    """The profile of a fault carries the options and limits without which it does not show."""
    assert profile("klas", "http://a", ["slow"])["options"] == {"max_p95_ms": 60}
    assert profile("klas", "http://a", ["blank-body-hangs"])["limits"] == {"timeout_s": 1}
    assert "options" not in profile("klas", "http://a")


def test_an_unknown_name_is_a_usage_error() -> None:
    """A misspelt name names the nearest one that exists."""
    with pytest.raises(UsageError, match="did you mean response-unsigned"):
        target_class("klas", ["response-unsignd"])
    with pytest.raises(UsageError, match="no reference target"):
        faults("nothing")


def test_a_target_that_does_not_start_says_why() -> None:
    """A child that ends before it is ready is an exception with its stderr."""
    with pytest.raises(TargetDied, match="no fault 'nonsense'"), embedded("klas", ["nonsense"]):
        pass


def test_several_targets_start_at_once() -> None:
    """`start()` does not wait, and `url` does."""
    pair = [embedded("klas", ["slow"], latency_ms=1).start(), embedded("klas", variants=["coercing"]).start()]
    assert len({one.url for one in pair}) == 2
    for one in pair:
        one.stop()


def test_the_target_dies_with_its_parent() -> None:
    """A target whose parent is killed closes its connections, because it ends."""
    program = "from certhook.reference import embedded\nwith embedded('klas') as t: print(t.url, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        place = urlsplit(parent.stdout.readline().decode().strip())
        with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
            parent.send_signal(signal.SIGKILL)
            with contextlib.suppress(ConnectionResetError):  # as good an end as any
                assert connection.recv(1) == b""
