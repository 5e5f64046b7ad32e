"""What successes told, and that no refusal may tell it again, in whatever words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from certhook.exchange import Request, Response
from certhook.judging.disclosures import Disclosures
from certhook.judging.members import members_within
from tests.certifying import klas

READING = replace(klas().reading, disclosing=("balance",), private=("token", "/content/url"))
TOKEN = "3f0c9a7e-51d2-4c1b"
PLAY = "https://play.example/launch?token=9a8b7c6d5e4f3a2b&game=7"
SUCCESS = {"balance": "1742.35", "token": TOKEN, "content": {"url": PLAY}}


def again(refusal: Any, *headers: tuple[str, str], sent: bytes = b"{}", success: Any = SUCCESS) -> str:
    """What a refusal carries of what a success told."""
    told = Disclosures()
    told.note(READING, success)
    request = Request("authenticate", "POST", "/authenticate", (), sent)
    return told.again(Response(400, headers, json.dumps(refusal).encode()), refusal, members_within(refusal), request)


@pytest.mark.parametrize(
    "refusal",
    [
        {"balance": 1742.350},
        {"player": {"playerBalance": "1742.35"}},
        {"funds": [{"left": 1742.35}]},
        {"balanceInCents": 174235},
        {"message": f"the session {TOKEN} is still open"},
        {"errors": [{"meta": [{"last": TOKEN}]}]},
        {"message": f"open it at {PLAY}"},
        {"elsewhere": "https://play.example/launch?game=9&token=ffffeeeeddddcccc"},
    ],
)
def test_what_was_told_is_found_under_any_name(refusal: Any) -> None:
    """The real balance, a token, its link, and a link like it: deep in it, and within a sentence."""
    assert again(refusal)


@pytest.mark.parametrize(
    "refusal",
    [
        {"balance": "1742.36", "funds": 17.4235},
        {"balance": 0, "message": "balance"},
        {"message": f"the session {TOKEN[:-1]} is still open"},
        {"help": "https://play.example/errors/session-not-found?lang=en"},
        {"help": "https://play.example/launch?game=7"},
        {"message": ["https://", "http://[", "https://play.example:99999/launch?token=x"]},
    ],
)
def test_what_is_another_s_or_everybody_s_is_not(refusal: Any) -> None:
    """Other amounts, other texts, pages for everybody, and what is no URL at all accuse nobody."""
    assert not again(refusal)


def test_headers_tell_as_well() -> None:
    """An amount counts there only under its own name: a length may be the same number."""
    assert again({}, ("X-Player-Balance", "1742.35"))
    assert again({}, ("Set-Cookie", f"session={TOKEN}; Secure"))
    assert not again({}, ("Content-Length", "1742"), success={"balance": "1742"})


def test_what_the_request_carried_is_only_repeated() -> None:
    """Whoever sent it knows it."""
    assert not again({"message": f"unknown session {TOKEN}"}, sent=TOKEN.encode())


def test_an_amount_that_is_somebody_s_number_too_counts_under_its_own_name_alone() -> None:
    """The player 12001 may own just as much."""
    told = Disclosures(known=frozenset({"12001"}))
    told.note(READING, {"balance": "12001"})
    request = Request("authenticate", "POST", "/authenticate", (), b"{}")
    found = [
        told.again(Response(400, (), b""), {name: "12001"}, [(name, "12001")], request)
        for name in ("player_id", "balance")
    ]
    assert found == ["", "the real balance as balance"]


def test_a_small_amount_counts_whatever_digits_were_sent() -> None:
    """A time or an id of the request holds any two digits."""
    found = again({"balance": "30"}, sent=b'{"timestamp":1795300868}', success={"balance": "30"})
    assert found == "the real balance as balance"


def test_what_was_sent_in_another_encoding_was_sent() -> None:
    """Two bytes for a character do not make it another one."""
    assert not again({"message": TOKEN}, sent=json.dumps({"token": TOKEN}).encode("utf-16"))


@pytest.mark.parametrize(("amount", "found"), [("30", ""), ("500000", ""), ("1024.5", "the real balance as rate")])
def test_an_amount_that_others_have_too_counts_under_its_own_name_alone(amount: str, found: str) -> None:
    """A refusal may hold thirty of anything."""
    assert again({"rate": float(amount)}, success={"balance": amount}) == found
    assert again({"real_balance": amount}, success={"balance": amount}) == "the real balance as real_balance"


def test_only_the_last_are_remembered() -> None:
    """A night of a hundred thousand sessions takes no more memory than a run."""
    told = Disclosures()
    for number in range(200):
        told.note(READING, {"balance": str(number), "token": f"token-of-the-session-{number}"})
    assert len(told.amounts) <= 64
    assert len(told.texts) <= 64
    refusal = {"message": "token-of-the-session-199"}
    response = Response(400, (), json.dumps(refusal).encode())
    assert told.again(response, refusal, members_within(refusal), Request("authenticate", "POST", "/", (), b""))


@pytest.mark.parametrize(
    "text",
    [
        "wrong password; balance 1742.35",
        "balance: 1742.350.",
        "(1,742.35 EUR are safe)",
        "{balance:1742.35,currency:EUR}",
        "balance=1742.35&currency=EUR",
        "$1742.35",
    ],
)
def test_an_amount_is_found_within_a_sentence(text: str) -> None:
    """However it is written there, in a member, in a list, and in a body that is no JSON at all."""
    assert again({"message": text}) == "the real balance in message"
    assert again({"errors": [{"messages": [text]}]}) == "the real balance in messages"
    request, told = Request("authenticate", "POST", "/", (), b"{}"), Disclosures()
    told.note(READING, SUCCESS)
    assert told.again(Response(400, (), text.encode()), {}, [], request) == "the real balance in its text"


@pytest.mark.parametrize(
    "text",
    [
        "it took 1742.35 ms",
        "it took 1742.35s, 1742.35 seconds",
        "11742.35, 1742.351, 1742.35.1, 01.1742.35",
        "2026-11-20T10:1742.35Z",
        "ref-1742.35, #1742.35, a1742.35, 1742.35a, /1742.35, 1742.35/2",
        "9,1742.35",
    ],
)
def test_a_part_of_something_else_is_no_amount(text: str) -> None:
    """Durations, longer numbers, times, addresses and ids are none."""
    assert not again({"message": text})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("request 17423 was refused", False),
        ("a balance of 17423", True),
        ("your balance is 17423 EUR", True),
        ("request 20261120 was refused", False),
    ],
)
def test_a_count_that_is_the_same_number_is_no_amount(text: str, found: bool) -> None:  # noqa: FBT001 - parametrised
    """A whole number of few digits counts in a sentence that says what it is."""
    assert bool(again({"message": text}, success={"balance": "17423"})) is found


def test_a_long_whole_number_is_nothing_else_by_chance() -> None:
    """An amount in cents."""
    assert again({"message": "17423511 left"}, success={"balance": "17423511"})


def test_an_amount_that_was_sent_or_is_known_is_only_repeated() -> None:
    """In whatever spelling it was sent."""
    text = {"message": "no balance of 1,742.35"}
    assert not again(text, sent=b'{"limit":"1,742.35"}')
    assert not again(text, sent=b'{"limit":1742.35}')
    told = Disclosures(known=frozenset({"1742.35"}))
    told.note(READING, SUCCESS)
    assert not told.again(
        Response(400, (), b""), text, members_within(text), Request("authenticate", "POST", "/", (), b"{}")
    )


@pytest.mark.parametrize(
    ("id", "text", "found"),
    [
        ("PPT_327", "PPT_327 may not play", True),
        ("PPT_327", "player 'PPT_327'", True),
        ("PPT_327", "PPT_3270, XPPT_327, PPT_327-1", False),
        ("P1", "P1 may not play", False),
        ("123456", "123456 may not play", False),
        ("player", "the player may not play", False),
    ],
)
def test_a_distinct_id_is_found_as_a_word(id: str, text: str, found: bool) -> None:  # noqa: FBT001 - parametrised
    """Letters and digits, and enough of them; neither a number nor a word is told by being the same."""
    assert bool(again({"message": text}, success={"token": id})) is found


def test_an_id_that_was_sent_or_is_part_of_what_is_known_is_only_repeated() -> None:
    """A user name may hold it."""
    text = {"message": "PPT_327 may not play"}
    assert not again(text, sent=b'{"user":"PPT_327"}', success={"token": "PPT_327"})
    told = Disclosures(known=frozenset({"evi-PPT_327"}))
    told.note(READING, {"token": "PPT_327"})
    assert not told.again(
        Response(400, (), b""), text, members_within(text), Request("authenticate", "POST", "/", (), b"{}")
    )


def test_long_numbers_are_the_same_to_the_last_digit() -> None:
    """The ids of two moments have their first digits in common."""
    success = {"token": "17953008681234567"}
    assert not again({"reference": "17953008689876543"}, success=success)
    assert again({"reference": "17953008681234567"}, success=success)


def test_numbers_are_found_in_linear_time() -> None:
    """Whatever a refusal is made of."""
    for text in ("1" * 200_000, "1," * 100_000, "1.1" * 60_000, "1,111" * 40_000, "1742 " * 40_000):
        assert not again({"message": text})


@pytest.mark.parametrize("refusal", [{"balance": 1250.75}, {"balance": "1,250.75"}, {"message": "funds: 1250.75 EUR"}])
def test_an_amount_with_separators_is_known_without_them(refusal: Any) -> None:
    """That it is written for people to read is a breach of its own, and no reason to miss the next one."""
    assert again(refusal, success={"balance": "1,250.75"})
    assert not again({"balance": 12507.5, "message": "1.25075"}, success={"balance": "1,250.75"})
