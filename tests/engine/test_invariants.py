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
from certhook.judging.invariants import INVARIANTS, Seen
from certhook.judging.judge import Judge
from certhook.pack.loading import load_pack
from tests.certifying import builder, change, klas
from tests.engine.seeing import JSON, KEY, REFUSAL, REQUEST, answered, seen, signed, verdict

OK = b'{"status_code":"OK","currency":"EUR","balance":"30"}'


def after_eur(members: bytes, sent: Change = CONTROL) -> Seen:
    """A success after one whose currency was EUR."""
    what = seen(answered(200, members), sent)
    return replace(what, first={"currency": ("EUR", 1)}, fields=("currency",))


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
