"""Answers: accepted, refused or broken, and held against sets of allowed answers."""

from __future__ import annotations

import pytest

from certhook.exchange import Failure, FailureKind, Response
from certhook.judging.answers import (
    HELD,
    Answer,
    Kind,
    LongText,
    allows,
    looks_like_html,
    pointed,
    read_answer,
    status_fits,
)
from certhook.pack.model import AnswerSet, Matcher
from tests.certifying import klas

OK = b'{"status_code":"OK","currency":"EUR","balance":"30"}'
REFUSAL = b'{"status_code":"ERR_BAD_PARAMS"}'
HTML = b"<!DOCTYPE html><title>Oops</title>"


def response(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Response:
    """An HTTP answer."""
    return Response(status, headers, body)


def read(status: int, body: bytes = b"", *headers: tuple[str, str], front: tuple[str, ...] = ()) -> Answer:
    """An HTTP answer as klas reads it."""
    return read_answer(klas(), response(status, body, *headers), front)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, OK, Kind.ACCEPTED),
        (201, OK, Kind.ACCEPTED),
        (500, OK, Kind.ACCEPTED),
        (404, OK, Kind.ACCEPTED),
        (200, REFUSAL, Kind.REFUSED),
        (400, REFUSAL, Kind.REFUSED),
        (500, REFUSAL, Kind.BROKEN),
        (302, REFUSAL, Kind.BROKEN),
        (404, b"", Kind.REFUSED),
        (404, HTML, Kind.REFUSED),
        (413, b"too large", Kind.REFUSED),
        (405, b"{}", Kind.REFUSED),
        (400, b"", Kind.BROKEN),
        (400, HTML, Kind.BROKEN),
        (200, b"", Kind.BROKEN),
        (200, HTML, Kind.BROKEN),
        (200, b"[]", Kind.BROKEN),
        (200, b'{"error":"no"}', Kind.BROKEN),
        (200, b'{"balance":"30"}', Kind.UNMARKED),
        (200, b'{"status_code":"OK","status_code":"OK"}', Kind.UNMARKED),
        (200, b'{"status_code":"OK","balance":NaN}', Kind.UNMARKED),
        (200, b'{"status_code":"NO","status_code":"NO"}', Kind.BROKEN),
        (500, b'{"status_code":"OK","balance":NaN}', Kind.BROKEN),
        (500, b"Internal Server Error", Kind.BROKEN),
        (301, b"", Kind.BROKEN),
        (429, b"", Kind.LIMITED),
        (429, OK, Kind.LIMITED),
    ],
)
def test_what_an_answer_is(status: int, body: bytes, kind: Kind) -> None:
    """The success marker accepts whatever the status; a refusal is one of the protocol's or of the HTTP server's."""
    assert read(status, body).kind is kind


def test_an_unavailable_target_limits_only_where_it_says_when() -> None:
    """503 is the rate limit with Retry-After, and a server error without."""
    assert read(503, b"", ("Retry-After", "1")).kind is Kind.LIMITED
    assert read(503, b"").kind is Kind.BROKEN


def test_further_statuses_may_come_from_the_front() -> None:
    """A request that the HTTP server itself may refuse is refused by such a status, even where it is a 501."""
    assert read(400, HTML, front=("400",)).kind is Kind.REFUSED
    assert read(400, HTML, front=("400",)).front
    assert read(501, HTML, front=("4xx", "501")).kind is Kind.REFUSED
    assert read(501, REFUSAL, front=("501",)).kind is Kind.REFUSED


@pytest.mark.parametrize("kind", FailureKind)
def test_no_answer_is_broken(kind: FailureKind) -> None:
    """Whatever went wrong on the way, an exchange without an HTTP answer is broken, and says how."""
    answer = read_answer(klas(), Failure(kind, "the reason"))
    assert answer.kind is Kind.BROKEN
    assert kind in answer.says
    assert "the reason" in answer.says


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"", "an empty body"),
        (200, HTML, "an HTML page"),
        (200, b"[1]", "JSON that is not an object"),
        (200, b"nonsense", "a body that is not JSON"),
        (200, b'{"a":1,"a":2}', "a duplicate member"),
        (500, b"", "an undocumented server error"),
        (302, b"", "an undocumented redirect"),
    ],
)
def test_a_broken_answer_says_how(status: int, body: bytes, words: str) -> None:
    """The line for the report tells a person what came."""
    assert words in read(status, body).says


def test_the_code_is_what_the_pointer_leads_to() -> None:
    """The code is text or an integer at a JSON pointer, through objects and arrays, and nothing else."""
    assert pointed({"a": {"b": "x"}}, "/a/b") == "x"
    assert pointed({"a": [{"b": 7}]}, "/a/0/b") == 7
    assert pointed({"a": [1]}, "/a/1") is None
    assert pointed({"a": True}, "/a") is None
    assert pointed({"a": {}}, "/a") is None
    assert pointed("text", "/a") is None
    assert read(200, REFUSAL).code == "ERR_BAD_PARAMS"


def test_members_are_those_of_an_object() -> None:
    """An answer that is no object, or was not read, has no members."""
    assert read(200, OK).members["currency"] == "EUR"
    assert read(404, b"[]").members == {}
    assert read(404, b"").members == {}


@pytest.mark.parametrize(
    ("status", "patterns", "fits"),
    [
        (200, ("200",), True),
        (404, ("4xx",), True),
        (404, ("200", "5xx"), False),
        (None, ("4xx",), False),
        (200, (), False),
    ],
)
def test_statuses_fit_numbers_and_classes(status: int | None, patterns: tuple[str, ...], fits: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A pattern is a status or a class of them."""
    assert status_fits(status, patterns) is fits


def test_html_is_known_by_type_or_beginning() -> None:
    """Either the declared media type or the first bytes say that it is a page."""
    assert looks_like_html(response(200, b"x", ("Content-Type", "text/html; charset=utf-8")))
    assert looks_like_html(response(200, b"\n <HTML>"))
    assert not looks_like_html(response(200, b"{}", ("Content-Type", "application/json")))


ACCEPTED, REFUSED, BROKEN = read(200, OK), read(200, REFUSAL), read(500, b"")
FRONT = read(431, b"", front=("431",))


@pytest.mark.parametrize(
    ("allowed", "verdicts"),
    [
        (AnswerSet("a", "", accepted=True), (True, False, False)),
        (AnswerSet("b", "", broken=True), (False, False, True)),
        (AnswerSet("c", "", refusals=(Matcher(),)), (False, True, False)),
        (AnswerSet("d", "", refusals=(Matcher(code=("ERR_BAD_PARAMS",)),)), (False, True, False)),
        (AnswerSet("e", "", refusals=(Matcher(code=("ERR_UNKNOWN",)),)), (False, False, False)),
        (AnswerSet("f", "", refusals=(Matcher(not_code=("ERR_BAD_PARAMS",)),)), (False, False, False)),
        (AnswerSet("g", "", refusals=(Matcher(status=("4xx",)), Matcher(status=("200",)))), (False, True, False)),
        (AnswerSet("h", "", refusals=(Matcher(status=("4xx",)),)), (False, False, False)),
        (AnswerSet("i", "", only_refused=True, refusals=(Matcher(),)), (None, True, None)),
    ],
    ids=lambda value: value.name if isinstance(value, AnswerSet) else "",
)
def test_a_set_allows_what_it_names(allowed: AnswerSet, verdicts: tuple[bool | None, ...]) -> None:
    """Accepted, refused and broken answers are in a set where it says so; one for refusals alone judges no other."""
    assert tuple(allows(allowed, answer) for answer in (ACCEPTED, REFUSED, BROKEN)) == verdicts


def test_the_front_s_refusal_is_one() -> None:
    """A refusal by the HTTP server, of a request that it may refuse, meets any set that has refusals."""
    coded = AnswerSet("", "", refusals=(Matcher(code=("ERR_BAD_PARAMS",)),))
    assert allows(coded, FRONT, ("431",)) is True
    assert allows(coded, FRONT) is False
    assert allows(AnswerSet("", "", only_refused=True, refusals=coded.refusals), FRONT, ("431",)) is None
    assert allows(AnswerSet("", "", accepted=True), FRONT, ("431",)) is False


def test_a_refusal_of_bytes_may_be_in_anybody_s_words() -> None:
    """A request that invites 431 may get it in the protocol's own form, whoever wrote that; so with no other status."""
    wanted = AnswerSet("", "", refusals=(Matcher(status=("200",), code=("ERR_INTEGRITY_CHECK_FAILED",)),))
    own = read(431, REFUSAL, front=("400", "431"))
    assert not own.front
    assert allows(wanted, own, ("400", "431"))
    assert allows(wanted, own, ()) is False
    assert allows(wanted, read(400, REFUSAL, front=("400", "431")), ("400", "431")) is False


def test_the_words_of_a_refusal_by_the_front_count() -> None:
    """A text or a page with the status of a layer in front says what it says, whoever wrote it."""
    found = AnswerSet("", "", only_refused=True, refusals=(Matcher(text=("Player not found",)),))
    page = b"<!DOCTYPE html><h1>Player Not Found</h1>"
    said = (
        read(404, b"Player not found"),
        read(404, page),
        read(404, b'["Player not found"]'),
        read(404, b"Not found"),
    )
    assert [allows(found, one) for one in said] == [True, True, True, False]


def test_a_long_answer_is_read_like_a_short_one() -> None:
    """What a long body says is not kept, but read again when it is asked for, and no more once it is abridged."""
    padding = b'"padding":"' + b"x" * HELD + b'",'
    long, short = read(200, OK.replace(b"{", b"{" + padding)), read(200, OK)
    assert (long.kind, long.says, long.status, long.code) == (short.kind, short.says, short.status, short.code)
    assert isinstance(long.text, LongText)
    assert long.text.flaws == frozenset()
    assert {**short.members, "padding": "x" * HELD} == long.members
    assert long.abridged().members == {}
    assert short.abridged() is short


def test_the_words_of_a_long_page_are_not_kept() -> None:
    """They are asked for once; hundreds of such pages would fill the memory."""
    page, line = read(404, b"x" * HELD * 2), read(404, b"Not Found")
    assert len(page.words) == HELD
    assert page.abridged().words == ""
    assert line.abridged() is line


def test_what_is_long_and_cannot_be_read_has_no_text() -> None:
    """A long body that is no JSON is broken like a short one."""
    assert read(200, b"x" * (HELD + 1)) == read(200, b"x")
