"""Rules that hold for every answer of a run, whatever was sent.

Each is named, and a pack's requirement refers to it by that name. It applies to some answers and is broken by some of
those; a requirement is exercised by the answers that its invariant applies to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from certhook.building.change import Change
from certhook.building.encoding import path_values
from certhook.exchange import Exchange, Failure, Request, Response
from certhook.judging.answers import FRONT, OF_ANY_LAYER, Answer, Kind, looks_like_html, pointed, status_fits
from certhook.judging.carried_secrets import carries_key, carries_signature
from certhook.judging.disclosures import NOTHING, Disclosures, is_words
from certhook.judging.escapes import unescaped
from certhook.judging.jsontext import Flaw, read_json
from certhook.judging.members import members_within, texts_within
from certhook.judging.sessions import Links, link_in, session_of
from certhook.judging.signature_hints import likeness
from certhook.judging.traces import trace_in
from certhook.pack.model import Pack


@dataclass(frozen=True)
class Seen:
    """An answer with all that an invariant may look at.

    `right_signature` computes what the response's signature should be; `disclosed` is what successes have told so far
    of an account and its sessions; `named` says, by the hash of an answer's id, which exchange carried it first;
    `first`, by a member, what the first success for the account that had it carried, and its exchange; `links` says
    which session got which link. `fields` are the members, of answers or of requests, that the requirement names. `key`
    is what requests are signed with, and `request_signature` computes what a request's signature should be.
    """

    exchange: Exchange
    answer: Answer
    change: Change
    pack: Pack
    right_signature: Callable[[bytes], str | None]
    disclosed: Disclosures = field(default_factory=Disclosures)
    named: Mapping[int, int] = field(default_factory=dict)
    first: Mapping[str, tuple[Any, int]] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    fields: tuple[str, ...] = ()
    key: bytes = field(default=b"", repr=False)
    request_signature: Callable[[Request], str | None] = lambda _: None

    @property
    def response(self) -> Response:
        """The HTTP answer; only asked for where one came."""
        return cast("Response", self.exchange.answer)

    @property
    def answered(self) -> bool:
        """An HTTP answer came, and not merely "later"."""
        return isinstance(self.exchange.answer, Response) and self.answer.kind is not Kind.LIMITED

    @cached_property
    def own(self) -> bool:
        """The answer is the endpoint's own, not that of a layer in front of it, of another method, nor a crash."""
        from_application = self.answered and not self.answer.front
        return self.documented_method and from_application and status_fits(self.answer.status, ("2xx", "4xx"))

    @cached_property
    def documented_method(self) -> bool:
        """The request was sent with the operation's own method."""
        request = self.exchange.request
        return request.method == self.pack.operation(request.operation).method


@dataclass(frozen=True, slots=True)
class Invariant:
    """`broken` says in one line what was observed, or None; it is asked only where `applies`."""

    expected: str
    applies: Callable[[Seen], bool]
    broken: Callable[[Seen], str | None]
    per_answer: bool = True


INVARIANTS: dict[str, Invariant] = {}


def invariant(name: str, expected: str, applies: Callable[[Seen], bool]) -> Callable[..., Any]:
    """Register the function that says how an answer breaks the rule of that name."""

    def register(broken: Callable[[Seen], str | None]) -> Callable[[Seen], str | None]:
        INVARIANTS[name] = Invariant(expected, applies, broken)
        return broken

    return register


def _always(seen: Seen) -> bool:
    return seen.answer.kind is not Kind.LIMITED


# Rules of a whole round rather than of one answer; the round itself judges them.
for _name, _expected in {
    "recovers": "the control request accepted after the group, as before it",
    "latency": "a 95th percentile within max_p95_ms",
}.items():
    INVARIANTS[_name] = Invariant(_expected, _always, lambda _: None, per_answer=False)


@invariant("answers", "an HTTP answer within the time limit", _always)
def answers(seen: Seen) -> str | None:
    return seen.answer.says if isinstance(seen.exchange.answer, Failure) else None


@invariant("no-server-error", "no 5xx and no redirect", lambda seen: seen.answered)
def no_server_error(seen: Seen) -> str | None:
    broken = seen.answer.kind is Kind.BROKEN and status_fits(seen.answer.status, ("3xx", "5xx"))
    marked = seen.answer.kind is Kind.ACCEPTED and status_fits(seen.answer.status, ("5xx",))
    return seen.answer.says if broken or marked else None


@invariant("readable", "a JSON object that is a success or a refusal", lambda seen: seen.own)
def readable(seen: Seen) -> str | None:
    if seen.answer.text is None:
        return None if seen.answer.kind is Kind.REFUSED else seen.answer.says  # a refusal by its status alone
    flaws = seen.answer.text.flaws - {Flaw.DEEP}
    if flaws == {Flaw.OUT_OF_RANGE} and not seen.change.legal:
        flaws = frozenset()  # what an answer quotes of a request is as unwise as the request was
    if flaws:
        return f"{seen.answer.says} ({', '.join(sorted(seen.answer.text.flaws))})"
    return seen.answer.says if seen.answer.kind is Kind.BROKEN else None


@invariant("success-status", "the documented HTTP status of a success", lambda seen: seen.answer.kind is Kind.ACCEPTED)
def success_status(seen: Seen) -> str | None:
    return None if status_fits(seen.answer.status, seen.pack.reading.success_status) else seen.answer.says


def _refused(seen: Seen) -> bool:
    return seen.answer.kind is Kind.REFUSED and not seen.answer.front


def _coded(seen: Seen) -> bool:
    """A refusal, or what would be one but for its status."""
    return _refused(seen) or (seen.answer.kind is Kind.BROKEN and seen.answer.code is not None)


@invariant("refusal-readable", "a JSON object", _refused)
def refusal_readable(seen: Seen) -> str | None:
    return None if seen.answer.text else seen.answer.says


@invariant("refusal-status", "an HTTP status allowed for a refusal", _coded)
def refusal_status(seen: Seen) -> str | None:
    allowed = (*seen.pack.reading.refusal_status, *seen.change.front)
    return None if status_fits(seen.answer.status, allowed) else seen.answer.says


@invariant("refusal-not-success", "a refusal without the status of a success", _coded)
def refusal_not_success(seen: Seen) -> str | None:
    return seen.answer.says if status_fits(seen.answer.status, ("2xx",)) else None


def _should_be_coded(seen: Seen) -> bool:
    """A refusal, but for those of bytes that the HTTP server may refuse: what they are called there is its own."""
    statuses = [one for one in OF_ANY_LAYER if status_fits(int(one), seen.change.front)]
    return _refused(seen) and not status_fits(seen.answer.status, tuple(statuses))


@invariant("documented-code", "a documented code", _should_be_coded)
def documented_code(seen: Seen) -> str | None:
    code = seen.answer.code
    if str(code) in seen.pack.codes and code is not None:
        return None
    return f"{seen.answer.says}; the code is not in the document's list" if code is not None else None


@invariant("code-status", "each code with its own HTTP status", _refused)
def code_status(seen: Seen) -> str | None:
    statuses = seen.pack.codes.get(str(seen.answer.code))
    if statuses is None or status_fits(seen.answer.status, statuses):
        return None
    return f"{seen.answer.says}, whose own status is {' or '.join(statuses)}"


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


@invariant("media-type", "the protocol's media type", lambda seen: seen.own and str(seen.answer.status) not in FRONT)
def media_type(seen: Seen) -> str | None:
    given = seen.response.media_type
    fits = any(given == one or (one[0] == "+" and given.endswith(one)) for one in seen.pack.reading.media_types)
    wanted = " or ".join(f"...{one}" if one[0] == "+" else one for one in seen.pack.reading.media_types)
    return None if fits else f"Content-Type: {seen.response.header('content-type') or '(none)'}; not {wanted}"


@invariant("front-not-html", "anything but an HTML page", lambda seen: seen.answer.front)
def front_not_html(seen: Seen) -> str | None:
    return f"HTTP {seen.answer.status} with an HTML page" if looks_like_html(seen.response) else None


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


def _signs(seen: Seen) -> bool:
    """Responses are signed, and this one is not the HTTP server's own, which needs no signature.

    A layer in front that finds nothing at a path knows none of the document's codes: a 404 with one was written by
    whoever knows the protocol.
    """
    signed = bool(seen.pack.signing.response_header)
    not_found = seen.answer.status == 404 and str(seen.answer.code) in seen.pack.codes
    return signed and seen.own and (not_found or str(seen.answer.status) not in FRONT)


def _given(seen: Seen) -> str | None:
    """The signature that an answer carries; all of them, where it carries several that differ."""
    name = seen.pack.signing.response_header.lower()
    values = [value for key, value in seen.response.headers if key.lower() == name]
    return ", ".join(dict.fromkeys(values)) if values else None


def _signs_with_header(seen: Seen) -> bool:
    return _signs(seen) and bool(_given(seen))


@invariant("response-signed", "a signature header in every response", _signs)
def response_signed(seen: Seen) -> str | None:
    return None if _given(seen) else f"{seen.answer.says}, without {seen.pack.signing.response_header}"


@invariant("response-signature-right", "the signature of the response's raw body", _signs_with_header)
def response_signature_right(seen: Seen) -> str | None:
    right, given = seen.right_signature(seen.response.body), _given(seen) or ""
    if right is None or given.lower() == right:
        return None
    sent = seen.request_signature(seen.exchange.request)
    known = likeness(given, right, body=seen.response.body, sign=seen.right_signature, sent=sent)
    what = f", but {known}" if known else ""
    return f"{seen.answer.says}, with a {seen.pack.signing.response_header} that is not that of its body{what}"


def _signs_in_hex(seen: Seen) -> bool:
    return _signs(seen) and bool(_HEX.fullmatch(_given(seen) or ""))


_HEX = re.compile("[0-9A-Fa-f]+")


@invariant("response-signature-lower-case", "lower-case hex digits", _signs_in_hex)
def response_signature_lower_case(seen: Seen) -> str | None:
    given = _given(seen) or ""
    return None if given == given.lower() else "upper-case digits in the response's signature"


@invariant(
    "no-trace", "no stack trace or source path", lambda seen: seen.answered and seen.answer.kind is not Kind.ACCEPTED
)
def no_trace(seen: Seen) -> str | None:
    found = trace_in(seen.response.body)
    return f"{seen.answer.says}, whose body has: {found.decode('utf-8', 'replace').strip()}" if found else None


_SHORTEST_KEY = 8
"""Bytes of a key that nobody writes by chance."""


@invariant(
    "keeps-secret",
    "neither the shared secret nor a signature that only its owners can make",
    lambda seen: seen.answered and len(seen.key) >= _SHORTEST_KEY,
)
def keeps_secret(seen: Seen) -> str | None:
    around = "".join(value for _, value in seen.response.headers).encode("utf-8", "surrogatepass")
    told = seen.response.body + around
    told += unescaped(told) if b"\\" in told else b""
    lowered = told.lower()
    if carries_key(told, lowered, seen.key):
        return f"{seen.answer.says}, which reveals the shared secret"
    right = (seen.request_signature(seen.exchange.request) or "").encode()
    if right and carries_signature(told, lowered, right) and not _sent_signature(seen, right):
        return f"{seen.answer.says}, which reveals the expected signature"
    return None


def _sent_signature(seen: Seen, signature: bytes) -> bool:
    """Whether the caller said it first."""
    sent = seen.exchange.request.header(seen.pack.signing.header) or b""
    return carries_signature(sent, sent.lower(), signature)


@invariant(
    "discloses-nothing",
    "no account data in a refusal",
    lambda seen: seen.answered and seen.answer.kind is not Kind.ACCEPTED and not seen.change.legal,
)
def discloses_nothing(seen: Seen) -> str | None:
    reading = seen.pack.reading
    for pointer in reading.private:
        if pointer.startswith("/") and pointed(seen.answer.members, pointer):
            return f"{seen.answer.says}, which carries {pointer}"
    inside = members_within(seen.answer.members)  # once: there may be tens of thousands
    for member, value in inside:
        if member not in reading.private or value in NOTHING:
            continue
        # Deeper down, a name may be that of a field that is explained, or of another thing.
        if member in seen.answer.members or not is_words(value):
            return f"{seen.answer.says}, which carries {member}"
    told = seen.disclosed.again(seen.response, seen.answer.members, inside, seen.exchange.request)
    return f"{seen.answer.says}, which carries {told}" if told else None
