"""Invariants: what holds for every answer, shown by one that meets each and one that breaks it."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from certhook.changes import CONTROL, Change
from certhook.exchange import Exchange, Failure, FailureKind, Request, Response
from certhook.judging.answers import read_answer
from certhook.judging.disclosures import Disclosures
from certhook.judging.invariants import INVARIANTS, Seen
from certhook.judging.judge import Judge
from certhook.judging.members import members_within, plain, texts_within
from certhook.pack.loading import load_pack
from tests.certifying import builder, change, klas

OK = b'{"status_code":"OK","currency":"EUR","balance":"30"}'
REFUSAL = b'{"status_code":"ERR_BAD_PARAMS"}'
JSON = ("Content-Type", "application/json")
BAD = change("signature.random")
KEY = builder().key
PASSWORD = "Hunter7-Zebra"
REQUEST = Request("authenticate", "POST", "/authenticate", (), b"{}")


def signed(body: bytes) -> tuple[str, str]:
    """The right signature header of a body."""
    return ("X-Signature", builder().response_signature(body) or "")


def answered(status: int = 200, body: bytes = REFUSAL, *headers: tuple[str, str]) -> Response:
    """An answer; without headers, one with the right ones."""
    return Response(status, headers or (JSON, signed(body)), body)


def seen(answer: Response | Failure, sent: Change = BAD, account: tuple[tuple[str, str], ...] = ()) -> Seen:
    """An answer as invariants look at it."""
    exchange = Exchange(1, "case", REQUEST, answer, datetime(2026, 11, 20, tzinfo=UTC), 0.01)
    read = read_answer(klas(), answer, sent.front)
    making, told = builder(), Disclosures(dict.fromkeys(account))
    return Seen(
        exchange,
        read,
        sent,
        klas(),
        making.response_signature,
        told,
        key=making.key,
        request_signature=making.request_signature,
    )


def after_eur(members: bytes, sent: Change = CONTROL) -> Seen:
    """A success after one whose currency was EUR."""
    what = seen(answered(200, members), sent)
    return replace(what, first={"currency": ("EUR", 1)}, fields=("currency",))


def verdict(name: str, what: Seen) -> str | None:
    """`met`, `broken`, or None where the rule is not about such an answer."""
    rule = INVARIANTS[name]
    if not rule.applies(what):
        return None
    return "broken" if rule.broken(what) else "met"


@dataclass(frozen=True)
class Twin:
    """An answer that breaks a rule, and one that meets it."""

    name: str
    broken: Seen
    met: Seen


DROPPED = Failure(FailureKind.DROPPED, "closed")
UPPER = ("X-Signature", signed(REFUSAL)[1].upper())
TWINS = (
    Twin("answers", seen(DROPPED), seen(answered(500, b""))),
    Twin("no-server-error", seen(answered(500, b"oops")), seen(answered())),
    Twin("no-server-error", seen(answered(302, b"", ("Location", "/"))), seen(answered(400))),
    Twin("no-server-error", seen(answered(500, OK)), seen(answered(404, OK))),
    Twin("no-server-error", seen(answered(503, b"")), seen(answered(501, b"", JSON), change("methods.put"))),
    Twin("readable", seen(answered(200, b"<html>")), seen(answered())),
    Twin("readable", seen(answered(200, b'{"a":1}')), seen(answered(400))),
    Twin("readable", seen(answered(200, b"\xef\xbb\xbf" + REFUSAL)), seen(answered(200, OK))),
    Twin("readable", seen(answered(200, b'{"status_code":"ERR_UNKNOWN","status_code":"x"}')), seen(answered())),
    Twin("success-status", seen(answered(201, OK)), seen(answered(200, OK))),
    Twin("refusal-status", seen(answered(500)), seen(answered(422))),
    Twin("documented-code", seen(answered(200, b'{"status_code":"ERR_OOPS"}')), seen(answered())),
    Twin("documented-code", seen(answered(200, b'{"status_code":"err_unknown"}')), seen(answered())),
    Twin("media-type", seen(answered(200, REFUSAL, ("Content-Type", "text/html"))), seen(answered())),
    Twin(
        "media-type",
        seen(answered(200, REFUSAL, ("X-Other", "1"))),
        seen(answered(200, REFUSAL, ("Content-Type", "Application/Problem+JSON; charset=utf-8"))),
    ),
    Twin("front-not-html", seen(answered(404, b"<html>")), seen(answered(404, b"not found"))),
    Twin("response-signed", seen(answered(200, REFUSAL, JSON)), seen(answered())),
    Twin("response-signed", seen(answered(404, REFUSAL, JSON)), seen(answered(404, REFUSAL, signed(REFUSAL)))),
    Twin("response-signature-right", seen(answered(200, REFUSAL, signed(OK))), seen(answered())),
    Twin(
        "response-signature-right",
        seen(answered(200, REFUSAL, ("X-Signature", "no"))),
        seen(answered(200, REFUSAL, UPPER)),
    ),
    Twin("response-signature-lower-case", seen(answered(200, REFUSAL, UPPER)), seen(answered())),
    Twin("keeps-secret", seen(answered(200, b'{"status_code":"ERR_UNKNOWN","key":"%s"}' % KEY)), seen(answered())),
    Twin(
        "keeps-secret",
        seen(answered(200, b'{"status_code":"ERR_UNKNOWN","a":["%s"]}' % KEY.replace(b"-", rb"\u002d"))),
        seen(answered(200, b'{"status_code":"ERR_UNKNOWN","a":["%s"]}' % KEY.replace(b"-", rb"\u002e"))),
    ),
    Twin("keeps-secret", seen(answered(400, b'"%s"' % KEY.replace(b"-", rb"\u002D"))), seen(answered(400, b'"\\u00"'))),
    Twin("no-trace", seen(answered(500, b"Traceback (most recent call last):\n")), seen(answered())),
    Twin(
        "no-trace",
        seen(answered(500, rb'{"trace":"Error\n\tat com.example.Player.rename(Player.java:212)"}')),
        seen(answered(500, rb'{"where":"at the counter (room 212)"}')),
    ),
    Twin(
        "same-value",
        after_eur(b'{"status_code":"OK","currency":"USD","balance":"1"}'),
        after_eur(b'{"status_code":"OK","currency":"EUR","balance":"2"}'),
    ),
    Twin(
        "discloses-nothing",
        seen(answered(200, b'{"status_code":"ERR_UNKNOWN","balance":30.00}'), account=(("balance", "30"),)),
        seen(answered(200, b'{"status_code":"ERR_UNKNOWN","balance":"0"}'), account=(("balance", "30"),)),
    ),
    Twin(
        "discloses-nothing",
        seen(answered(200, b'{"status_code":"ERR_UNKNOWN","a":[{"balance":"30.0"}]}'), account=(("balance", "30"),)),
        seen(answered(200, b'{"status_code":"ERR_UNKNOWN","fee":"30"}'), account=(("balance", "30"),)),
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_a_rule_tells_right_from_wrong(twin: Twin) -> None:
    """Of two answers that differ in one thing, the rule is broken by one and met by the other."""
    assert verdict(twin.name, twin.broken) == "broken"
    assert verdict(twin.name, twin.met) == "met"


def test_a_refusal_may_quote_half_a_surrogate_pair() -> None:
    """An escape that is half of a pair breaks no rule in the answer to a request that is odd itself."""
    what = seen(answered(200, b'{"status_code":"ERR_UNKNOWN","said":"a\\ud800b"}'))
    assert [verdict("readable", one) for one in (replace(what, change=CONTROL), what)] == ["broken", "met"]


def test_another_method_may_be_answered_by_something_else() -> None:
    """What stands at the endpoint's URL for another method is not held to what the endpoint's own answers are."""
    what = seen(answered(200, b'{"docs":"/api"}', JSON))
    other = replace(what, exchange=replace(what.exchange, request=replace(what.exchange.request, method="GET")))
    assert verdict("readable", what) == "broken"
    assert [verdict(name, other) for name in ("readable", "media-type", "response-signed")] == [None] * 3


def test_every_rule_of_an_answer_is_shown() -> None:
    """No rule of klas that is judged answer by answer is without a twin above."""
    named = {entry.check.invariant for entry in klas().entries if entry.check.invariant}
    assert {name for name in named if INVARIANTS[name].per_answer} <= {twin.name for twin in TWINS}


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_a_breach_is_one_line(twin: Twin) -> None:
    """What was observed fits on a line of a report."""
    says = INVARIANTS[twin.name].broken(twin.broken)
    assert says
    assert "\n" not in says


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("readable", answered(404, b"<html>")),
        ("readable", answered(500, b"oops")),
        ("readable", DROPPED),
        ("success-status", answered()),
        ("refusal-status", answered(404, b"")),
        ("documented-code", answered(200, OK)),
        ("media-type", answered(404, b"")),
        ("media-type", answered(413, REFUSAL, ("Content-Type", "text/html"))),
        ("front-not-html", answered(400, b"<html>")),
        ("response-signed", answered(404, b"")),
        ("response-signed", answered(404, b'{"status_code":"NO_ROUTE"}', JSON)),
        ("response-signed", answered(413, REFUSAL, JSON)),
        ("response-signed", answered(500, b"")),
        ("response-signature-right", answered(200, REFUSAL, JSON)),
        ("no-trace", answered(200, OK)),
        ("no-trace", DROPPED),
        ("discloses-nothing", answered(200, OK)),
        ("answers", answered(429, b"")),
        ("no-server-error", answered(503, b"", ("Retry-After", "1"))),
    ],
)
def test_a_rule_leaves_alone_what_it_is_not_about(name: str, answer: Response | Failure) -> None:
    """Refusals of a layer in front, crashes, missing answers and rate limits are judged by their own rules only."""
    assert verdict(name, seen(answer)) is None


def test_a_refusal_of_a_valid_request_may_tell() -> None:
    """Only refusals of requests that are not valid must disclose nothing."""
    told = answered(200, b'{"status_code":"ERR_UNKNOWN","balance":"30"}')
    assert verdict("discloses-nothing", seen(told, CONTROL, (("balance", "30"),))) is None


def told_a_caller(sent: bytes, told: bytes, password: str = PASSWORD) -> str | None:
    """What `keeps-password` says of an answer with `told` to a request whose body is `sent`."""
    what = seen(answered(200, b'{"status_code":"ERR_UNKNOWN","a":"%s"}' % told))
    request = replace(REQUEST, body=sent)
    asked = replace(what, exchange=replace(what.exchange, request=request), passwords=(password,))
    return verdict("keeps-password", asked)


@pytest.mark.parametrize(
    "told", [PASSWORD, f"user:{PASSWORD}", b64encode(f"user:{PASSWORD}".encode()).decode(), r"\u0048unter7-Zebra"]
)
def test_a_password_is_not_told(told: str) -> None:
    """Whoever sends another password does not learn the right one, in whatever spelling."""
    assert told_a_caller(b'{"Password":"wrong"}', told.encode()) == "broken"
    assert told_a_caller(b'{"Password":"wrong"}', b"no such account") == "met"


@pytest.mark.parametrize(
    "sent",
    [
        PASSWORD.encode(),
        PASSWORD.upper().encode(),
        rb"\u0048unter7-Zebra",
        f" {PASSWORD}1".encode(),
        PASSWORD.encode("utf-16-le"),
    ],
)
def test_what_the_caller_said_itself_may_be_repeated(sent: bytes) -> None:
    """A target that quotes its caller tells nothing; nor does one of whose request we cannot say what is in it."""
    assert told_a_caller(b'{"Password":"%s"}' % sent, PASSWORD.encode()) is None


@pytest.mark.parametrize("password", ["Zebra-1", "Forgotten", "wrong password"])
def test_a_password_that_anybody_writes_is_not_looked_for(password: str) -> None:
    """A short one, or words, may stand in a refusal by chance."""
    assert told_a_caller(b"{}", password.encode(), password) is None


@pytest.mark.parametrize(
    ("body", "given", "says"),
    [
        (REFUSAL, b64encode(bytes.fromhex(signed(REFUSAL)[1])).decode(), "the right one in base64"),
        (REFUSAL, f"sha256={signed(REFUSAL)[1]}", "the right one behind sha256="),
        (REFUSAL + b"\n", signed(REFUSAL)[1], "that of the body without its last line break"),
        (REFUSAL, signed(b"")[1], "that of an empty body"),
        (REFUSAL, builder().request_signature(REQUEST), "that of the request"),
    ],
)
def test_a_wrong_signature_is_named_where_it_is_known(body: bytes, given: str, says: str) -> None:
    """Whoever made it finds the mistake at once; in letters that are no hex digits, their case says nothing."""
    what = seen(answered(200, body, JSON, ("X-Signature", given)))
    assert says in str(INVARIANTS["response-signature-right"].broken(what))
    assert verdict("response-signature-lower-case", what) in (None, "met")


def test_the_response_s_signature_covers_the_raw_body() -> None:
    """A signature over the same object written in another way is wrong."""
    spaced = REFUSAL.replace(b":", b": ")
    assert verdict("response-signature-right", seen(answered(200, spaced, signed(REFUSAL)))) == "broken"


@pytest.mark.parametrize(
    "text",
    [
        'Traceback (most recent call last):\n  File "/srv/app/views.py", line 3, in handler',
        'File "handler.py", line 12',
        "java.lang.NullPointerException\n\tat com.example.Wallet.find(Wallet.java:12)",
        "Stack trace:\n#0 index.php(3): main()",
        '{"stacktrace": ["a"]}',
        "goroutine 12 [running]:",
        "Fatal error: Uncaught Error in /var/www/html/index.php:12",
        "in index.php on line 12",
        "at Wallet.Find() in C:\\src\\Wallet.cs:line 12",
        "app/models/user.rb:12:in `find'",
        "TypeError: x\n    at Object.handle (/usr/src/app/index.js:12:7)",
        "/app/node_modules/express/lib/router.js",
        "/home/deploy/api/handler.py",
        "C:\\inetpub\\wwwroot\\api\\handler.php",
        "file:///usr/src/app/server.ts",
        "failed\n   at System.Text.Json.ThrowHelper.ThrowJsonReaderException(Utf8JsonReader& json)\n",
        '{"detail":"   at Microsoft.AspNetCore.Http.Endpoint.Run[T](HttpContext c)"}',
        "java.lang.Error\n\tat jdk.internal.reflect.Method.invoke0(Native Method)",
        "at com.example.Wallet.find(Unknown Source)",
        "panic in /go/src/plat/handlers/games.go:118",
        "KeyError, /code/plat/api/validators.py:77",
        '{"detail":"C:\\\\src\\\\api\\\\Games.cs"}',
        '{"detail":"in \\/var\\/www\\/html\\/index.php"}',
        "thread 'main' panicked at src/main.rs:12:5:\nindex out of bounds",
        "thread 'main' panicked at 'no entry', src/handlers/auth.rs:88:17",
        "Can't locate object method at /opt/evi/lib/Auth.pm line 31.",
        "/app/src/main.rs",
        "/srv/api/lib/Auth.pm",
        "/app/src/Wallet.kt",
        "/app/src/Wallet.scala",
        "/usr/local/openresty/auth.lua",
        "/app/dist/server.cjs",
        "/app/dist/server.mjs",
        "/app/src/Page.jsx",
        "/app/src/Page.tsx",
        "/var/www/views/error.phtml",
        "/app/views/error.html.erb",
        "/usr/src/api/auth.c",
        "/usr/src/api/auth.cpp",
        "/app/src/Auth.hs",
        "/srv/api/Auth.vb",
        "Error\n    at handle (server.cjs:10:5)",
        "com.evi.AuthKt.auth(Auth.kt:12)",
        "auth.cpp:88: assertion `player' failed",
        "Evi.Auth.Page_Load(Object sender, EventArgs e) +52",
    ],
)
def test_traces_are_known(text: str) -> None:
    """Stack traces and source paths of common platforms are found in a refusal."""
    assert verdict("no-trace", seen(answered(500, text.encode()))) == "broken"


@pytest.mark.parametrize(
    "text",
    [
        "see https://docs.example.com/errors/bad-params",
        "see https://example.com/app/reference.html and https://example.com/index.php?page=2",
        "https://example.com:8443/help",
        "/authenticate takes POST only",
        "timestamp 12:30:45 is not inside the window",
        "at least one of a, b (c:1) is missing",
        "player_id: expected string at line 1, column 12",
        "Invalid value at $.player_id (char 12)",
        "ratio 16:9, stack of 3, trace id 4bf92f3577b34da6a3ce929d0e0e4736",
        '{"trace_id": "00-4bf92f-01", "stack": null}',
        "C: drive, D:\\ is not used",
        "error in section /var of the manual",
        "Please contact support at support@example.com.",
        "see https://example.com/home/index.php and http://example.com/app/pay.js",
        "https://example.com:8443/app/errors.go",
        "look at the field player.id (a text)\nat most 64 characters (UTF-8)",
        "/api/games.go is not here",
        "<script src=\"/app/main.js\"></script><a HREF = '/home/index.php'>home</a>",
        '<script src="/app/main.jsx"></script><script type=module src=/app/main.mjs></script>',
        "see https://example.com/app/main.rs and https://example.com/srv/index.phtml",
        "nobody panicked at 12:30:45",
        "look at chapter.pm, line 3",
        "/app/v1.c-2/errors and /opt/a.c.d are no files",
        "look at /docs/api.c or /docs/api.rs",
        "see support.contact(UK) +44 20 1234 and terms.of(use) +1",
    ],
)
def test_ordinary_text_is_no_trace(text: str) -> None:
    """Addresses, times, JSON positions and prose in a refusal accuse nobody."""
    assert verdict("no-trace", seen(answered(400, text.encode()))) == "met"


def test_numbers_compare_by_value() -> None:
    """30, 30.0 and "30.00" are one balance, every zero is 0, and text stays text."""
    assert {plain(30), plain(30.0), plain("30.00"), plain("3e1")} == {"30"}
    assert {plain(0), plain("0.00"), plain(-0.0)} == {"0"}
    assert plain("EUR") == "EUR"
    assert plain(True) == "True"
    assert plain(None) == "None"
    assert plain(10**400) == str(10**400)


def test_texts_are_found_as_they_were_written() -> None:
    """At any depth, in lists too, by the name of the member."""
    value = {"a": ["1.0", {"b": "x", "c": 2}], "d": "y"}
    assert sorted(texts_within(value)) == [("a", "1.0"), ("b", "x"), ("d", "y")]


def test_members_are_found_at_any_depth() -> None:
    """A member within arrays within objects counts as well, and the value of each is a scalar."""
    value = {"a": 1, "b": [{"a": "x"}, [{"a": 2}]], "c": {"a": None}}
    assert sorted(members_within(value)) == [("a", "1"), ("a", "2"), ("a", "None"), ("a", "x")]


@pytest.mark.parametrize("name", ["recovers", "latency"])
def test_rules_of_a_round_are_not_judged_by_an_answer(name: str) -> None:
    """What only a whole round can say is left to the round."""
    assert not INVARIANTS[name].per_answer
    assert INVARIANTS[name].broken(seen(DROPPED)) is None


def evi_answer(given: str, launched: str = "LAUNCH-1", kind: bytes = b'"PlayerId":"P1",') -> Seen:
    """An answer of an evi target, in exchange 7, where exchange 3 was answered with the Token OLD."""
    pack = load_pack("evi")
    body = b'{%s"Token":%s}' % (kind, json.dumps(given).encode())
    sent = json.dumps({"ClientToken": launched}).encode()
    request = Request("authenticate", "POST", "/Authenticate", (), sent)
    exchange = Exchange(7, "case", request, Response(200, (JSON,), body), datetime(2026, 11, 20, tzinfo=UTC), 0.01)
    read, named = read_answer(pack, exchange.answer), {hash("OLD"): 3, hash("NEW"): 7}
    return Seen(exchange, read, CONTROL, pack, lambda _: None, named=named, fields=("ClientToken",))


@pytest.mark.parametrize(
    ("rule", "what", "found"),
    [
        ("success-id-unique", evi_answer("OLD"), "broken"),
        ("success-id-unique", evi_answer("NEW"), "met"),
        ("success-id-unique", evi_answer(""), None),
        ("success-id-unique", evi_answer("OLD", kind=b'"ErrorCode":4,'), None),
        ("success-id-not-sent", evi_answer("LAUNCH-1"), "broken"),
        ("success-id-not-sent", evi_answer("LAUNCH-10"), "met"),
        ("success-id-not-sent", evi_answer("12345678901234", "12345678901235"), "met"),
    ],
)
def test_the_id_of_a_success_is_its_own(rule: str, what: Seen, found: str | None) -> None:
    """No other answer and not the request had it, to the last digit; an empty one is no id, and refusals need none."""
    assert verdict(rule, what) == found


def test_an_answer_that_was_lost_names_nothing() -> None:
    """What is sent again for it may be answered with the same id: nobody has seen that one before."""
    pack, making = load_pack("evi"), builder()
    judge = Judge(pack, making, frozenset({"evi.semantics.token-new"}))
    request = Request("authenticate", "POST", "/Authenticate", (), b"{}")
    lost: Response | Failure = Failure(FailureKind.DROPPED, "the connection was closed")
    late, found = Response(429, (JSON,), b""), Response(200, (JSON,), b'{"PlayerId":"P1","Token":"T"}')
    met = []
    for number, answer in enumerate([lost, late, found]):
        exchange = Exchange(number, "case", request, answer, datetime(2026, 11, 20, tzinfo=UTC), 0.01)
        met += [one.met for one in judge.invariants(exchange, judge.read(exchange, CONTROL), CONTROL)]
    assert met == [True]


SAFE = bytes.maketrans(b"+/", b"-_")
RIGHT = (builder().request_signature(REQUEST) or "").encode()
SPELT = {
    "signature": RIGHT.upper(),
    "signature-base64": b64encode(bytes.fromhex(RIGHT.decode())),
    "signature-unpadded": b64encode(bytes.fromhex(RIGHT.decode())).rstrip(b"="),
    "signature-url-safe": b64encode(bytes.fromhex(RIGHT.decode())).translate(SAFE),
    "digits-base64": b64encode(RIGHT),
    "key-base64": b64encode(KEY),
    "key-unpadded": b64encode(b"x" + KEY).rstrip(b"="),
    "key-url-safe": b64encode(b"xy" + KEY + b"z").translate(SAFE),
    "key-hex": KEY.hex().upper().encode(),
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
def test_a_secret_is_known_in_other_spellings(spelt: bytes) -> None:
    """In hexadecimal, and in base64 with padding and without, for URLs, and amid other text."""
    answer = b'{"status_code":"ERR_UNKNOWN","debug":"%s"}'
    assert verdict("keeps-secret", seen(answered(200, answer % spelt))) == "broken"
    assert verdict("keeps-secret", seen(answered(200, answer % spelt[:20]))) == "met"


def test_a_signature_that_was_sent_in_base64_may_be_quoted() -> None:
    """Nobody learns what it said itself."""
    sent = SPELT["signature-base64"]
    what = seen(answered(200, b'{"status_code":"ERR_UNKNOWN","sent":"%s"}' % sent))
    quoted = replace(what, exchange=replace(what.exchange, request=REQUEST.with_header("X-Signature", sent)))
    assert verdict("keeps-secret", quoted) == "met"


def test_the_signature_of_nothing_is_no_secret() -> None:
    """A signed answer without a body carries what an unsigned request without one would have been signed with."""
    what = seen(answered(405, b""))
    unsigned = replace(what, exchange=replace(what.exchange, request=replace(what.exchange.request, body=b"")))
    assert verdict("keeps-secret", unsigned) == "met"
