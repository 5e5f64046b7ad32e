"""The examples on the protocols' pages are what certhook itself would send, and take for a success."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest

from certhook.building.builder import Builder
from certhook.exchange import Request, Response
from certhook.judging.answers import Kind, read_answer
from certhook.judging.judge import schema_breaches
from certhook.judging.oracle import wrongs_of
from certhook.pack.loading import load_pack, protocols
from certhook.profile.profile import profile_from
from certhook.reference import profile
from tests.docs.test_protocol_pages import PAGES

_BLOCK = re.compile(r"^```http\n(?P<first>.*)\n(?P<headers>(?:.+\n)*)\n(?P<body>.*)\n```$", re.MULTILINE)
_KEY = re.compile(r"[Ww]ith the\s(?:secret|token)\s`([^`]+)`")


@dataclass(frozen=True)
class Message:
    """A request or an answer as a page shows it: its first line, headers and body."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of the header of that name."""
        return dict(self.headers).get(name)


def example_of(protocol: str) -> tuple[str, Message, Message]:
    """The key that a page names, and its request and answer."""
    _, _, rest = (PAGES / f"{protocol}.md").read_text(encoding="utf-8").partition("\n## An example\n")
    text, _, _ = rest.partition("\n## ")
    request, answer = (
        Message(
            found["first"],
            tuple((name, value) for name, _, value in (one.partition(": ") for one in found["headers"].splitlines())),
            found["body"].encode(),
        )
        for found in _BLOCK.finditer(text)
    )
    key = _KEY.search(text)
    return key[1] if key else "", request, answer


def builder_with(protocol: str, key: str) -> Builder:
    """What makes requests of a protocol, with that key where it signs them."""
    pack, data = load_pack(protocol), profile(protocol, "http://target.example")
    if pack.signing.key:
        table, _, name = pack.signing.key.partition(".")
        data[table][name] = key
    return Builder(
        pack,
        profile_from(
            data,
            source="test",
            protocol=protocol,
            protocol_schema=pack.profile_schema,
            requirement_ids=[one.id for one in pack.requirements],
        ),
    )


@pytest.mark.parametrize("protocol", protocols())
def test_an_example_is_signed_right_and_has_all_fields(protocol: str) -> None:
    """Whoever computes the signature of a page's request gets the one that stands there; the body is a valid one."""
    pack, (key, shown, _) = load_pack(protocol), example_of(protocol)
    operation, (method, target) = pack.operations[0], shown.first.split(" ")
    prefix = re.split("[{:]", operation.path)[0]  # a path that the profile's URL comes before
    target = target[target.index(prefix) :]
    headers = tuple((name, value.encode()) for name, value in shown.headers)
    request = Request(operation.name, method, target, headers, shown.body)
    assert method == operation.method
    assert shown.header("Content-Type") == operation.media_type
    assert bool(pack.signing.key) is bool(key)
    if key:
        assert shown.header(pack.signing.header) == builder_with(protocol, key).request_signature(request)
    if operation.encoding != "form":
        assert wrongs_of(shown.body, operation, json.loads(shown.body)) == frozenset()


@pytest.mark.parametrize("protocol", protocols())
def test_an_example_s_answer_is_a_success(protocol: str) -> None:
    """What a page shows as the answer meets every requirement on its fields, and is signed where answers are."""
    pack, (key, _, shown) = load_pack(protocol), example_of(protocol)
    response = Response(int(shown.first.split(" ")[0]), shown.headers, shown.body)
    assert read_answer(pack, response).kind is Kind.ACCEPTED
    assert schema_breaches(pack.operations[0].success, json.loads(shown.body)) == {}
    if pack.signing.response_header:
        expected = builder_with(protocol, key).response_signature(shown.body)
        assert shown.header(pack.signing.response_header) == expected
