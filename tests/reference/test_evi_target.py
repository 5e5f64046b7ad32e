"""The evi reference target over real sockets."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from certhook.reference import Embedded, embedded
from certhook.reference.evi import EviTarget

PROFILE = EviTarget.profile("")
TOKEN = PROFILE["subject"]["client_tokens"][0]
ACCOUNT = {"Username": EviTarget.username, "Password": EviTarget.password}


@pytest.fixture(scope="module")
def target() -> Iterator[Embedded]:
    """A conformant target in a child process."""
    with embedded("evi") as running:
        yield running


def valid(**changes: Any) -> bytes:
    """A valid body, with some fields changed; an ellipsis takes one out."""
    subject = PROFILE["subject"]
    fields = {
        "ClientToken": TOKEN,
        "ExtraData": subject["extra_data"],
        "Account": ACCOUNT,
        "GameCode": subject["game_code"],
        "ClientIp": subject["client_ip"],
    }
    return json.dumps({name: value for name, value in {**fields, **changes}.items() if value is not ...}).encode()


def send(target: Embedded, body: bytes, method: str = "POST") -> tuple[int, dict[str, Any]]:
    """Status and members of the answer."""
    connection = http.client.HTTPConnection(str(urlsplit(target.url).netloc), timeout=10)
    connection.request(method, "/Authenticate", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    read = response.status, json.loads(response.read())
    connection.close()
    return read


def test_a_valid_request_is_accepted(target: Embedded) -> None:
    """The answer names the player, and has a session token of its own each time."""
    answers = [send(target, valid()) for _ in range(2)]
    assert {status for status, _ in answers} == {200}
    assert {members["PlayerId"] for _, members in answers} == {"PPT_327"}
    assert len({members["Token"] for _, members in answers} | {TOKEN}) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Account": {**ACCOUNT, "Password": "wrong"}}, 1),
        ({"Account": {**ACCOUNT, "Username": "wrong"}}, 1),
        ({"Account": {"Username": ACCOUNT["Username"]}}, 1),
        ({"Account": None}, 1),
        ({"Account": [ACCOUNT]}, 1),
        ({"Account": ...}, 1),
        ({"ClientToken": "PPT_unknown"}, 4),
        ({"ClientToken": ""}, 4),
        ({"ClientToken": ...}, 4),
        ({"ClientToken": 7}, 900),
        ({"GameCode": ["EVIGame_Desktop"]}, 900),
    ],
    ids=str,
)
def test_a_bad_request_is_refused_with_the_code_that_fits(target: Embedded, changes: dict[str, Any], code: int) -> None:
    """And with nothing else but a balance of zero."""
    assert send(target, valid(**changes)) == (200, {"Balance": 0, "ErrorCode": code})


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":NaN}', b"\xff"], ids=str)
def test_a_malformed_body_is_a_general_error(target: Embedded, body: bytes) -> None:
    """No credentials can be read from it."""
    assert send(target, body) == (200, {"Balance": 0, "ErrorCode": 900})


def test_other_fields_may_be_absent(target: Embedded) -> None:
    """No column of the document says that they are mandatory."""
    assert send(target, valid(ExtraData=..., GameCode=..., ClientIp=...))[1]["PlayerId"] == "PPT_327"


def test_other_methods_are_refused(target: Embedded) -> None:
    """With the status that HTTP has for it."""
    assert send(target, valid(), "PUT")[0] == 405


def test_single_use_tokens_are_used_up_by_a_success_alone() -> None:
    """A refusal leaves a launch token as it was."""
    with embedded("evi", variants=["single-use-tokens"]) as target:
        assert len(target.profile["subject"]["client_tokens"]) > 500
        codes = [
            send(target, body)[1].get("ErrorCode")
            for body in (valid(Account={}), valid(), valid(), valid(ClientToken=TOKEN.lower()))
        ]
    assert codes == [1, None, 4, 4]
