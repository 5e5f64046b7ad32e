"""Forms: how they are read back, what can be told of them, and where parameters travel."""

from __future__ import annotations

import hashlib
import json
import re
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhook.building.builder import Builder
from certhook.building.change import Change
from certhook.building.encoding import form_encode, form_pairs
from certhook.changes import CONTROL, Scope, changes_of
from certhook.changes.again import known
from certhook.changes.examples import combinations, examples_of, optional_places, sample
from certhook.changes.formbodies import form_catalogue
from certhook.exchange import Request
from certhook.judging.tolerance import documented_statuses
from certhook.pack.loading import load_pack
from certhook.profile.profile import Profile, profile_from
from tests.certifying import categories_of

PACK = load_pack("evenbet")
OPERATION = PACK.operations[0]
SUBJECT = {"client_id": "c 1", "user_id": "a/b"}


def profile(*, signed: bool = True, options: Any = None, **subject: Any) -> Profile:
    """A profile of a protocol whose requests are forms."""
    data: dict[str, Any] = {"target": {"url": "http://h"}, "subject": SUBJECT | subject, "options": options or {}}
    data["credentials"] = {"secret": "sk-12345"} if signed else {}
    ids = [one.id for one in PACK.requirements]
    schema = PACK.profile_schema
    return profile_from(data, source="test", protocol="evenbet", protocol_schema=schema, requirement_ids=ids)


def changes(family: str, **given: Any) -> list[Change]:
    """The changes of a family."""
    return list(changes_of(family, Scope(PACK, OPERATION, profile(**given))))


def built(change: Change = CONTROL, **given: Any) -> Request:
    """A request with that change."""
    return Builder(PACK, profile(**given)).build(OPERATION, change)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.dictionaries(st.text(min_size=1, max_size=6), st.text(max_size=6), max_size=4))
def test_a_form_is_read_back_as_it_was_written(fields: dict[str, str]) -> None:
    """Reading undoes writing."""
    assert dict(form_pairs(form_encode(fields.items()))) == fields


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.binary(max_size=30))
def test_any_bytes_are_read_as_a_form(body: bytes) -> None:
    """Whatever they are, they can be read, judged, and signed."""
    assert all(isinstance(part, str) for pair in form_pairs(body) for part in pair)
    assert categories_of(body, OPERATION, {}) <= {"unlisted", "other-value", "extra"}


def test_parameters_travel_where_the_schema_says() -> None:
    """Path, query and form each hold their own, percent-encoded, and optional ones are not sent."""
    request = built()
    assert (request.target, request.body) == ("/v2/app/users/a%2Fb/session?clientId=c%201", b"")


def test_a_parameter_is_sent_where_the_profile_asks_for_it() -> None:
    """A currency is part of the control only of a target that wants one."""
    assert built(currency="EUR").body == b""
    assert built(currency="EUR", options={"currency_mandatory": True}).body == b"currency=EUR"


@pytest.mark.parametrize(
    ("body", "categories"),
    [
        (b"", set()),
        (b"lang=de&authType=internal", set()),
        (b"x_certhook=1", {"extra"}),
        (b"authType=certhook", {"unlisted"}),
        (b"authType=certhook&lang=en", {"unlisted"}),
        (b"authType=EXTERNAL", {"other-value"}),
        (b"authType=", {"other-value"}),
        (b"authType=internal+", {"other-value"}),
        (b"authType=%00", {"other-value"}),
        (b"authType[]=certhook", {"other-value"}),
        (b"authType=certhook&authType=internal", {"other-value"}),
        (b"authType=certhook&x=%zz", {"other-value"}),
        (b"authType=certhook&x=%ff", {"other-value"}),
        (b"authType=certhook&nick=a", {"unlisted", "other-value"}),
        (b"userId=7", {"other-value"}),
    ],
)
def test_only_what_the_document_rules_out_can_be_told(body: bytes, categories: set[str]) -> None:
    """Everything else about a form is open."""
    assert categories_of(body, OPERATION, {}) == categories


def test_a_parameter_of_the_control_that_is_gone_is_another_value() -> None:
    """Where the control carries a currency, a form without one is not judged as a form."""
    assert categories_of(b"", OPERATION, {"currency": "EUR"}) == {"other-value"}


def test_an_optional_parameter_has_its_documented_values() -> None:
    """From the schema, from the profile, or made fresh; none where the profile would have to say."""
    names = {one.name for one in changes("accepted.optional")}
    assert {"accepted.optional:lang=de", "accepted.optional:nick", "accepted.optional:gameCode=poker"} <= names
    assert "accepted.optional:currency" not in names
    assert "accepted.optional:gameCode=casino" not in names
    assert not list(combinations(OPERATION, profile(game_id="7")))[1:]
    assert len(list(combinations(OPERATION, profile(game_id="7", currency="EUR")))) == 2


def test_what_is_said_of_an_optional_parameter_has_the_value_that_is_sent() -> None:
    """As it is sent, cut where it is long; a fresh value is made later."""
    said = {one.name: one.says for one in changes("accepted.optional", game_id="roulette-7")}
    assert said["accepted.optional:userIp=1"] == "with userIp=203.0.113.7"
    assert said["accepted.optional:gameId"] == "with gameId=roulette-7"
    assert said["accepted.optional:nick"] == "with nick"
    assert said["accepted.optional:launchOptions=1"].startswith('with launchOptions={"restoreSessionUrl":"https:')
    assert said["accepted.optional:launchOptions=2"].endswith("…")


def test_a_fresh_nickname_is_short_enough() -> None:
    """A name that is too long would be refused for a fair reason."""
    for one in examples_of(OPERATION, "nick", profile(max_nick_length=5)):
        assert len(one.make()) == 5
        assert one.make() != one.make()


@pytest.mark.parametrize("longest", [16, 40])
def test_the_longest_nickname_is_accepted(longest: int) -> None:
    """What the target says that it takes at most, it takes."""
    given = {"max_nick_length": longest}
    sent = {one.name: built(one, **given) for one in changes("accepted.optional", **given)}
    (nick,) = dict(form_pairs(sent["accepted.optional:nick=longest"].body)).values()
    assert len(nick) == longest
    assert "accepted.optional:nick=longest" not in {one.name for one in changes("accepted.optional")}


def test_the_sample_needs_no_test_data() -> None:
    """It names no table, and nothing that can be signed in two ways."""
    assert {"lang", "authType"} <= sample(OPERATION).keys()
    assert not {"tableId", "launchOptions", "currency"} & sample(OPERATION).keys()


def test_launch_options_are_signed_in_two_ways() -> None:
    """As text, then decoded, over the same form; one way where there is no key."""
    change = next(one for one in changes("accepted.optional") if one.place == "launchOptions")
    assert change.otherwise is not None
    text, decoded = built(change), built(change.otherwise)
    assert text.body == decoded.body
    assert text.header("sign") != decoded.header("sign")
    without = next(one for one in changes("accepted.optional", signed=False) if one.place == "launchOptions")
    assert without.otherwise is None


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


def test_what_the_url_holds_may_be_no_text() -> None:
    """In its path or in its query, and signed like everything else."""
    path, query = (built(one) for one in changes("robustness.target") if "=" not in one.name)
    assert path.target == "/v2/app/users/a%2Fb%FF%C0%AF/session?clientId=c%201"
    assert path.header("sign") == hashlib.sha256(b"a/b\xff\xc0\xafsk-12345").hexdigest().encode()
    assert query.target == "/v2/app/users/a%2Fb/session?clientId=c%201%FF%C0%AF"


def test_what_the_url_holds_may_be_hostile() -> None:
    """An apostrophe, a thousand letters or control characters, in its path or in its query."""
    targets = {one.name.partition(":")[2]: built(one).target for one in changes("robustness.target")}
    assert targets["userId=apostrophe"] == "/v2/app/users/a%2Fb%27/session?clientId=c%201"
    assert targets["clientId=apostrophe"] == "/v2/app/users/a%2Fb/session?clientId=c%201%27"
    assert targets["userId=nul"] == "/v2/app/users/a%2Fb%00/session?clientId=c%201"
    assert targets["userId=control"] == "/v2/app/users/a%2Fb%1B%7F%0A/session?clientId=c%201"
    assert len(targets["userId=long"]) == len(targets["clientId=long"]) == len(built().target) + 1000


def test_another_user_is_named_where_the_path_names_one() -> None:
    """In the form or the query, with the signature over either of the two, or over both."""
    sent = {one.name.partition("=")[2]: built(one) for one in changes("robustness.path-overridden")}
    assert len(sent) == 6
    assert {one.body for name, one in sent.items() if name.startswith("form")} == {b"userId=a%2F1"}
    assert {one.target for name, one in sent.items() if name.startswith("form")} == {built().target}
    assert sent["query-path"].target == f"{built().target}&userId=a%2F1"
    signed = {"path": b"a/b", "other": b"a/1", "both": b"a/1a/b"}
    for name, one in sent.items():
        values = signed[name.partition("-")[2]]
        assert one.header("sign") == hashlib.sha256(values + b"sk-12345").hexdigest().encode(), name
    unsigned = changes("robustness.path-overridden", signed=False)
    assert {built(one, signed=False).header("sign") for one in unsigned} == {None}


def test_values_near_a_list_are_none_of_it() -> None:
    """Two of its values at once, the word null, and parts of the list."""
    sent = {one.name.partition(":")[2]: dict(form_pairs(built(one).body)) for one in changes("parameters.unlisted")}
    assert sent["authType=both"] == {"authType": "internal,external"}
    assert sent["authType=beginning"] == {"authType": "intern"}
    assert sent["authType=across"] == {"authType": "al,ext"}
    assert sent["authType=null"] == {"authType": "null"}
    assert sent["authType=number"] == {"authType": "1"}
    behind = [dict(form_pairs(built(one).body)) for one in changes("parameters.unlisted-behind")]
    assert behind == [{"authType": "internal\n"}, {"authType": "internal\0"}]


def test_a_listed_value_comes_in_another_case() -> None:
    """One in capitals, another with a capital at its beginning."""
    sent = [dict(form_pairs(built(one).body))["authType"] for one in changes("parameters.unlisted-case")]
    assert sent == ["INTERNAL", "External"]


def test_a_currency_is_none_by_its_form() -> None:
    """In small letters, too short, too long, or a number; each made from a code that is valid, or from none."""
    given: dict[str, Any] = {"currency": "EUR", "options": {"currency_mandatory": True}}
    bodies = [built(one, **given).body for one in changes("parameters.misshapen", **given)]
    assert bodies == [b"currency=qqq", b"currency=EU", b"currency=EURJ", b"currency=123"]


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


def test_unusual_values_are_documented_ones() -> None:
    """An address of the newer kind, a percent sign that stands for itself, and a space, which a form writes as plus."""
    bodies = [built(one).body for one in changes("accepted.unusual")]
    sent = [dict(form_pairs(body)) for body in bodies]
    percent = '{"restoreSessionUrl":"https://casino.example/a%20b"}'
    space = '{"restoreSessionUrl": "https://casino.example/return"}'
    assert sent == [{"userIp": "2001:db8::7"}, {"launchOptions": percent}, {"launchOptions": space}]
    assert b"%3A+%22" in bodies[2]


def test_a_right_signature_is_made_longer() -> None:
    """By a digit, or by letters that are none."""
    right = built().header("sign") or b""
    assert [built(one).header("sign") for one in changes("signature.behind")] == [right + b"zz", right + b"0"]


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


def test_a_get_has_the_parameters_of_the_form_in_its_query() -> None:
    """Signed as those of the control are, so that the method is all that is wrong."""
    given: dict[str, Any] = {"currency": "EUR", "options": {"currency_mandatory": True}}
    (change,) = changes("methods.get", **given)
    request, control = built(change, **given), built(**given)
    assert (request.method, request.body) == ("GET", b"")
    assert request.target == f"{control.target}&currency=EUR"
    assert request.header("sign") == control.header("sign")


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
    assert len({one.header("sign") for one in (built(), *ways.values())}) == 7
    assert json.loads(ways["json"].body) == dict(form_pairs(ways["undeclared"].body)) == {"userIp": "203.0.113.7"}
    assert ways["undeclared"].header("Content-Type") is None
    declared = b"Content-Type: " + (ways["multipart"].header("Content-Type") or b"")
    _, part = message_from_bytes(declared + b"\r\n\r\n" + ways["multipart"].body).walk()
    assert (part.get_param("name", header="Content-Disposition"), part.get_payload()) == ("userIp", "203.0.113.7")
    assert len(dict(form_pairs(ways["long"].body))["x_certhook"]) == 8192
    assert dict(form_pairs(ways["empty"].body)) == {"userIp": ""}
    assert ways["forwarded"].header("X-Forwarded-For") == b"127.0.0.1"


def test_no_other_parameter_excuses_a_value_that_is_not_listed() -> None:
    """A wrong authType is sent beside each; one that can be signed in two ways stands in a form of the catalogue."""
    given: dict[str, Any] = {"currency": "EUR", "game_id": "7", "options": {"currency_mandatory": True}}
    requests = [built(one, **given) for one in (*changes("parameters.unlisted", **given), *form_catalogue(OPERATION))]
    sent = [dict(form_pairs(one.body)) for one in requests]
    wrong = [form for form in sent if form.get("authType") == "certhook"]
    assert {name for form in wrong for name in form} == set(optional_places(OPERATION))
    assert all({"currency", "authType"} <= form.keys() for form in wrong)


def test_a_form_with_launch_options_is_judged_by_what_is_wrong_with_it() -> None:
    """They are right, however they are signed."""
    (one,) = (one for one in form_catalogue(OPERATION) if one.name == "malformed.unlisted:authType=launchOptions")
    assert categories_of(built(one).body, OPERATION, {}) == {"unlisted"}


def test_the_catalogue_has_no_name_twice() -> None:
    """Cases are known by the names of bodies."""
    names = [one.name for one in form_catalogue(OPERATION)]
    assert len(names) == len(set(names))


def test_every_parameter_of_the_form_gets_hostile_values() -> None:
    """Whatever its type, and whether or not the document lists its values."""
    names = {one.name for one in form_catalogue(OPERATION)}
    for place in optional_places(OPERATION):
        assert {f"malformed.hostile:{place}={word}" for word in ("nul", "quotes", "64k")} <= names
    assert {"malformed.hostile:tableId=word", "malformed.unlisted:gameCode=certhook"} <= names


def test_every_parameter_of_the_form_comes_as_an_array() -> None:
    """Frameworks that make arrays of names in brackets hand one on where a text is expected."""
    bodies = {one.name: dict(form_pairs(built(one).body)) for one in form_catalogue(OPERATION)}
    for place in optional_places(OPERATION):
        sent = bodies[f"malformed.array:{place}"]
        assert f"{place}[]" in sent
        assert place not in sent
    assert bodies["malformed.array:authType"]["authType[]"] == "internal"
    assert {name[-3:] for name in bodies["malformed.brackets-all"]} == {"[a]"}


def test_a_documented_status_goes_with_the_parameter_that_it_is_for() -> None:
    """HTTP 500 is a refusal of a nickname, and of nothing else."""
    request = built()
    assert documented_statuses(OPERATION, request) == ()
    for body in (b"nick=a", b"lang=en&nick[]=%00"):
        carrying = Request(OPERATION.name, "POST", request.target, (), body)
        assert documented_statuses(OPERATION, carrying) == ("500",)
