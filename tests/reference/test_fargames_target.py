"""The fargames reference target over real sockets, and its faults and variants as a catalogue."""

from __future__ import annotations

import hmac
import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from certhook.building.encoding import json_canonical
from certhook.reference import embedded, faults, target_class, variants
from certhook.reference.fargames import FargamesTarget
from certhook.reference.fargames.platform import AGENT, STATUSES
from certhook.reference.wire import HttpRequest

SUBJECT = FargamesTarget.profile("")["subject"]
LINK, DEMO, LIST = "get_game_link", "get_game_link_demo", "list"


def valid(operation: str, **changes: Any) -> bytes:
    """A valid body, with some fields changed."""
    fields: dict[str, Any] = {"agent_id": SUBJECT["agent_id"], "timestamp": int(time.time())}
    if operation != LIST:
        fields |= {
            "game_id": SUBJECT["game_id"],
            "player_id": "player_123",
            "player_username": "john_doe",
            "language": "ru",
            "currency": "RUB",
            "home_url": "https://example.com",
            "agent_session_id": "session_abc123",
            "ip": "192.168.1.1",
        }
    if operation == DEMO:
        del fields["agent_session_id"]
    return json_canonical(fields | changes)


def sign(body: bytes) -> str:
    """The right signature of a body."""
    assert AGENT.token is not None
    return hmac.digest(AGENT.token, body, "sha256").hex()


@pytest.fixture(scope="module")
def client() -> Iterator[http.client.HTTPConnection]:
    """A connection to a conformant target in a child process."""
    with embedded("fargames") as running:
        place = urlsplit(running.url)
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=10)
        yield connection
        connection.close()


def send(client: http.client.HTTPConnection, operation: str, body: bytes, method: str = "POST") -> dict[str, Any]:
    """The envelope of the answer to a signed request; a code must come with its own status."""
    client.request(method, f"/api/games/{operation}", body, {"X-Signature": sign(body)})
    response = client.getresponse()
    envelope: dict[str, Any] = json.loads(response.read())
    assert response.status == (200 if envelope["status"] == "success" else STATUSES[envelope["error"]])
    return envelope


@pytest.mark.parametrize("operation", [LINK, DEMO, LIST])
def test_a_valid_request_is_accepted(client: http.client.HTTPConnection, operation: str) -> None:
    """Each operation gives its content to a valid request."""
    content = send(client, operation, valid(operation))["content"]
    assert set(content) == ({"games", "total"} if operation == LIST else {"url"})


def test_the_list_says_what_it_holds(client: http.client.HTTPConnection) -> None:
    """Listed games are open to the agent, and counted."""
    content = send(client, LIST, valid(LIST))["content"]
    assert content["total"] == len(content["games"]) == 8
    assert SUBJECT["unavailable_game_id"] not in [game["id"] for game in content["games"]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agent_id": 9}, "agent_not_found"),
        ({"agent_id": 42}, "api_token_not_found"),
        ({"agent_id": 43}, "invalid_signature"),
        ({"game_id": 104}, "game_not_found"),
        ({"game_id": 109}, "game_not_available"),
        ({"game_id": 102}, "game_provider_not_found"),
        ({"timestamp": 1_700_000_000}, "request_expired"),
        ({"ip": "no address"}, "validation_error"),
        ({"player_id": None}, "validation_error"),
    ],
    ids=str,
)
def test_a_bad_request_is_refused_by_its_code(
    client: http.client.HTTPConnection, changes: dict[str, Any], code: str
) -> None:
    """Each thing that may be wrong with a demo request has its code."""
    assert send(client, DEMO, valid(DEMO, **changes))["error"] == code


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_is_not_allowed(client: http.client.HTTPConnection, method: str) -> None:
    """Another method has a code too."""
    assert send(client, LIST, valid(LIST), method)["error"] == "method_not_allowed"


def _answer(target: FargamesTarget, operation: str) -> dict[str, Any]:
    body = valid(operation)
    headers = ((b"X-Signature", sign(body).encode()), (b"Content-Type", b"application/json"))
    envelope: dict[str, Any] = json.loads(
        target.answer(HttpRequest("POST", f"/api/games/{operation}", headers, body)).body
    )
    return envelope


@pytest.mark.parametrize("name", faults("fargames"))
def test_a_fault_answers_a_valid_request(name: str) -> None:
    """However wrong, a target with one fault gives each operation's content to a valid request."""
    target = target_class("fargames", [name])()
    envelopes = [_answer(target, operation) for operation in (LINK, DEMO, LIST)]
    assert not any("error" in envelope and envelope["error"] for envelope in envelopes)


@pytest.mark.parametrize("name", variants("fargames"))
def test_a_variant_answers_a_valid_request(name: str) -> None:
    """A legal variant accepts what the document allows."""
    target = target_class("fargames", variant_names=[name])()
    assert all(_answer(target, operation)["status"] == "success" for operation in (LINK, DEMO, LIST))
