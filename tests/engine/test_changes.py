"""Changes: each is one difference from the control, with a name that stays and a sentence."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from certhook.building.change import Stage
from certhook.building.clock import Window
from certhook.changes import CONTROL, FAMILIES, Change, Scope, changes_of
from certhook.changes.around import repeated
from certhook.changes.bodies import catalogue
from certhook.changes.parameters import apart
from certhook.exchange import Request
from certhook.reference.klas.target import OTHER_PLAYER, KlasTarget
from tests.certifying import NOW, authenticate, builder, change, changes, klas, profile, scope

CHANGES = [one for one in changes() if one is not CONTROL]
BEGINNINGS = ("with", "without", "signed", "sent", "declared", "in ")
URL = "http://target.example"


def by_name(one: Change) -> str:
    """What a change is called in a test's id."""
    return one.name


def test_names_are_unique() -> None:
    """No two changes of klas share a name, since cases are known by it."""
    families = {one.family for one in CHANGES}
    names = Counter(one.name for family in families for one in changes_of(family, scope()))
    assert [name for name, count in names.items() if count > 1] == []


def test_names_are_stable() -> None:
    """A family yields the same names each time that it is asked."""
    assert [one.name for one in changes()] == [one.name for one in changes()]


@pytest.mark.parametrize("one", CHANGES, ids=by_name)
def test_a_name_is_its_family_s_with_a_place(one: Change) -> None:
    """A change's name leads back to the family that made it."""
    assert one.family in FAMILIES
    assert one.name in [other.name for other in changes_of(one.name, scope())]


@pytest.mark.parametrize("one", CHANGES, ids=by_name)
def test_a_sentence_finishes_what_reports_begin(one: Change) -> None:
    """`a valid request, but ...` reads on with what the change says."""
    aged = re.fullmatch(r"\d+ seconds (old|ahead)", one.says)
    assert one.says.startswith(BEGINNINGS) or aged
    assert not one.says.endswith(".")


def parts(request: Request) -> dict[str, object]:
    """A request's parts as its stages make them, ids taken out."""
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        fields = None
    if isinstance(fields, dict):
        fields.pop("request_id", None)
    others = sorted((name.lower(), value) for name, value in request.headers if name.lower() != "x-signature")
    return {"method": request.method, "target": request.target, "fields": fields, "others": others}


@pytest.mark.parametrize("valid", [1, 41, 32_766, 2**31 - 2, 2**32 - 1, 2**53 - 1])
def test_an_unknown_number_is_held_by_what_holds_the_valid_one(valid: int) -> None:
    """It is thousands away, ahead where there is room: what a column does not hold may be refused for that."""
    for distance in (5_000, 24_999):
        other = apart(valid, distance)
        assert other == valid + (distance if valid < 30_000 else -distance)


@pytest.mark.parametrize("one", [one for one in CHANGES if one.stage is Stage.SIGNATURE], ids=by_name)
def test_a_change_of_the_signature_leaves_the_rest(one: Change) -> None:
    """Everything but the signature header is as in the control."""
    made = builder()
    assert parts(made.build(authenticate(), one)) == parts(made.build(authenticate()))


@pytest.mark.parametrize(
    "one",
    [one for one in CHANGES if one.stage in (Stage.FIELDS, Stage.BODY) and one.family != "malformed.declared-form"],
    ids=by_name,
)
def test_a_change_of_the_body_leaves_the_headers(one: Change) -> None:
    """Every header but the signature, which is right for what goes out, is as in the control."""
    made = builder()
    changed, control = parts(made.build(authenticate(), one)), parts(made.build(authenticate()))
    assert changed["others"] == control["others"]
    assert str(changed["target"]).partition("?")[0] == control["target"]
    assert (changed["method"] != control["method"]) == one.name.startswith("methods.")


@pytest.mark.parametrize("one", [one for one in CHANGES if one.legal and one.stage is Stage.BODY], ids=by_name)
def test_a_legal_body_says_the_same(one: Change) -> None:
    """A legal spelling of the body has the fields of the control."""
    made = builder()
    assert parts(made.build(authenticate(), one))["fields"] == parts(made.build(authenticate()))["fields"]


@pytest.mark.parametrize("one", [one for one in CHANGES if one.stage is Stage.WIRE], ids=by_name)
def test_a_change_of_the_wire_differs(one: Change) -> None:
    """What is changed after signing shows: another method, header or framing, or a body that is not what was signed."""
    made = builder()
    request, control = made.build(authenticate(), one), made.build(authenticate())
    signed = made.response_signature(request.body) == (request.header("x-signature") or b"").decode()
    names = [[name for name, _ in each.headers] for each in (request, control)]
    other = any(parts(request)[name] != parts(control)[name] for name in ("method", "others"))
    assert other or not signed or request.chunks or names[0] != names[1]


@pytest.mark.parametrize("name", ["signature.query-fills", "signature.query-overrides"])
def test_a_query_holds_what_the_signed_body_does_not(name: str) -> None:
    """The valid value stands in the query, another one or none in the body, and the signature is that of the body."""
    made, one = builder(), change(name)
    request, control = made.build(authenticate(), one), made.build(authenticate())
    valid = json.loads(control.body)[one.place]
    assert request.target == f"{control.target}?{one.place}={valid}"
    assert json.loads(request.body).get(one.place) != valid
    assert (request.header("x-signature") or b"").decode() == made.response_signature(request.body)


def test_nibbles_change_one_digit() -> None:
    """A changed nibble is one digit of the signature, at the start, in the middle, or at the end."""
    made = builder()
    for place, at in {"start": 0, "middle": 32, "end": 63}.items():
        request = made.build(authenticate(), change(f"signature.nibble:{place}"))
        right = made.response_signature(request.body) or ""
        given = (request.header("x-signature") or b"").decode()
        assert [index for index in range(64) if given[index] != right[index]] == [at]


@pytest.mark.parametrize("size", [8, 16, 32])
def test_a_prefix_is_right_and_no_digit_more(size: int) -> None:
    """So many first digits are right, and each of the others is wrong."""
    made = builder()
    request = made.build(authenticate(), change(f"signature.prefix:{size}"))
    right = made.response_signature(request.body) or ""
    given = (request.header("x-signature") or b"").decode()
    assert [given[at] == right[at] for at in range(64)] == [True] * size + [False] * (64 - size)


@pytest.mark.parametrize("one", list(changes_of("signature.around", scope())), ids=by_name)
def test_whatever_else_a_request_carries_its_signature_is_wrong(one: Change) -> None:
    """However a request is made or carried: as many digits as in a signature, which is not that of its body."""
    made = builder()
    request = made.build(authenticate(), one)
    assert re.fullmatch(b"[0-9a-f]{64}", request.header("x-signature") or b"")
    assert (request.header("x-signature") or b"").decode() != made.response_signature(request.body)


def test_a_repeated_request_is_the_accepted_one_but_for_its_signature() -> None:
    """Its body is that of the request that was accepted, its id included."""
    made = builder()
    accepted = made.build(authenticate())
    again = made.build(authenticate(), repeated(accepted, "X-Signature"))
    assert again.with_header("X-Signature", None) == accepted.with_header("X-Signature", None)
    assert again.header("x-signature") != accepted.header("x-signature")


@pytest.mark.parametrize(
    ("secret", "named"),
    [
        ("a-key-9f2d", ["upper-case", "secret", "test"]),
        ("A-Key-9f2d", ["lower-case", "upper-case", "secret", "test"]),
        ("20170101", ["secret", "test"]),
        ("SECRET", ["lower-case", "secret", "test"]),
        ("test", ["upper-case", "secret"]),
    ],
)
def test_another_key_is_another_one(secret: str, named: list[str]) -> None:
    """The right key is not among the other ones, whichever it is."""
    data = KlasTarget.profile(URL) | {"credentials": {"secret": secret}}
    found = list(changes_of("signature.other-key", scope(data)))
    assert [one.place for one in found] == ["", *named]
    made = builder(data=data)
    for one in found:
        request = made.build(authenticate(), one)
        assert (request.header("x-signature") or b"").decode() != made.response_signature(request.body)


def test_missing_takes_out_and_null_keeps() -> None:
    """A missing field is not there, a null one is."""
    made = builder()
    assert "player_id" not in json.loads(made.build(authenticate(), change("parameters.missing:player_id")).body)
    assert json.loads(made.build(authenticate(), change("parameters.null:player_id")).body)["player_id"] is None


def test_wrong_types_are_never_empty() -> None:
    """Objects and arrays in a field's place hold something: empty ones are the same to some platforms."""
    made = builder()
    for one in changes_of("parameters.wrong-type", scope()):
        value = json.loads(made.build(authenticate(), one).body)[one.place]
        assert value not in ({}, [], "")


@pytest.mark.parametrize(
    ("valid", "form"),
    [
        ("PPT_00C0FFEE00C0FFEE00C0FFEE00C0FFEE", r"PPT_00C0FFEE00C0FFEE[0-9A-F]{16}"),
        ("7b0f3a52-6d0c-4f9e-9a38-2f6f5d1c8e01", r"7b0f3a52-6d0c-4f9e-[0-9a-f]{4}-[0-9a-f]{12}"),
        ("12001200120012001200", r"1200\d{16}"),
        ("Launch.Tulip7.harbour", r"Lau[a-z]{3}\.[A-Z][a-z]{4}\d\.[a-z]{7}"),
    ],
)
def test_an_unknown_value_is_also_sent_in_the_form_of_the_valid_one(valid: str, form: str) -> None:
    """Its last sixteen letters and digits are others of their kind, the same ones in each request of a run."""
    data = KlasTarget.profile(URL)
    data["subject"]["session_id"] = valid
    (one,) = changes_of("parameters.unknown:session_id=alike", scope(data))
    sent = [json.loads(builder(data=data).build(authenticate(), one).body)["session_id"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert re.fullmatch(form, sent[0])
    assert sum(before != after for before, after in zip(valid, sent[0], strict=True)) == 16


@pytest.mark.parametrize(
    ("valid", "form"),
    [
        ("s-1a2b3c4d5e", r"s-1[0-9a-f]{9}"),
        ("session-of-ada", r"sess[a-z]{3}-[a-z]{2}-[a-z]{3}"),
        ("DEADBEEF", r"[0-9A-F]{8}"),
        ("1712345678901", r"171\d{10}"),
    ],
)
def test_of_a_shorter_value_no_more_is_replaced_than_is_enough(valid: str, form: str) -> None:
    """So many of its last letters and digits are others that nobody has the result; what it begins with stays."""
    data = KlasTarget.profile(URL)
    data["subject"]["session_id"] = valid
    (one,) = changes_of("parameters.unknown:session_id=alike", scope(data))
    assert re.fullmatch(form, json.loads(builder(data=data).build(authenticate(), one).body)["session_id"])


@pytest.mark.parametrize(
    ("valid", "form", "says"),
    [
        ("12001", r"9[5-9]\d{3}", "as many digits"),
        ("120017", r"9[5-9]\d{4}", "as many digits"),
        ("7", r"1\d{9}", "ten digits"),
        ("1201", r"1\d{9}", "ten digits"),
        ("98001", r"1\d{9}", "ten digits"),
    ],
)
def test_a_number_as_text_becomes_one_that_nobody_has(valid: str, form: str, says: str) -> None:
    """Of the same length where that leaves room far ahead of the valid one, and else of ten digits."""
    data = KlasTarget.profile(URL)
    data["subject"]["player_id"] = valid
    (one,) = changes_of("parameters.unknown:player_id=digits", scope(data))
    assert re.fullmatch(form, json.loads(builder(data=data).build(authenticate(), one).body)["player_id"])
    assert says in one.says


def test_one_of_what_nobody_has_is_sent_twice() -> None:
    """For each place one, which has the same value each time, and is of the form of the valid one."""
    twice = [one for one in changes_of("parameters.unknown", scope()) if one.twice]
    assert [one.name for one in twice] == ["parameters.unknown:session_id=alike", "parameters.unknown:player_id=digits"]
    for one in twice:
        sent = {json.loads(builder(seed).build(authenticate(), one).body)[one.place] for seed in range(3)}
        assert len(sent) == 1


@pytest.mark.parametrize("unit", ["s", "ms"])
def test_a_time_that_is_written_otherwise_is_as_old(unit: str) -> None:
    """As text and with a fraction the time is well outside the window, whatever its unit."""
    data = KlasTarget.profile(URL) | {"options": {"timestamp_unit": unit}}
    for one in changes_of("timestamp.stale-written-otherwise", scope(data)):
        sent = json.loads(builder(data=data).build(authenticate(), one).body)["timestamp"]
        assert isinstance(sent, str) or sent % 1
        assert float(sent) / (1000 if unit == "ms" else 1) == pytest.approx(NOW - 360, abs=1)


def test_only_an_empty_body_may_be_asked_for_its_length() -> None:
    """411 is what an HTTP server says of a body that is none, and nothing that it says of another one."""
    asked = [one.name for one in catalogue("json") if "411" in one.front]
    assert asked == ["malformed.empty"]


@pytest.mark.parametrize("valid", ["s-1", "ada-7"])
def test_a_short_value_has_neighbours_and_none_is_made_up(valid: str) -> None:
    """An identifier of few characters may be somebody's after some of them have changed, but not behind its end."""
    data = KlasTarget.profile(URL)
    data["subject"]["session_id"] = valid
    found = [one for one in changes_of("parameters.unknown", scope(data)) if one.place == "session_id"]
    assert [one.name for one in found] == [f"parameters.unknown:session_id{way}" for way in ("", "=behind")]
    assert json.loads(builder(data=data).build(authenticate(), found[1]).body)["session_id"] == f"{valid}x"


def test_the_other_player_s_value_is_the_profile_s() -> None:
    """A swapped field carries what the profile says of the second player; without one there is none to swap."""
    made = builder()
    others = {"session_id": OTHER_PLAYER.session_id, "player_id": OTHER_PLAYER.player_id}
    swapped = list(changes_of("parameters.swapped", scope()))
    assert swapped
    for one in swapped:
        assert json.loads(made.build(authenticate(), one).body)[one.place] == others[one.place]
    alone = KlasTarget.profile(URL)
    del alone["subject"]["other_player_id"], alone["subject"]["other_session_id"]
    assert list(changes_of("parameters.swapped", scope(alone))) == []


@pytest.mark.parametrize("unit", ["s", "ms"])
@pytest.mark.parametrize("window", [60, 300, 86_400])
def test_times_stay_away_from_the_edge(unit: str, window: int) -> None:
    """Whatever the window, stale and future lie a minute outside, and what is legal lies well inside."""
    data = KlasTarget.profile(URL) | {"options": {"timestamp_unit": unit, "timestamp_window_s": window}}
    made, per_second = builder(data=data), {"s": 1, "ms": 1000}[unit]
    for name in ("timestamp.stale", "timestamp.future", "timestamp.inside", "timestamp.ahead"):
        for one in changes_of(name, scope(data)):
            sent = json.loads(made.build(authenticate(), one).body)["timestamp"] / per_second
            distance = abs(sent - NOW)
            assert distance <= window / 2 + 30 or distance <= window - 60 if one.legal else distance >= window + 60


@pytest.mark.parametrize(
    ("unit", "there", "absent"), [("s", "milliseconds", "seconds"), ("ms", "seconds", "milliseconds")]
)
def test_the_other_unit_is_sent_where_it_is_wrong(unit: str, there: str, absent: str) -> None:
    """Milliseconds are a wrong time where seconds are documented, and the reverse."""
    data = KlasTarget.profile(URL) | {"options": {"timestamp_unit": unit}}
    assert len(list(changes_of(f"timestamp.{there}", scope(data)))) == 1
    assert list(changes_of(f"timestamp.{absent}", scope(data))) == []


def test_a_protocol_without_a_clock_has_no_times() -> None:
    """Without a timestamp field there is nothing to be stale."""
    clockless = replace(klas(), clock=None)
    names = [name for name in FAMILIES if name.startswith("timestamp.")]
    timeless = Scope(clockless, authenticate(), profile())
    assert [one for name in names for one in changes_of(name, timeless)] == []
    assert Window.of(clockless, profile()) is None


def test_the_control_changes_nothing() -> None:
    """The control is the valid request itself."""
    assert CONTROL.legal
    assert CONTROL.place == ""
    made = builder()
    assert parts(made.build(authenticate(), CONTROL)) == parts(made.build(authenticate()))
