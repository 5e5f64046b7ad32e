"""Wrong signatures where the values of all parameters are joined and hashed with the key.

To show in which order or of what values a target makes its own, a request carries optional parameters, all of them
documented: the control has too few to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from certhook.building import signing
from certhook.building.change import Change, Draft, Stage
from certhook.building.encoding import field_text, query_encode, text_bytes
from certhook.changes.examples import (
    Example,
    examples_of,
    is_sent,
    neighbour,
    optional_places,
    other_than,
    sample,
)
from certhook.changes.registry import EXTRA, Scope, family
from certhook.exchange import Request

Fields = Mapping[str, Any]
_UNKNOWN = Example(EXTRA, "", lambda: "an unknown field")


@family("signature.hmac")
def keyed(scope: Scope) -> Iterator[Change]:
    def apply(draft: Draft) -> None:
        draft.signature = draft.sign(construction="hmac")

    yield Change("signature.hmac", "with an HMAC-SHA256 as its signature", Stage.SIGNATURE, apply)


@family("signature.key-first")
def key_first(scope: Scope) -> Iterator[Change]:
    """With more than the control has, whose values alone may be the same text as the key."""
    more = sample(scope.operation)

    def apply(draft: Draft) -> None:
        draft.fields |= more
        draft.body = draft.encode(draft)
        draft.signature = _signature_of(draft, draft.fields, construction="key-first")

    yield Change("signature.key-first", "with the key before the values in its signature", Stage.SIGNATURE, apply)


def _signed_over(name: str, says: str, message: Callable[[Fields], bytes], more: Fields) -> Change:
    """A request with `more` parameters, all of them right, whose signature covers `message(parameters)`."""

    def apply(draft: Draft) -> None:
        draft.fields |= more
        draft.body = draft.encode(draft)
        draft.signature = draft.sign(message=message(draft.fields))

    return Change(f"signature.{name}", says, Stage.SIGNATURE, apply)


def _excluded(scope: Scope) -> set[str]:
    return set(scope.pack.signing.settings.get("excluded", ()))


def _join(parts: Iterator[Any]) -> bytes:
    return b"".join(text_bytes(field_text(part)) for part in parts)


@family("signature.unsorted")
def unsorted(scope: Scope) -> Iterator[Change]:
    """The values as they are sent, the path's first or last as frameworks have it, and in reverse order of names."""
    excluded, more = _excluded(scope), sample(scope.operation)
    path = scope.operation.carried("path", scope.fields)

    def as_sent(fields: Fields) -> bytes:
        return _join(value for name, value in fields.items() if name not in excluded)

    def path_last(fields: Fields) -> bytes:
        return as_sent(dict(sorted(fields.items(), key=lambda item: item[0] in path)))

    def backwards(fields: Fields) -> bytes:
        return _join(fields[name] for name in sorted(fields, reverse=True) if name not in excluded)

    yield _signed_over("unsorted:as-sent", "with the values signed in the order in which they are sent", as_sent, more)
    says = f"with the values signed in the order in which they are sent, {' and '.join(path)} last"
    yield _signed_over("unsorted:path-last", says, path_last, more)
    yield _signed_over("unsorted:backwards", "with the values signed in reverse order of their names", backwards, more)


@family("signature.excluded-kept")
def excluded_kept(scope: Scope) -> Iterator[Change]:
    """A parameter that takes no part in the signature was left in."""
    every = signing.scheme(scope.pack.signing.scheme)
    for name in sorted(_excluded(scope) & set(scope.operation.mandatory)):

        def message(fields: Fields, name: str = name) -> bytes:
            kept = {other: value for other, value in fields.items() if other == name or other not in _excluded(scope)}
            return every.message(signing.Signable(b"", kept))

        yield _signed_over(f"excluded-kept:{name}", f"with {name} included in what is signed", message, {})


@family("signature.names-joined")
def names_joined(scope: Scope) -> Iterator[Change]:
    """Names before the values, as most schemes of this kind have them."""
    excluded = _excluded(scope)
    forms = {"bare": ("", ""), "pairs": ("=", "&")}
    for word, (equals, between) in forms.items():

        def message(fields: Fields, equals: str = equals, between: str = between) -> bytes:
            pairs = (f"{name}{equals}{field_text(fields[name])}" for name in sorted(fields) if name not in excluded)
            return text_bytes(between.join(pairs))

        says = f"with the names included ({word}) in what is signed"
        yield _signed_over(f"names-joined:{word}", says, message, {})


def _after_signing(
    name: str, says: str, signed: Mapping[str, Example | None], sent: Mapping[str, Example | None]
) -> Change:
    """Signed with some parameters, and sent with others; None leaves one out. All that is sent is documented."""

    def apply(draft: Draft) -> None:
        draft.signature = _signature_of(draft, _with(draft.fields, signed))
        draft.fields = _with(draft.fields, sent)
        draft.body = draft.encode(draft)

    return Change(f"signature.{name}", says, Stage.SIGNATURE, apply)


def _with(fields: Fields, examples: Mapping[str, Example | None]) -> dict[str, Any]:
    kept = {name: value for name, value in fields.items() if name not in examples}
    return kept | {place: one.make() for place, one in examples.items() if one}


def _signature_of(draft: Draft, fields: Fields, **how: Any) -> bytes:
    return draft.sign(message=draft.scheme.message(signing.Signable(b"", fields)), **how)


def _tampered(scope: Scope) -> Iterator[tuple[str, tuple[Example, ...]]]:
    """Each optional parameter that there is a documented value of, with its values."""
    for place in optional_places(scope.operation):
        values = examples_of(scope.operation, place, scope.profile)
        if values:
            yield place, values


def _another(one: Example, than: Example) -> tuple[Example, ...]:
    """The value, where it is another one of a list: a target has a default among these, which it may take as given."""
    return () if one.fresh or one.make() == than.make() else (one,)


@family("signature.parameter-changed")
def parameter_changed(scope: Scope) -> Iterator[Change]:
    """What is sent is right; another value of it was signed, if need be one that the target does not know."""
    for place, values in _tampered(scope):
        sent = values[-1]
        signed = values[0] if values[0].make() != sent.make() else other_than(sent, scope.fields[place])
        says = f"with {place} changed after signing"
        yield _after_signing(f"parameter-changed:{place}", says, {place: signed}, {place: sent})


def _respelled(scope: Scope) -> Iterator[tuple[str, str]]:
    """Each optional parameter whose documented values are words or codes of no closed list, with one of these."""
    for place, values in _tampered(scope):
        value = field_text(values[-1].make())
        closed = {"enum", "x-signed"} & scope.fields[place].keys() or values[-1].fresh
        if not closed and value.swapcase() != value:
            yield place, value


def _as_text(place: str, text: str) -> dict[str, Example]:
    return {place: Example(place, "", lambda: text)}


@family("signature.case-changed")
def case_changed(scope: Scope) -> Iterator[Change]:
    """What is sent may be refused for itself, where the target knows it in the other case only."""
    for place, value in _respelled(scope):
        says = f"with the case of {place} changed after signing"
        yield _after_signing(f"case-changed:{place}", says, _as_text(place, value), _as_text(place, value.swapcase()))


@family("signature.spaces-added")
def spaces_added(scope: Scope) -> Iterator[Change]:
    """Around one value: frameworks that trim what comes in do so with every one. What the path names, routers trim."""
    for place, value in tuple(_respelled(scope))[:1]:
        says = f"with spaces put around {place} after signing"
        yield _after_signing(f"spaces-added:{place}", says, _as_text(place, value), _as_text(place, f" {value} "))
    for name in scope.operation.carried("path", scope.fields):

        def apply(draft: Draft, name: str = name) -> None:
            draft.fields[name] = f"{field_text(draft.fields[name])} "

        says = f"with a space put behind {name} after signing"
        yield Change(f"signature.spaces-added:{name}", says, Stage.WIRE, apply)


@family("signature.parameter-added")
def parameter_added(scope: Scope) -> Iterator[Change]:
    """What the path names, too: a signature that does not cover the user would be good for every user."""
    for name in scope.operation.carried("path", scope.fields):
        yield _after_signing(f"parameter-added:{name}", f"with {name} left out of what is signed", {name: None}, {})
    for place, values in _tampered(scope):
        says = f"with {place} added after signing"
        yield _after_signing(f"parameter-added:{place}", says, {place: None}, {place: values[-1]})
        for one in _another(values[0], values[-1]):
            says = f"with {one.says} added after signing"
            yield _after_signing(f"parameter-added:{one.name}", says, {place: None}, {place: one})


@family("signature.unknown-added")
def unknown_added(scope: Scope) -> Iterator[Change]:
    """A parameter that no page knows is signed like the others; a target may refuse it before it checks that."""
    says = f"with {_UNKNOWN.place}, an undocumented parameter, added after signing"
    yield _after_signing("unknown-added", says, {}, {_UNKNOWN.place: _UNKNOWN})
    zero = Example(EXTRA, "", lambda: "0")  # which some languages take for nothing, when they filter what is empty
    yield _after_signing("unknown-added:zero", f"with {EXTRA}=0 added after signing", {}, {EXTRA: zero})


@family("signature.query-added")
def query_added(scope: Scope) -> Iterator[Change]:
    """A parameter counts wherever it stands; a target may refuse one that stands where no page has it."""
    for place, value in tuple(sample(scope.operation).items())[:1]:
        pair = query_encode([(place, value)])

        def finish(request: Request, pair: str = pair) -> Request:
            return request.with_query(pair)

        says = f"with {place} added to the query after signing"
        yield Change(f"signature.query-added:{place}", says, Stage.WIRE, finish=finish)


@family("signature.parameter-removed")
def parameter_removed(scope: Scope) -> Iterator[Change]:
    """Not what the control carries: without that, more than the signature would be wrong."""
    for place, values in _tampered(scope):
        if not is_sent(scope.operation, place, scope.profile):
            says = f"with {place} removed after signing"
            yield _after_signing(f"parameter-removed:{place}", says, {place: values[0]}, {place: None})
            for one in _another(values[-1], values[0]):
                says = f"with {one.says} removed after signing"
                yield _after_signing(f"parameter-removed:{one.name}", says, {place: one}, {place: None})


@family("signature.path-changed")
def path_changed(scope: Scope) -> Iterator[Change]:
    """Another user by the signature of the first: what the scheme has to prevent.

    That nobody is the other one may be found before the signature is checked.
    """
    for name in scope.operation.carried("path", scope.fields):

        def apply(draft: Draft, name: str = name) -> None:
            draft.fields[name] = neighbour(field_text(draft.fields[name]))

        yield Change(f"signature.path-changed:{name}", f"with {name} changed after signing", Stage.WIRE, apply)
