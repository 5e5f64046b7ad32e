"""Wrong credentials in a request's own fields: those whose value is one of the profile's credentials.

The one that is marked as a secret is the password, the other the user name; what they are called is the protocol's.
Credentials that are missing, empty or no text at all are the parameters' families.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import FILTERED, Scope, always, family
from certhook.pack.dotted import leaves

QUOTES = {
    "or": "' OR '1'='1",
    "or-double": '" OR ""="',
    "comment": "'-- ",
    "comment-hash": "' #",
    "closed": "') OR ('1'='1' /*",
    "statement": "'; DROP TABLE users; --",
    "quote": "'",
}
"""What ends a text in a query that is put together by hand, and makes the rest of the query mean nothing."""


def _places(scope: Scope, *, secret: bool | None = None) -> tuple[str, ...]:
    """Where the credentials stand in a request; only the secret ones, or the others, where `secret` says so."""
    return tuple(
        place
        for place, schema in leaves(scope.operation.request).items()
        if str(schema.get("x-value", "")).startswith("credentials.")
        and (secret is None or bool(schema.get("x-secret")) is secret)
    )


def _right(scope: Scope, place: str) -> str:
    return str(scope.profile.value(leaves(scope.operation.request)[place]["x-value"], ""))


def _put(name: str, says: str, values: dict[str, Callable[[Draft], Any]], front: tuple[str, ...] = ()) -> Change:
    def apply(draft: Draft) -> None:
        for place, value in values.items():
            draft.put(place, value(draft))

    return Change(f"credentials.{name}", says, Stage.FIELDS, apply, front=front)


def _other(draft: Draft) -> str:
    """Plausible, and nobody's."""
    return "certhook-" + "".join(draft.random.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(12))


@family("credentials.wrong")
def wrong(scope: Scope) -> Iterator[Change]:
    """Nobody's, and the right one as the beginning of a longer one, which is another."""
    for place in _places(scope):
        yield _put(f"wrong:{place}", f"with a wrong {place}", {place: _other})
        longer = always(f"{_right(scope, place)}x")
        yield _put(f"wrong:{place}=longer", f"with one letter behind the right {place}", {place: longer})


@family("credentials.loose")
def loose(scope: Scope) -> Iterator[Change]:
    """What is equal to any text by the loose comparison of some languages, or to a pattern's."""
    for place in _places(scope):
        yield _put(f"loose:{place}=zero", f"with the number 0 as {place}", {place: always(0)})
        says = f"with % as {place}, which in a query's pattern stands for anything"
        yield _put(f"loose:{place}=percent", says, {place: always("%")}, FILTERED)


@family("credentials.all-wrong")
def all_wrong(scope: Scope) -> Iterator[Change]:
    """Nobody's, and the right ones divided elsewhere: joined, they are what the right ones are."""
    places = _places(scope)
    if len(places) > 1:
        yield _put("all-wrong", f"with wrong {' and '.join(places)}", dict.fromkeys(places, _other))
    user_names, passwords = _places(scope, secret=False), _places(scope, secret=True)
    for user_name, password in itertools.product(user_names, passwords):
        name, secret = _right(scope, user_name), _right(scope, password)
        if len(name) > 1:
            values = {user_name: always(name[:-1]), password: always(name[-1] + secret)}
            says = f"with the last character of {user_name} moved to the front of {password}"
            yield _put("all-wrong:divided", says, values)


@family("credentials.swapped")
def swapped(scope: Scope) -> Iterator[Change]:
    places = _places(scope)
    if len(places) != 2 or _right(scope, places[0]) == _right(scope, places[1]):
        return
    values = {place: always(_right(scope, other)) for place, other in zip(places, reversed(places), strict=True)}
    yield _put("swapped", f"with {' and '.join(places)} in each other's place", values)


@family("credentials.other-case")
def other_case(scope: Scope) -> Iterator[Change]:
    for place in _places(scope, secret=True):
        right = _right(scope, place)
        if right.swapcase() != right:
            yield _put(f"other-case:{place}", f"with {place} in the other case", {place: always(right.swapcase())})


@family("credentials.trailing-space")
def trailing_space(scope: Scope) -> Iterator[Change]:
    for place in _places(scope, secret=True):
        value = always(_right(scope, place) + " ")
        yield _put(f"trailing-space:{place}", f"with a space behind {place}", {place: value})


@family("credentials.prefix")
def prefix(scope: Scope) -> Iterator[Change]:
    for place in _places(scope, secret=True):
        right = _right(scope, place)
        if len(right) > 1:
            yield _put(f"prefix:{place}=one", f"without the last character of {place}", {place: always(right[:-1])})
        if len(right) > 3:
            half = always(right[: len(right) // 2])
            yield _put(f"prefix:{place}=half", f"with the first half of {place} only", {place: half})


@family("credentials.quotes")
def quotes(scope: Scope) -> Iterator[Change]:
    """As they are, and behind what is right: stripped, they leave it, and in a query they make it forget the rest."""
    for place in _places(scope):
        for name, text in QUOTES.items():
            says = f"with quotes and comments ({name}) as {place}"
            yield _put(f"quotes:{place}={name}", says, {place: always(text)}, FILTERED)
        for name in ("quote", "comment"):
            says = f"with quotes and comments ({name}) behind the right {place}"
            right = always(_right(scope, place) + QUOTES[name])
            yield _put(f"quotes:{place}=right-and-{name}", says, {place: right}, FILTERED)
    user_names, passwords = _places(scope, secret=False), _places(scope, secret=True)
    for place in user_names if passwords else ():
        for name in ("or", "comment", "comment-hash"):
            behind: dict[str, Callable[[Draft], Any]] = {place: always(_right(scope, place) + QUOTES[name])}
            behind |= dict.fromkeys(passwords, _other)
            says = f"with quotes and comments ({name}) behind the right {place}, and a wrong {' and '.join(passwords)}"
            yield _put(f"quotes:{place}=behind-{name}", says, behind, FILTERED)
