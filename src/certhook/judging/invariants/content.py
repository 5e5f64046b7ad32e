"""What an answer says, held against the request, against other answers and against itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from certhook.building.encoding import path_values
from certhook.judging.answers import Kind, pointed
from certhook.judging.invariants.rule import Seen, invariant
from certhook.judging.jsontext import read_json
from certhook.judging.members import texts_within
from certhook.judging.sessions import link_in, session_of


def _time_of(seen: Seen) -> datetime | None:
    """The moment that an answer says it was made at; None where it says none that can be read, or needs none."""
    if seen.pack.clock is None:
        return None
    try:
        moment = datetime.fromisoformat(str(pointed(seen.answer.members, seen.pack.reading.answered_at)))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@invariant("answer-time", "a timestamp close to the current time", lambda seen: seen.own and _time_of(seen) is not None)
def answer_time(seen: Seen) -> str | None:
    given, clock = _time_of(seen), seen.pack.clock
    if given is None or clock is None:
        return None
    apart = abs((given - seen.exchange.started).total_seconds())
    far = apart > clock.window_s
    return f"a timestamp that differs from our clock by {apart:.0f} seconds{_zone(apart)}" if far else None


def _zone(seconds: float) -> str:
    """What else can be said of a difference of half or whole hours, as there are between time zones."""
    hours = round(seconds / 1800) / 2
    return f", {hours:g} hours: that of another time zone?" if abs(seconds - hours * 3600) < 60 and hours <= 14 else ""


def _id_of(seen: Seen) -> str | int | None:
    return pointed(seen.answer.members, seen.pack.reading.answer_id)


def _name_of_id(seen: Seen) -> str:
    return seen.pack.reading.answer_id.rpartition("/")[2]


def _answer_with_id(seen: Seen) -> bool:
    """An answer of its own: one that is kept for whoever asks again keeps its id."""
    return seen.own and not seen.change.retry and _id_of(seen) is not None


@invariant("answer-id-unique", "an id that no other answer has", _answer_with_id)
def answer_id_unique(seen: Seen) -> str | None:
    first = seen.named.get(hash(str(_id_of(seen))), seen.exchange.number)
    return None if first == seen.exchange.number else f"the {_name_of_id(seen)} that exchange {first} was answered with"


def _success_with_id(seen: Seen) -> bool:
    return seen.answer.kind is Kind.ACCEPTED and _answer_with_id(seen) and _id_of(seen) != ""


invariant("success-id-unique", "a value that no other answer has", _success_with_id)(answer_id_unique)


@invariant("success-id-not-sent", "a value other than the request's", _success_with_id)
def success_id_not_sent(seen: Seen) -> str | None:
    sent = texts_within(read_json(seen.exchange.request.body).value)
    own = (name for name, text in sent if name in seen.fields and text == str(_id_of(seen)))
    return next((f"the request's own {name} as {_name_of_id(seen)}" for name in own), None)


def _links_a_session(seen: Seen) -> bool:
    """A success with a link, for a session that the request names."""
    accepted = (
        seen.answer.kind is Kind.ACCEPTED and seen.own and isinstance(link_in(seen.pack, seen.answer.members), str)
    )
    return accepted and session_of(seen.pack, seen.exchange.request) is not None


@invariant("session-link-unique", "a URL that no other session got", _links_a_session)
def session_link_unique(seen: Seen) -> str | None:
    session = session_of(seen.pack, seen.exchange.request)
    other = seen.links.other(link_in(seen.pack, seen.answer.members), session) if session else None
    return None if other is None else f"the URL that exchange {other} was answered with, which was for another session"


@invariant(
    "same-value",
    "the same in every success for the same player",
    lambda seen: seen.answer.kind is Kind.ACCEPTED and seen.change.legal and any(map(seen.first.get, seen.fields)),
)
def same_value(seen: Seen) -> str | None:
    for name in filter(seen.first.get, seen.fields):
        given, (before, number) = seen.answer.members.get(name), seen.first[name]
        if given != before:
            return f"{given!r} as {name}, after {before!r} in exchange {number}"
    return None


def _items(seen: Seen) -> list[Any] | None:
    """The list of a success to which the last of the requirement's names leads."""
    *_, way = seen.fields
    found = _led_to(seen.answer.members, way)
    return found if seen.answer.kind is Kind.ACCEPTED and isinstance(found, list) else None


def _led_to(value: Any, way: str) -> Any:
    for name in way.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


@invariant("counted", "a count that is the number of items in the list", lambda seen: _items(seen) is not None)
def counted(seen: Seen) -> str | None:
    """Of the two names, the first leads to the count."""
    count, length = _led_to(seen.answer.members, seen.fields[0]), len(_items(seen) or ())
    return None if count == length and count is not True else f"{seen.fields[0]} {count!r} with {length} items"


@invariant("items-unique", "ids that no other item of the list has", lambda seen: _items(seen) is not None)
def items_unique(seen: Seen) -> str | None:
    """Of the two names, the first is that of the id within an item."""
    ids = Counter(pointed(item, f"/{seen.fields[0]}") for item in _items(seen) or ())
    return next((f"the id {id} {count} times" for id, count in ids.items() if count > 1 and id is not None), None)


def _echoed(seen: Seen) -> Iterator[tuple[str, str]]:
    """What the path holds, with what the answer repeats of it."""
    request = seen.exchange.request
    sent = path_values(seen.pack.operation(request.operation).path, request.target.partition("?")[0])
    for name, pointer in seen.pack.reading.echoes.items():
        given = pointed(seen.answer.members, pointer)
        if name in sent and given not in (None, ""):
            yield sent[name], str(given)


@invariant(
    "echoes",
    "the value from the path in the member that repeats it",
    lambda seen: seen.answer.kind is Kind.ACCEPTED and seen.change.legal and any(_echoed(seen)),
)
def echoes(seen: Seen) -> str | None:
    wrong = ((sent, given) for sent, given in _echoed(seen) if sent != given)
    return next((f"{given!r}, where {sent!r} was sent" for sent, given in wrong), None)
