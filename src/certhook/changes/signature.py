"""Wrong signatures. Each is what a forger would try, or a mistake that a careless check lets through."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from certhook.building import encoding
from certhook.building.change import Change, Draft, Stage
from certhook.building.clock import Window
from certhook.changes.examples import Example, combinations, enumerated
from certhook.changes.registry import EXTRA, FILTERED, Scope, always, family

OTHER_KEY = b"certhook-some-other-key"
PLACEHOLDERS = ("secret", "test")
"""Keys that stand in a configuration until somebody puts in the right one."""

NO_VALUES = ("null", "undefined", "0")
"""What a caller writes where it meant to write a signature and had none; the last one is false in some languages."""

_DIGITS = "0123456789abcdef"


def _signature(name: str, says: str, make: Callable[[Draft], bytes | None], front: tuple[str, ...] = ()) -> Change:
    def apply(draft: Draft) -> None:
        draft.signature = make(draft)

    return Change(f"signature.{name}", says, Stage.SIGNATURE, apply, front=front)


def _right(draft: Draft) -> str:
    return (draft.signature or b"").decode()


def _digits(draft: Draft, count: int) -> str:
    return "".join(draft.random.choice(_DIGITS) for _ in range(count))


def _differing(draft: Draft, right: str) -> str:
    """As many hex digits, every one of them wrong."""
    return "".join(draft.random.choice(_DIGITS.replace(digit, "")) for digit in right)


def random_hex(draft: Draft) -> bytes:
    """As many random hex digits as the right signature has."""
    return _digits(draft, len(_right(draft))).encode()


def _whatever_is_asked(scope: Scope, name: str, says: str, make: Callable[[Draft], bytes | None]) -> Iterator[Change]:
    """Alone, and with each value that the document lists of a parameter: none of them is a way around the check."""
    yield _signature(name, says, make)
    alone = ((one, dict[str, Example]()) for one in enumerated(scope.operation, scope.profile))
    for one, others in (*alone, *combinations(scope.operation, scope.profile)):

        def apply(draft: Draft, examples: Iterable[Example] = (one, *others.values())) -> None:
            draft.fields |= {each.place: each.make() for each in examples}
            draft.body = draft.encode(draft)
            draft.signature = make(draft)

        yield Change(f"signature.{name}:{one.name}", f"{says}, and with {one.says}", Stage.SIGNATURE, apply)


@family("signature.header-missing")
def header_missing(scope: Scope) -> Iterator[Change]:
    yield from _whatever_is_asked(scope, "header-missing", "without the signature header", lambda draft: None)


@family("signature.header-empty")
def header_empty(scope: Scope) -> Iterator[Change]:
    yield _signature("header-empty", "with an empty signature header", lambda draft: b"")


@family("signature.random")
def random_digits(scope: Scope) -> Iterator[Change]:
    says = "with random hex digits as its signature"
    yield from _whatever_is_asked(scope, "random", says, random_hex)


@family("signature.zeros")
def zeros(scope: Scope) -> Iterator[Change]:
    yield _signature("zeros", "with zeros as its signature", lambda draft: b"0" * len(_right(draft)))


@family("signature.nibble")
def nibble(scope: Scope) -> Iterator[Change]:
    places = {"start": lambda size: 0, "middle": lambda size: size // 2, "end": lambda size: size - 1}
    for name, place in places.items():

        def changed(draft: Draft, place: Callable[[int], int] = place) -> bytes:
            right = _right(draft)
            at = place(len(right))
            return (right[:at] + _differing(draft, right[at]) + right[at + 1 :]).encode()

        yield _signature(f"nibble:{name}", f"with one hex digit of its signature changed at the {name}", changed)


@family("signature.truncated")
def truncated(scope: Scope) -> Iterator[Change]:
    yield _signature(
        "truncated:last", "without the last digit of its signature", lambda draft: _right(draft)[:-1].encode()
    )
    yield _signature(
        "truncated:half",
        "with the first half of its signature only",
        lambda draft: _right(draft)[: len(_right(draft)) // 2].encode(),
    )
    yield _signature(
        "truncated:8", "with the first 8 digits of its signature only", lambda draft: _right(draft)[:8].encode()
    )


@family("signature.prefix")
def prefix(scope: Scope) -> Iterator[Change]:
    for size in (8, 16, 32):

        def changed(draft: Draft, size: int = size) -> bytes:
            right = _right(draft)
            return (right[:size] + _differing(draft, right[size:])).encode()

        yield _signature(f"prefix:{size}", f"with only the first {size} digits of its signature correct", changed)


@family("signature.other-key")
def other_key(scope: Scope) -> Iterator[Change]:
    yield _signature("other-key", "signed with another key", lambda draft: draft.sign(key=OTHER_KEY))
    right = str(scope.profile.value(scope.pack.signing.key) or "")
    for name, key in {"lower-case": right.lower(), "upper-case": right.upper()}.items():
        if key != right:
            yield _signed_with(name, f"signed with its key in {name.replace('-', ' ')}", key)
    for key in PLACEHOLDERS:
        if key != right:
            yield _signed_with(key, f'signed with the key "{key}"', key)


def _signed_with(name: str, says: str, key: str) -> Change:
    return _signature(f"other-key:{name}", says, lambda draft: draft.sign(key=key.encode()))


@family("signature.empty-key")
def empty_key(scope: Scope) -> Iterator[Change]:
    yield _signature(
        "empty-key", "signed with the empty key", lambda draft: draft.scheme.sign(draft.message, b"").encode()
    )


def _made(name: str, says: str, **how: str) -> Change:
    """A signature of the right message with the right key, made in another way."""
    return _signature(name, says, lambda draft: draft.sign(**how))


@family("signature.plain-hash")
def plain_hash(scope: Scope) -> Iterator[Change]:
    says = {
        "no-key": "with a plain SHA-256 of what is signed as its signature",
        "key-first": "with a plain SHA-256 of key and body as its signature",
        "key-last": "with a plain SHA-256 of body and key as its signature",
    }
    for construction, sentence in says.items():
        yield _made(f"plain-hash:{construction}", sentence, construction=construction)


@family("signature.other-algorithm")
def other_algorithm(scope: Scope) -> Iterator[Change]:
    for algorithm in ("sha1", "md5", "sha512"):
        says = f"signed with {algorithm.upper()} in place of SHA-256"
        yield _made(f"other-algorithm:{algorithm}", says, algorithm=algorithm)


@family("signature.captured")
def captured(scope: Scope) -> Iterator[Change]:
    """Where nothing in a request is fresh, two of the same second are alike: then this one is made a second older."""
    window = Window.of(scope.pack, scope.profile)

    def apply(draft: Draft) -> None:
        right, draft.signature = draft.signature, draft.captured()
        if window and draft.signature == right:
            draft.fields[window.field] -= window.stamp(1)
            draft.body = draft.encode(draft)

    yield Change("signature.captured", "with the signature of another valid request", Stage.SIGNATURE, apply)


@family("signature.not-hex")
def not_hex(scope: Scope) -> Iterator[Change]:
    yield _signature(
        "not-hex:letters", "with letters that are not hex digits as its signature", lambda draft: b"z" * 64
    )
    yield _signature(
        "not-hex:mixed",
        "with every second digit of its signature replaced by a letter that is not a hex digit",
        lambda draft: "".join(digit if at % 2 else "z" for at, digit in enumerate(_right(draft))).encode(),
    )
    for word in NO_VALUES:
        yield _signature(f"not-hex:{word}", f"with {word} as its signature", always(word.encode()))


@family("signature.non-ascii")
def non_ascii(scope: Scope) -> Iterator[Change]:
    front = ("400", *FILTERED)
    yield _signature("non-ascii:utf-8", "with non-ASCII text as its signature", lambda draft: "é".encode() * 32, front)
    says = "with bytes that are not text as its signature"
    yield _signature("non-ascii:bytes", says, lambda draft: b"\xff\xfe" * 32, front)


@family("signature.long")
def long(scope: Scope) -> Iterator[Change]:
    front = ("400", "431", *FILTERED)
    yield _signature("long", "with a signature of 8 KiB", lambda draft: b"a" * 8192, front)
    says = "with digits appended to its signature, 8 KiB in all"
    yield _signature("long:right", says, lambda draft: _right(draft).encode().ljust(8192, b"0"), front)


@family("signature.behind")
def behind(scope: Scope) -> Iterator[Change]:
    """Decoders of hex stop without a word at what is no digit, or leave out a digit that has no second one.

    Behind a comma there may be another value: a header that was sent twice is read as one.
    """
    for word, more in {"letters": "zz", "digit": "0", "value": ", 0"}.items():

        def longer(draft: Draft, more: str = more) -> bytes:
            return f"{_right(draft)}{more}".encode()

        yield _signature(f"behind:{word}", f"with {more} after its signature", longer)


@family("signature.base64")
def base64_digits(scope: Scope) -> Iterator[Change]:
    yield _signature(
        "base64", "with its signature in base64", lambda draft: base64.b64encode(bytes.fromhex(_right(draft)))
    )


@family("signature.prefixed")
def prefixed(scope: Scope) -> Iterator[Change]:
    yield _signature(
        "prefixed", "with sha256= before its signature", lambda draft: b"sha256=" + (draft.signature or b"")
    )


def _after_signing(name: str, says: str, rewrite: Callable[[Draft], bytes]) -> Change:
    def apply(draft: Draft) -> None:
        draft.body = rewrite(draft)

    return Change(f"signature.{name}", says, Stage.WIRE, apply)


@family("signature.value-changed")
def value_changed(scope: Scope) -> Iterator[Change]:
    """A field that names nobody, so that the signature is all that is wrong."""
    fresh = [name for name, schema in scope.fields.items() if schema.get("x-value") == "fresh"]
    for name in fresh[:1] or [name for name in scope.fields if scope.fields[name].get("x-tamper")][:1]:

        def rewrite(draft: Draft, name: str = name) -> bytes:
            value = draft.fields[name]
            changed = value - 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
            draft.fields[name] = changed
            return draft.encode(draft)

        yield _after_signing("value-changed", f"with {name} changed after signing", rewrite)


@family("signature.whitespace-changed")
def whitespace_changed(scope: Scope) -> Iterator[Change]:
    yield _after_signing(
        "whitespace-changed:space",
        "with spaces added to its body after signing",
        lambda draft: json.dumps(draft.fields, ensure_ascii=False).encode(),
    )
    yield _after_signing(
        "whitespace-changed:newline", "with a newline added to its body after signing", lambda draft: draft.body + b"\n"
    )


@family("signature.key-order-changed")
def key_order_changed(scope: Scope) -> Iterator[Change]:
    yield _after_signing(
        "key-order-changed",
        "with the order of its fields changed after signing",
        lambda draft: encoding.json_compact(dict(reversed(draft.fields.items()))),
    )


@family("signature.reserialised")
def reserialised(scope: Scope) -> Iterator[Change]:
    """Each over what a target may make of the body when it writes again what it has read."""
    pretty, compact = encoding.json_pretty, encoding.json_compact
    yield _over("compact", compact, "the compact form of a body that is sent indented", sent=pretty)
    yield _over("pretty", pretty, "the indented form of a body that is sent compact", sent=compact)
    yield _over("spaced", _spaced, "the form with spaces of a body that is sent compact", sent=compact)
    if list(scope.fields) != sorted(scope.fields):
        says = "of a body whose fields are sent in another order"
        yield _over("sorted", _sorted_compact, f"the compact form, its fields sorted, {says}", sent=compact)
        yield _over("sorted-spaced", _sorted_spaced, f"the form with spaces, its fields sorted, {says}", sent=compact)


def _sorted_compact(fields: Mapping[str, Any]) -> bytes:
    return encoding.json_compact(dict(sorted(fields.items())))


def _spaced(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields).encode()


def _sorted_spaced(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True).encode()


def _over(name: str, signed: Callable[..., bytes], what: str, *, sent: Callable[..., bytes]) -> Change:
    def apply(draft: Draft) -> None:
        draft.body = sent(draft.fields)
        draft.signature = draft.sign(message=signed(draft.fields))

    return Change(f"signature.reserialised:{name}", f"with a signature over {what}", Stage.SIGNATURE, apply)


@family("signature.raw-text")
def raw_text(scope: Scope) -> Iterator[Change]:
    """Signed right, with text as UTF-8 that is not ASCII, nor all of it in any older character set.

    In an extra field, and in the mandatory texts that the caller makes up. What it may be refused for is not said here.
    """
    made_up = [name for name in scope.operation.mandatory if scope.fields[name].get("x-value") == "fresh"]
    for name in (EXTRA, *made_up):

        def apply(draft: Draft, name: str = name) -> None:
            draft.fields[name] = f"{draft.fields.get(name, '')}{_RAW}"

        what = "an extra field" if name == EXTRA else name
        says = f"with é, Ж and an emoji as UTF-8 in {what}, signed as it goes out"
        yield Change(f"signature.raw-text:{name}", says, Stage.FIELDS, apply, front=FILTERED)


_RAW = "é Ж \U0001f3b0"
