"""Signatures over the parameters of path, query and form: what is signed, and what is changed after that."""

from __future__ import annotations

import hashlib
import json
import re
from email import message_from_bytes
from typing import Any

import pytest

from certhook.building.builder import Builder
from certhook.building.change import Change
from certhook.building.encoding import form_pairs
from certhook.changes import CONTROL, Scope
from certhook.changes.examples import optional_places, sample
from certhook.changes.known_values import known
from tests.forms import OPERATION, PACK, built, changes, profile


def test_launch_options_are_signed_in_two_ways() -> None:
    """As text, then decoded, over the same form; one way where there is no key."""
    change = next(one for one in changes("accepted.optional") if one.place == "launchOptions")
    assert change.otherwise is not None
    text, decoded = built(change), built(change.otherwise)
    assert text.body == decoded.body
    assert text.header("sign") != decoded.header("sign")
    without = next(one for one in changes("accepted.optional", signed=False) if one.place == "launchOptions")
    assert without.otherwise is None


def test_the_key_first_is_another_signature_whatever_the_key_is() -> None:
    """Where it is the same text as the one value that the control signs, the key may go before it or behind."""
    given: dict[str, Any] = {"secret": "100", "user_id": "100"}
    builder = Builder(PACK, profile(**given))
    (change,) = changes("signature.key-first", **given)
    request = builder.build(OPERATION, change)
    assert request.header("sign") != (builder.request_signature(request) or "").encode()


CHANGED = (
    *("parameter-changed", "parameter-added", "parameter-removed", "path-changed"),
    *("respelled", "path-respelled", "case-changed", "member-added"),
)


@pytest.mark.parametrize("family", CHANGED)
@pytest.mark.parametrize("mandatory", [True, False])
def test_what_was_changed_after_signing_has_a_wrong_signature(family: str, *, mandatory: bool) -> None:
    """None of the changes leaves what is signed as it was."""
    given: dict[str, Any] = {"currency": "EUR", "game_id": "7", "options": {"currency_mandatory": mandatory}}
    builder = Builder(PACK, profile(**given))
    found = changes(f"signature.{family}", **given)
    assert found
    for change in found:
        request = builder.build(OPERATION, change)
        assert request.header("sign") != (builder.request_signature(request) or "").encode(), change.name


@pytest.mark.parametrize("family", ["parameter-changed", "parameter-added"])
@pytest.mark.parametrize("mandatory", [True, False])
def test_every_parameter_is_tampered_with(family: str, *, mandatory: bool) -> None:
    """Be it in the control or not, be there one documented value of it or many."""
    given: dict[str, Any] = {"currency": "EUR", "game_id": "7", "options": {"currency_mandatory": mandatory}}
    found = {one.place for one in changes(f"signature.{family}", **given)}
    assert found >= set(optional_places(OPERATION))


def test_a_signature_that_leaves_the_user_out_is_sent() -> None:
    """It covers the form and no more, and would be good for any user."""
    (change,) = (one for one in changes("signature.parameter-added") if one.place == "userId")
    assert built(change).target == built().target
    assert built(change).header("sign") == hashlib.sha256(b"sk-12345").hexdigest().encode()


@pytest.mark.parametrize(("family", "lang"), [("case-changed", "DE"), ("spaces-added", " de ")])
def test_a_value_is_spelled_otherwise_than_it_was_signed(family: str, lang: str) -> None:
    """The signature is that of the documented value."""
    change = next(one for one in changes(f"signature.{family}") if one.place == "lang")
    request = built(change)
    assert dict(form_pairs(request.body)) == {"lang": lang}
    assert request.header("sign") == hashlib.sha256(b"dea/bsk-12345").hexdigest().encode()


def test_a_value_is_sent_as_another_spelling_of_what_was_signed() -> None:
    """A number, a boolean or a word, in the form or in the path; each signature is that of the plain spelling."""
    found = {one.name.partition(":")[2]: built(one) for one in changes("signature.respelled")}
    sent = {name: dict(form_pairs(one.body)) for name, one in found.items()}
    cleaned = {name: sent.pop(name) for name in list(sent) if name.rpartition("=")[2] in ("nul", "tags", "long")}
    assert len(cleaned) == 6
    assert cleaned["sessionId=nul"]["sessionId"].endswith("\0x")
    assert re.fullmatch("<b>[0-9a-f]{8}</b>", cleaned["nick=tags"]["nick"])
    assert re.fullmatch("[0-9a-f]{255}more", cleaned["sessionId=long"]["sessionId"])
    nick, session = sent.pop("nick=case")["nick"], sent.pop("sessionId=case")["sessionId"]
    assert nick == nick.upper() != nick.lower()
    assert session == session.upper() != session.lower()
    assert sent == {
        "authType=case": {"authType": "INTERNAL"},
        "gameCode=case": {"gameCode": "POKER"},
        "tableId=zero": {"tableId": "01"},
        "tableId=letter": {"tableId": "1x"},
        "longLifeLoginToken=number": {"longLifeLoginToken": "1"},
    }
    signed = {"tableId=zero": b"1a/b", "longLifeLoginToken=number": b"truea/b", "authType=case": b"internala/b"}
    for name, values in signed.items():
        assert found[name].header("sign") == hashlib.sha256(values + b"sk-12345").hexdigest().encode()
    paths = [built(one) for one in changes("signature.path-respelled")]
    assert [one.target.split("/")[4] for one in paths] == ["0a%2Fb", "a%2Fbx", "A%2FB"]
    assert {one.header("sign") for one in paths} == {built().header("sign")}


@pytest.mark.parametrize("family", ["parameter-added", "parameter-removed"])
def test_each_end_of_a_list_is_added_and_removed(family: str) -> None:
    """One of them may be what a target takes where nothing is asked for."""
    names = {one.name for one in changes(f"signature.{family}")}
    ends = {f"signature.{family}:{one}" for one in ("authType", "lang", "gameCode", "longLifeLoginToken", "tableId")}
    assert ends <= names
    assert len([one for one in names if one.split("=")[0] in ends]) == 2 * len(ends)


def test_another_user_has_another_spelling() -> None:
    """By the signature of the control; a name that has no letters is in no case."""
    sent = {one.name.partition("=")[2]: built(one) for one in changes("signature.path-respelled")}
    assert sent["case"].target == "/v2/app/users/A%2FB/session?clientId=c%201"
    assert {one.header("sign") for one in sent.values()} == {built().header("sign")}
    assert "signature.path-respelled:userId=case" not in {
        one.name for one in changes("signature.path-respelled", user_id="100")
    }


def test_spaces_are_added_in_the_path_as_well() -> None:
    """Behind what it names, by the signature of the control."""
    request = next(built(one) for one in changes("signature.spaces-added") if one.place == "userId")
    assert request.target == "/v2/app/users/a%2Fb%20/session?clientId=c%201"
    assert request.header("sign") == built().header("sign")


def test_no_closed_list_is_spelled_otherwise() -> None:
    """Only what a target may look up: a language, a currency in the control or not, a game."""
    given: dict[str, Any] = {"currency": "EUR", "game_id": "r-7", "options": {"currency_mandatory": True}}
    assert {one.place for one in changes("signature.case-changed", **given)} == {"lang", "currency", "gameId"}


def test_a_member_is_added_to_what_was_signed() -> None:
    """The signature is that of the text as it was before, or of what it held."""
    requests = [built(one) for one in changes("signature.member-added")]
    (body,) = {one.body for one in requests}
    options = json.loads(dict(form_pairs(body))["launchOptions"])
    assert options == {"restoreSessionUrl": "https://casino.example/return", "x_certhook": "1"}
    text = b'{"restoreSessionUrl":"https://casino.example/return"}'
    signed = (text, b"https://casino.example/return")
    assert [one.header("sign") for one in requests] == [
        hashlib.sha256(values + b"a/bsk-12345").hexdigest().encode() for values in signed
    ]


def test_what_takes_no_part_in_the_signature_is_sent() -> None:
    """In the form and in the query, by the signature of the control."""
    sent = {one.name.partition(":")[2]: built(one) for one in changes("accepted.unsigned-field")}
    assert sent["page"].body == b"page=3"
    assert sent["page=query"].target == f"{built().target}&page=3"
    assert {one.header("sign") for one in sent.values()} == {built().header("sign")}


def test_a_right_signature_is_made_longer() -> None:
    """By a digit, by letters that are none, or by another value."""
    right = built().header("sign") or b""
    longer = [right + more for more in (b"zz", b"0", b", 0")]
    assert [built(one).header("sign") for one in changes("signature.behind")] == longer


def test_a_wrong_signature_stands_where_none_belongs() -> None:
    """In the query and in the form, and none in the header."""
    query, form = (built(one) for one in changes("signature.misplaced"))
    assert (query.target, query.body) == (f"{built().target}&sign=x", b"")
    assert (form.target, form.body) == (built().target, b"sign=x")
    assert query.header("sign") is form.header("sign") is None


def test_what_is_known_comes_again() -> None:
    """The value of the first request, in one that is signed at random, and in one that is signed as it should be."""
    values = list(known(Scope(PACK, OPERATION, profile())))
    assert [(one.place, one.tolerated) for one in values] == [("sessionId", False), ("nick", True)]
    for one in values:
        first, unsigned, signed = map(built, (one.first(), one.unsigned(), one.signed()))
        assert dict(form_pairs(first.body)) == {one.place: one.value}
        assert first == signed
        assert unsigned.with_header("sign", None) == first.with_header("sign", None)
        assert len(unsigned.header("sign") or b"") == 64
        assert unsigned.header("sign") != first.header("sign")


def test_values_are_signed_in_three_wrong_orders() -> None:
    """As they are sent, the user first or last, and backwards; none of them is the right one."""
    wrong = changes("signature.unsorted")
    requests = list(map(built, wrong))
    right = built(
        Change("sample", "with several parameters", apply=lambda draft: draft.fields.update(sample(OPERATION)))
    )
    assert {one.body for one in requests} == {right.body}
    assert len({one.header("sign") for one in (right, *requests)}) == 4
    values = b"".join(value.encode() for _, value in form_pairs(right.body))
    last = next(built(one) for one in wrong if one.name == "signature.unsorted:path-last")
    assert last.header("sign") == hashlib.sha256(values + b"a/bsk-12345").hexdigest().encode()


def test_what_the_control_carries_is_not_removed() -> None:
    """A request without a currency that the target asks for would have two things wrong."""
    given: dict[str, Any] = {"currency": "EUR", "options": {"currency_mandatory": True}}
    assert "currency" not in {one.place for one in changes("signature.parameter-removed", **given)}


def test_a_parameter_is_added_to_the_query_by_the_signature_of_the_control() -> None:
    """Everything but the query is the control's."""
    (change,) = changes("signature.query-added")
    request, control = built(change), built()
    assert request.target == f"{control.target}&userIp=203.0.113.7"
    assert (request.body, request.headers) == (control.body, control.headers)


@pytest.mark.parametrize("family", ["accepted.optional", "accepted.non-ascii", "robustness.target", "robustness.size"])
def test_the_right_signature_of_a_valid_request_is_its_own(family: str) -> None:
    """Read back from path, query and form as they went out, whatever they hold."""
    builder = Builder(PACK, profile(game_id="r&7 +"))
    for change in (CONTROL, *changes(family, game_id="r&7 +")):
        request = builder.build(OPERATION, change)
        assert request.header("sign") == (builder.request_signature(request) or "").encode(), change.name


@pytest.mark.parametrize("family", ["random", "header-missing", "query-added", "path-changed", "parameter-changed"])
def test_the_right_signature_of_a_forged_request_is_another(family: str) -> None:
    """That of what was sent, which is not what was signed."""
    builder = Builder(PACK, profile())
    for change in changes(f"signature.{family}"):
        request = builder.build(OPERATION, change)
        assert request.header("sign") != (builder.request_signature(request) or "").encode(), change.name
    assert Builder(PACK, profile(signed=False)).request_signature(built()) is None


@pytest.mark.parametrize("family", ["header-missing", "random"])
def test_no_listed_value_is_a_way_around_the_signature(family: str) -> None:
    """Each is sent with a wrong signature; a game with what it needs, where the profile has that."""
    given = {"game_id": "7", "currency": "EUR"}
    sent = {one.name: built(one, **given) for one in changes(f"signature.{family}", **given)}
    wanted = {"authType=internal", "gameCode=sport", "longLifeLoginToken=false"}
    assert {f"signature.{family}:{one}" for one in wanted} <= sent.keys()
    assert dict(form_pairs(sent[f"signature.{family}:gameCode=sport"].body))["gameId"] == "7"


def test_a_forged_form_is_right_but_for_its_signature() -> None:
    """However it is carried, its parameters are those that a form would have."""
    ways = {one.place: built(one) for one in changes("signature.forged-form")}
    assert all(len(one.header("sign") or b"") == 64 for one in ways.values())
    assert len({one.header("sign") for one in (built(), *ways.values())}) == 11
    assert json.loads(ways["json"].body) == dict(form_pairs(ways["undeclared"].body)) == {"userIp": "203.0.113.7"}
    assert ways["undeclared"].header("Content-Type") is None
    declared = b"Content-Type: " + (ways["multipart"].header("Content-Type") or b"")
    _, part = message_from_bytes(declared + b"\r\n\r\n" + ways["multipart"].body).walk()
    assert (part.get_param("name", header="Content-Disposition"), part.get_payload()) == ("userIp", "203.0.113.7")
    assert len(dict(form_pairs(ways["long"].body))["x_certhook"]) == 8192
    assert dict(form_pairs(ways["empty"].body)) == {"userIp": ""}
    assert ways["forwarded"].header("X-Forwarded-For") == b"127.0.0.1"
