"""Wrong credentials in a request's own fields: those whose value is one of the profile's credentials.

The one that is marked as a secret is the password, the other the user name; what they are called is the protocol's.
Credentials that are missing, empty or no text at all are the parameters' families.
"""

from __future__ import annotations

import itertools
import unicodedata
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
    """Nobody's, what goes with another place, and the right one with more behind it or less of it, which is another."""
    for place in _places(scope):
        yield _put(f"wrong:{place}", f"with a wrong {place}", {place: _other})
        longer = always(f"{_right(scope, place)}x")
        yield _put(f"wrong:{place}=longer", f"with one letter after the right {place}", {place: longer})
    user_names, passwords = _places(scope, secret=False), _places(scope, secret=True)
    for place in user_names if passwords else ():
        if len(right := _right(scope, place)) > 1:
            yield _put(f"wrong:{place}=prefix", f"without the last character of {place}", {place: always(right[:-1])})
    for user_name, place in itertools.product(user_names, passwords):
        name = always(_right(scope, user_name))
        yield _put(f"wrong:{place}=user-name", f"with the right {user_name} as {place}", {place: name})


@family("credentials.loose")
def loose(scope: Scope) -> Iterator[Change]:
    """What is equal to any text by the loose comparison of some languages, or to a pattern's, or to nothing at all.

    A number may be taken for its digits: where these are right, it says nothing.
    """
    for place in _places(scope):
        if _right(scope, place) != "0":
            yield _put(f"loose:{place}=zero", f"with the number 0 as {place}", {place: always(0)})
        for word, (text, says) in _PATTERNS.items():
            yield _put(f"loose:{place}={word}", f"with {text} as {place}, {says}", {place: always(text)}, FILTERED)
        yield _put(f"loose:{place}=blank", f"with spaces only as {place}", {place: always("   ")})


_PATTERNS = {
    "percent": ("%", "a wildcard in query patterns"),
    "star": ("*", "a wildcard in directory filters"),
    "expression": (".*", "a regular expression for any text"),
}


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
    yield _put("swapped", f"with {' and '.join(places)} swapped", values)


@family("credentials.other-case")
def other_case(scope: Scope) -> Iterator[Change]:
    for place in _places(scope, secret=True):
        right = _right(scope, place)
        if right.swapcase() != right:
            yield _put(f"other-case:{place}", f"with the case of {place} inverted", {place: always(right.swapcase())})


@family("credentials.altered")
def altered(scope: Scope) -> Iterator[Change]:
    """Other passwords that differ from the right one in little: in the case of letters, or by one character."""
    for place in _places(scope, secret=True):
        right = _right(scope, place)
        sent = {right, right.swapcase()}
        for word, (says, alter) in _ALTERED.items():
            if (value := alter(right)) not in sent:
                sent.add(value)
                yield _put(f"altered:{place}={word}", f"with {place} {says}", {place: always(value)})


def _another(character: str) -> str:
    return "y" if character in "xX" else "x"


_ALTERED: dict[str, tuple[str, Callable[[str], str]]] = {
    "upper": ("in upper case", str.upper),
    "lower": ("in lower case", str.lower),
    "first-case": ("whose first letter changed case", lambda right: right[:1].swapcase() + right[1:]),
    "last": ("whose last character was replaced", lambda right: right[:-1] + _another(right[-1:])),
    "before": ("preceded by an extra letter", lambda right: f"x{right}"),
    "behind": ("without its first character", lambda right: right[1:] or "x"),
}


@family("credentials.respelled")
def respelled(scope: Scope) -> Iterator[Change]:
    """What a target might make the right password of that cleans, decodes or simplifies what it was given.

    Another Unicode form of the same characters is not among them: there are good reasons to take both for one.
    """
    for place in _places(scope, secret=True):
        right = _right(scope, place)
        for word, (says, respell) in _RESPELLED.items():
            value = respell(right)
            if unicodedata.normalize("NFKC", value) != unicodedata.normalize("NFKC", right):
                yield _put(f"respelled:{place}={word}", f"with {place} {says}", {place: always(value)}, FILTERED)


def _without_accents(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


_RESPELLED: dict[str, tuple[str, Callable[[str], str]]] = {
    "leading-space": ("preceded by a space", lambda right: f" {right}"),
    "newline": ("followed by a line break", lambda right: f"{right}\n"),
    "tab": ("followed by a tab", lambda right: f"{right}\t"),
    "nul": ("followed by a NUL and a letter", lambda right: f"{right}\0x"),
    "percent-encoded": ("whose first character is percent-encoded", lambda right: _escaped(right[:1]) + right[1:]),
    "without-accents": ("without its accents", _without_accents),
}


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@family("credentials.example")
def example(scope: Scope) -> Iterator[Change]:
    """The credentials of the document's own example, which everybody knows."""
    schemas = leaves(scope.operation.request)
    values = {place: schemas[place]["x-shown"] for place in _places(scope) if "x-shown" in schemas[place]}
    if values:
        makers = {place: always(value) for place, value in values.items()}
        yield _put("example", f"with the example's {' and '.join(values)}", makers)


def _holders(scope: Scope) -> dict[str, tuple[str, ...]]:
    """The objects that credentials stand in, and nothing else, each with its user name and its password."""
    places = (*_places(scope, secret=False), *_places(scope, secret=True))
    holders = dict.fromkeys(place.rpartition(".")[0] for place in places)
    found = {one: tuple(place for place in places if place.rpartition(".")[0] == one) for one in holders if one}
    return {one: inside for one, inside in found.items() if len(inside) == 2}


@family("credentials.shape")
def shape(scope: Scope) -> Iterator[Change]:
    """Right credentials in another shape than an object: as they are written elsewhere, or by their order."""
    for holder, places in _holders(scope).items():
        right = [_right(scope, place) for place in places]
        yield _put(f"shape:{holder}=list", f"with an array of both credentials as {holder}", {holder: always(right)})
        text = always(":".join(right))
        yield _put(f"shape:{holder}=text", f"with both credentials in one string as {holder}", {holder: text})


@family("credentials.hollow")
def hollow(scope: Scope) -> Iterator[Change]:
    """An object without any credentials in it."""
    for holder in _holders(scope):
        yield _put(f"hollow:{holder}", f"with an empty object as {holder}", {holder: lambda _: {}})


@family("credentials.all-empty")
def all_empty(scope: Scope) -> Iterator[Change]:
    """All credentials empty, as in a form that nobody filled in."""
    for holder, places in _holders(scope).items():
        says = f"with empty {' and '.join(places)}"
        yield _put(f"all-empty:{holder}", says, dict.fromkeys(places, always("")))


@family("credentials.trailing-space")
def trailing_space(scope: Scope) -> Iterator[Change]:
    for place in _places(scope, secret=True):
        value = always(_right(scope, place) + " ")
        yield _put(f"trailing-space:{place}", f"with a space after {place}", {place: value})


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
            says = f"with quotes and comments ({name}) after the right {place}"
            right = always(_right(scope, place) + QUOTES[name])
            yield _put(f"quotes:{place}=right-and-{name}", says, {place: right}, FILTERED)
    user_names, passwords = _places(scope, secret=False), _places(scope, secret=True)
    for place in user_names if passwords else ():
        for name in ("or", "comment", "comment-hash"):
            behind: dict[str, Callable[[Draft], Any]] = {place: always(_right(scope, place) + QUOTES[name])}
            behind |= dict.fromkeys(passwords, _other)
            says = f"with quotes and comments ({name}) after the right {place}, and a wrong {' and '.join(passwords)}"
            yield _put(f"quotes:{place}=behind-{name}", says, behind, FILTERED)
