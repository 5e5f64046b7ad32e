"""Judging: what an exchange says of each requirement."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from certhook.changes import CONTROL, Change
from certhook.changes.second import valid
from certhook.exchange import Exchange, Failure, FailureKind, Request, Response
from certhook.judging.answers import Kind
from certhook.judging.jsontext import read_json
from certhook.judging.judge import Ask, Judge, schema_breaches
from certhook.pack.annotations import requirements_in
from certhook.reference.klas.target import KlasTarget
from tests.certifying import builder, change, klas, scope

OK = b'{"status_code":"OK","currency":"EUR","balance":"30"}'
REFUSAL = b'{"status_code":"ERR_BAD_PARAMS"}'
BAD = change("signature.random")
ALL = frozenset(one.id for one in klas().requirements)


def judge(selected: frozenset[str] = ALL) -> Judge:
    """A judge of klas."""
    return Judge(klas(), builder(), selected)


def exchange(body: bytes, status: int = 200) -> Exchange:
    """An exchange that was answered with a rightly signed body."""
    headers = (("Content-Type", "application/json"), ("X-Signature", builder().response_signature(body) or ""))
    return _exchanged(Response(status, headers, body))


def _exchanged(answer: Response | Failure) -> Exchange:
    request = Request("authenticate", "POST", "/authenticate", (), b"{}")
    return Exchange(7, "case", request, answer, datetime(2026, 11, 20, tzinfo=UTC), 0.01)


def unmet(body: bytes, sent: Change = BAD, status: int = 200) -> set[str]:
    """The requirements that a run would find breached by that answer alone."""
    one, by = exchange(body, status), judge()
    return {found.requirement for found in by.invariants(one, by.read(one, sent), sent) if not found.met}


def asked(requirement: str, answer: str, body: bytes, status: int = 200) -> list[bool]:
    """Whether the answer meets the requirement; empty where the requirement does not judge it."""
    one, by = exchange(body, status), judge()
    ask = Ask(klas().requirement(requirement), klas().answers[answer])
    return [found.met for found in by.asks((ask,), one, by.read(one, BAD), BAD)]


@pytest.mark.parametrize("body", [OK, REFUSAL])
def test_a_right_answer_breaks_nothing(body: bytes) -> None:
    """Neither the success nor the refusal of the document breaks any rule for all answers."""
    assert unmet(body) == set()


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        (OK.replace(b'"balance":"30"', b'"balance":30'), {"klas.fields.balance"}),
        (OK.replace(b'"30"', b'"1,000"'), {"klas.fields.balance-decimal"}),
        (OK.replace(b'"30"', b'"3e1"'), {"klas.fields.balance-decimal"}),
        (OK.replace(b',"balance":"30"', b""), {"klas.fields.balance"}),
        (OK.replace(b"EUR", b"eur"), {"klas.fields.currency-iso"}),
        (OK.replace(b"EUR", b"DEM"), {"klas.fields.currency-current"}),
        (OK.replace(b'"EUR"', b"null"), {"klas.fields.currency"}),
        (OK.replace(b'"currency":"EUR",', b""), {"klas.fields.currency"}),
        (b'{"status_code":"ERR_UNKNOWN","balance":5}', {"klas.fields.refusal-types"}),
    ],
)
def test_a_breach_of_a_schema_is_the_requirement_s_at_its_place(body: bytes, broken: set[str]) -> None:
    """One wrong field breaks the requirement that the schema ties to it, and no other."""
    assert unmet(body) == broken


@pytest.mark.parametrize(("key", "told"), [("status_code", False), ("status_word", True)])
def test_a_key_that_every_answer_has_to_carry_is_not_told_by_it(key: str, *, told: bool) -> None:
    """A word of the document is a weak key, for which no answer can be blamed; with any other word, it can."""
    data = KlasTarget.profile("http://target.example")
    data["credentials"] = dict.fromkeys(data["credentials"], key)
    weak = builder(data=data)
    body = REFUSAL[:-1] + b',"status_word":0}'
    one = _exchanged(Response(200, (("X-Signature", weak.response_signature(body) or ""),), body))
    by = Judge(klas(), weak, ALL)
    found = {each.requirement for each in by.invariants(one, by.read(one, BAD), BAD) if not each.met}
    assert ("klas.robustness.keeps-secret" in found) is told


def test_an_unmarked_answer_to_a_valid_request_is_held_against_the_success() -> None:
    """Account data without the marker is a success that lacks it where a success was due, else it discloses."""
    body = b'{"currency":"EUR","balance":"30"}'
    assert "klas.fields.status-code" in unmet(body, CONTROL)
    assert judge().read(exchange(body), CONTROL).kind is Kind.UNMARKED


def test_what_is_remembered_of_a_body_is_what_it_breaks() -> None:
    """One judge of very many bodies says of each, whenever it comes again, what a fresh judge says of it."""
    by = judge()
    bodies = [OK.replace(b'"30"', str(number).encode()) for number in range(600)]
    for body in [REFUSAL, *bodies, REFUSAL, *bodies[-3:], bodies[0]]:
        assert _breaches(by, exchange(body)) == _breaches(judge(), exchange(body))


def test_only_selected_requirements_are_judged() -> None:
    """A run about one requirement says nothing of others."""
    by = judge(frozenset({"klas.fields.balance"}))
    one = exchange(OK.replace(b'"30"', b"30").replace(b"EUR", b"eur"))
    assert {found.requirement for found in by.invariants(one, by.read(one, CONTROL), CONTROL)} == {
        "klas.fields.balance"
    }


def test_a_refusal_must_not_repeat_what_a_success_told() -> None:
    """A balance is remembered from a success to a valid request, whatever its spelling, and a zero never is."""
    leak = exchange(b'{"status_code":"ERR_UNKNOWN","balance":"30.00"}')
    by = judge()
    assert _breaches(by, leak) == ""
    by.read(exchange(OK), CONTROL)
    assert "carries the real balance" in _breaches(by, leak)
    assert "as playerBalance" in _breaches(by, exchange(b'{"status_code":"ERR_UNKNOWN","playerBalance":30}'))
    assert _breaches(by, exchange(b'{"status_code":"ERR_UNKNOWN","playerBalance":31,"retry_after":30}')) == ""
    zero = judge()
    zero.read(exchange(OK.replace(b'"30"', b'"0.00"')), CONTROL)
    assert _breaches(zero, exchange(b'{"status_code":"ERR_UNKNOWN","balance":"0"}')) == ""


def _breaches(by: Judge, one: Exchange) -> str:
    found = by.invariants(one, by.read(one, BAD), BAD)
    return " ".join(str(each.observed) for each in found if not each.met)


def test_each_account_has_its_own_currency_and_its_own_balance() -> None:
    """Successes for the second player are held against one another, and no refusal may tell the balance in them."""
    by, other = judge(), valid(scope())
    dollars = b'{"status_code":"OK","currency":"USD","balance":"125.50"}'
    for body, sent in ((OK, CONTROL), (dollars, other), (dollars, other)):
        assert not _unmet_by(by, exchange(body), sent)
    assert _unmet_by(by, exchange(OK), other) == {"klas.semantics.same-currency"}
    told = exchange(b'{"status_code":"ERR_BAD_PARAMS","balance":"125.50"}')
    assert _unmet_by(by, told, BAD) == {"klas.semantics.refusal-hides-balance"}


def _unmet_by(by: Judge, one: Exchange, sent: Change) -> set[str]:
    """The requirements that an answer breaks, as that judge sees it."""
    return {judged.requirement for judged in by.invariants(one, by.read(one, sent), sent) if not judged.met}


def test_a_success_to_a_bad_request_is_not_remembered() -> None:
    """What an open door tells is a finding of its own; it does not make other answers disclose."""
    by = judge()
    by.read(exchange(OK), BAD)
    assert _breaches(by, exchange(b'{"status_code":"ERR_UNKNOWN","balance":"30"}')) == ""


def test_an_ask_says_what_was_expected_and_observed() -> None:
    """A breach of a set carries the set's words, what came, and the exchange."""
    one, by = exchange(OK), judge()
    ask = Ask(klas().requirement("klas.signature.header-missing"), klas().answers["refused"])
    (found,) = by.asks((ask,), one, by.read(one, BAD), BAD)
    assert not found.met
    assert found.expected == "a refusal"
    assert "success marker" in str(found.observed)
    assert found.exchange is one


def test_refused_and_refused_exactly_are_two_things() -> None:
    """An open door breaks the one and is not judged by the other; a wrong code the reverse."""
    exactly = "integrity-failed"
    assert asked("klas.signature.header-missing", "refused", OK) == [False]
    assert asked("klas.signature.header-missing", exactly, OK) == []
    assert asked("klas.signature.header-missing", "refused", REFUSAL) == [True]
    assert asked("klas.signature.header-missing", exactly, REFUSAL) == [False]


def test_no_answer_breaks_only_the_rule_that_there_is_one() -> None:
    """A dropped connection says nothing of fields, codes or signatures."""
    one, by = _exchanged(Failure(FailureKind.DROPPED, "closed")), judge()
    found = by.invariants(one, by.read(one, BAD), BAD)
    broken = {each.requirement for each in found if not each.met}
    assert len(broken) == 1
    assert broken < {each.id for each in klas().requirements if each.group == "robustness"}


def test_the_requirement_of_a_rule_is_found_where_it_is_selected() -> None:
    """A rule of a whole round is looked up by its name; a run that is not about it has none."""
    assert judge().requirement_of("recovers") is not None
    assert judge(frozenset()).requirement_of("recovers") is None
    assert judge().requirement_of("no-such-rule") is None


def test_every_annotation_of_a_schema_is_found() -> None:
    """At any depth, through lists and branches, each once."""
    schema = {"a": {"x-requirement": "r1"}, "b": [{"x-requirement": "r2"}, {"c": {"x-requirement": "r1"}}]}
    assert set(requirements_in(schema)) == {"r1", "r2"}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "x-requirement": "root",
    "required": ["a"],
    "properties": {
        "a": {"x-requirement": "a", "type": "string"},
        "b": {"type": "array", "items": {"x-requirement": "items", "type": "integer"}},
    },
}


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ([], {"root": "an array, not an object: []"}),
        ({}, {"a": "a is missing"}),
        ({"a": 1}, {"a": "a: an integer, not a string: 1"}),
        ({"a": "x", "b": [1, "2"]}, {"items": 'b/1: a string, not an integer: "2"'}),
        ({"a": "x", "b": 1}, {"root": "b: an integer, not an array: 1"}),
        ({"a": "x"}, {}),
    ],
)
def test_a_breach_belongs_to_the_innermost_annotation(value: Any, broken: dict[str, str]) -> None:
    """The line says where and what; a missing member is its own schema's."""
    assert schema_breaches(SCHEMA, value) == broken


def test_a_body_that_was_too_deep_to_read_has_a_line_as_well() -> None:
    """It is no value of JSON's types, and breaks what is asked of the root."""
    assert list(schema_breaches(SCHEMA, read_json(b"[" * 600 + b"]" * 600).value)) == ["root"]


def test_a_breach_is_bounded() -> None:
    """A huge value does not make a huge line."""
    (line,) = schema_breaches(SCHEMA, {"a": ["x" * 100_000]}).values()
    assert len(line) <= 20_000
