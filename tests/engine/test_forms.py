"""Forms: how they are read back, what can be told of them, and where parameters travel."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhook.building.encoding import form_encode, form_pairs
from certhook.changes.examples import combinations, examples_of, optional_places, sample
from certhook.changes.formbodies import form_catalogue
from certhook.exchange import Request
from certhook.judging.extra_statuses import documented_statuses
from tests.certifying import categories_of
from tests.forms import OPERATION, built, changes, profile


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
    """In small letters, too short, too long, a number or a pattern; made from a code that is valid, or from none."""
    given: dict[str, Any] = {"currency": "EUR", "options": {"currency_mandatory": True}}
    bodies = [built(one, **given).body for one in changes("parameters.misshapen", **given)]
    assert bodies == [b"currency=qqq", b"currency=EU", b"currency=EURJ", b"currency=123", b"currency=%25"]


def test_unusual_values_are_documented_ones() -> None:
    """An address of the newer kind; a percent sign, an ampersand and a space in an address, as a form writes them."""
    bodies = [built(one).body for one in changes("accepted.unusual")]
    sent = [dict(form_pairs(body)) for body in bodies]
    percent = '{"restoreSessionUrl":"https://casino.example/a%20b"}'
    ampersand = '{"restoreSessionUrl":"https://casino.example/return?a=1&b=2"}'
    space = '{"restoreSessionUrl": "https://casino.example/return"}'
    options = [percent, ampersand, space]
    assert sent == [{"userIp": "2001:db8::7"}, *({"launchOptions": one} for one in options)]
    assert b"%3A+%22" in bodies[3]


def test_a_get_has_the_parameters_of_the_form_in_its_query() -> None:
    """Signed as those of the control are, so that the method is all that is wrong."""
    given: dict[str, Any] = {"currency": "EUR", "options": {"currency_mandatory": True}}
    (change,) = changes("methods.get", **given)
    request, control = built(change, **given), built(**given)
    assert (request.method, request.body) == ("GET", b"")
    assert request.target == f"{control.target}&currency=EUR"
    assert request.header("sign") == control.header("sign")


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
