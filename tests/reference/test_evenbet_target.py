"""The evenbet reference target over real sockets."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from certhook.reference import Embedded, embedded, faults, profile, target_class, variants
from certhook.reference.evenbet import EvenbetTarget
from certhook.reference.wire import Connection, HttpRequest

SUBJECT = EvenbetTarget.profile("")["subject"]
FORM = "application/x-www-form-urlencoded"


def signature(user_id: str, form: dict[str, str]) -> str:
    """The right signature: the values in the order of their names, then the key."""
    values = {"userId": user_id, **form}
    content = "".join(values[name] for name in sorted(values)).encode() + (EvenbetTarget.secret or b"")
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def target() -> Iterator[Embedded]:
    """A conformant target in a child process."""
    with embedded("evenbet") as running:
        yield running


def send(target: Embedded, user_id: str = "100", sign: str | None = None, **form: str) -> tuple[int, dict[str, Any]]:
    """Status and members of the answer to a form, signed right unless `sign` is given."""
    form = {"currency": SUBJECT["currency"], **form}
    connection = http.client.HTTPConnection(str(urlsplit(target.url).netloc), timeout=10)
    path = f"/v2/app/users/{quote(user_id, safe='')}/session?clientId={SUBJECT['client_id']}"
    headers = {"Content-Type": FORM, "sign": signature(user_id, form) if sign is None else sign}
    connection.request("POST", path, urlencode(form), headers)
    response = connection.getresponse()
    read = response.status, json.loads(response.read())
    connection.close()
    return read


def message(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    """Status and title of a refusal."""
    return answer[0], answer[1]["errors"][0]["title"]


def test_a_valid_request_creates_a_session(target: Embedded) -> None:
    """The session is the user's, and its URL carries the token and the language."""
    status, members = send(target, "Zoë 100", lang="de")
    attributes = members["data"]["attributes"]
    assert (status, members["data"]["type"], attributes["user-id"]) == (200, "session", "Zoë 100")
    assert attributes["auth"] == members["data"]["id"]
    assert attributes["redirect-url"].endswith(f"auth={attributes['auth']}&lang=de")


def test_the_same_characters_in_other_values_have_the_same_signature(target: Embedded) -> None:
    """What the scheme cannot tell apart, a conformant target does not either."""
    assert send(target, "00", sessionId="1", sign=signature("100", {"currency": "EUR"}))[0] == 200


@pytest.mark.parametrize("sign", ["", "0" * 64, signature("101", {"currency": "EUR"}), "\xff" * 32])
def test_a_wrong_signature_is_refused(target: Embedded, sign: str) -> None:
    """A signature that is not the request's own is no valid request."""
    assert message(send(target, sign=sign)) == (400, "Not valid request")


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({"authType": "certhook"}, (422, "Auth type not valid")),
        ({"currency": ""}, (422, "Currency cannot be blank")),
        ({"currency": "QQQ"}, (422, "Currency not found")),
        ({"currency": "CHF"}, (422, "This currency is not active")),
        ({"nick": "HighRoller"}, (500, "A Player with this username already exists in the system.")),
        ({"nick": "n" * 17}, (500, "The maximum username length is 16")),
        ({"user_id": "EBG-900009"}, (404, "Player not found")),
    ],
    ids=str,
)
def test_a_documented_error_has_its_status_and_message(
    target: Embedded, form: dict[str, str], refusal: tuple[int, str]
) -> None:
    """Each in the page's own words."""
    assert message(send(target, **form)) == refusal


def ask(
    target: EvenbetTarget, method: str = "POST", query: str = f"clientId={SUBJECT['client_id']}", currency: str = "EUR"
) -> int:
    """The status of the answer, to a valid request by default, of a target that is not behind a server."""
    headers = ((b"sign", signature("100", {"currency": currency}).encode()),)
    body = f"currency={currency}".encode()
    request = HttpRequest(method, "/v2/app/users/100/session", headers, body, query)
    return asyncio.run(target.respond(request, Connection())).status


def test_what_stands_in_front_of_the_checks() -> None:
    """An unknown casino and another method are refused whatever the signature."""
    target = EvenbetTarget()
    assert ask(target, query="") == 403
    assert ask(target, "GET") == 405
    assert ask(target) == 200


@pytest.mark.parametrize("name", faults("evenbet"))
def test_a_fault_answers_a_valid_request(name: str) -> None:
    """However wrong, a target with one fault answers a valid request."""
    target = target_class("evenbet", [name])()
    assert {ask(target), ask(target, currency="USD")} & {200, 202}


@pytest.mark.parametrize("name", variants("evenbet"))
def test_a_variant_accepts_a_valid_request(name: str) -> None:
    """A legal variant creates a session, and knows the casino."""
    target = target_class("evenbet", variant_names=[name])()
    assert ask(target) in {200, 201}
    assert ask(target, query="") == 403


def test_the_profile_is_that_of_the_variant() -> None:
    """A target without a key is tested without one, one that asks for no currency without that."""
    assert profile("evenbet", "http://a", variant_names=["without-secret"])["credentials"] == {}
    assert profile("evenbet", "http://a", variant_names=["currency-optional"])["options"] == {
        "currency_mandatory": False
    }


def test_the_catalogue_is_broad() -> None:
    """There are many faults and variants."""
    assert len(faults("evenbet")) >= 35
    assert len(variants("evenbet")) >= 6
