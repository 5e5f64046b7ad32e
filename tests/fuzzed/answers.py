"""Made-up answers: what a broken or hostile target may send, as the transport hands it over."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from certhook.exchange import Failure, FailureKind, Response

_CONTROLS = "\0\a\b\t\n\r\x1b\x7f\x85\x9b\u202e\ufeff\u2028\ufffe\U0001f511"
_NASTY = ("\x1b[2J\x1b]0;x\a", "<script>alert(1)</script>", "]]>", "=cmd()", "{{7*7}}", "%s%n", "***", "'\"\\`$(id)")

texts = st.one_of(
    st.text(max_size=30),
    st.text(_CONTROLS, max_size=8),
    st.sampled_from(_NASTY),
    st.characters(categories=["Cs"]).map(lambda half: f"a{half}"),
    st.text(max_size=3).map(lambda text: text * 2000),
)
"""Text of any kind: control and format characters, markup, lone surrogates, long ones."""

header_values = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=40),
    st.sampled_from(["application/json", "text/html", "application/json; charset=\x1b[31m", "Thu, 99 Foo", "7" * 300]),
)
headers = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(["Content-Type", "X-Signature", "Date", "Retry-After", "Location", "Set-Cookie", "sign"]),
            st.text(st.characters(min_codepoint=33, max_codepoint=255), min_size=1, max_size=12),
        ),
        header_values,
    ),
    max_size=5,
).map(tuple)

statuses = st.one_of(
    st.integers(100, 599), st.sampled_from([200, 200, 200, 400, 403, 404, 500, 503, 429, 0, 99, 600, 999])
)

_MEMBERS = (
    *("status_code", "currency", "balance", "ErrorCode", "Token", "PlayerId", "Balance", "SessionData", "errors"),
    *("data", "attributes", "redirect-url", "title", "status", "error", "message", "content", "url", "games", "id"),
    *("timestamp", "request_id", "total", "CurrencyCode", "CountryCode"),
)
_scalars = st.one_of(
    texts,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.sampled_from(["OK", "success", "error", "EUR", 0, 900, 10**400, -(10**30), 1e308, "2026-11-21T10:00:00.000Z"]),
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.one_of(st.sampled_from(_MEMBERS), texts)
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=5))


values = st.recursive(_scalars, _nested, max_leaves=12)
_objects = st.dictionaries(st.sampled_from(_MEMBERS), values, min_size=1, max_size=8)


def _as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _spoilt(body: bytes, at: int, junk: bytes) -> bytes:
    place = at % (len(body) + 1)
    return body[:place] + junk + body[place + len(junk) // 2 :]


def _twice(name: str, first: Any, second: Any) -> bytes:
    return b"{%b:%b,%b:%b}" % (_as_json(name), _as_json(first), _as_json(name), _as_json(second))


bodies = st.one_of(
    st.binary(max_size=200),
    _objects.map(_as_json),
    values.map(_as_json),
    _objects.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    st.builds(_spoilt, _objects.map(_as_json), st.integers(0, 500), st.binary(max_size=6)),
    st.builds(_twice, st.sampled_from(_MEMBERS), _scalars, _scalars),
    st.builds(lambda depth, mark: mark * depth, st.integers(0, 3000), st.sampled_from([b"[", b'{"a":', b'[{"a":'])),
    st.builds(lambda digits: b'{"balance":%b}' % (b"9" * digits), st.integers(1, 9000)),
)

failures = st.builds(Failure, st.sampled_from(FailureKind), texts)
responses = st.builds(Response, statuses, headers, bodies, st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/0.9"]))
answers = st.one_of(responses, responses, responses, failures)
