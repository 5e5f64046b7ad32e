"""Whatever was sent: an answer comes, and it is one that the protocol knows."""

from __future__ import annotations

from certhook.exchange import Failure
from certhook.judging.answers import FRONT, Kind, looks_like_html, status_fits
from certhook.judging.invariants.rule import INVARIANTS, Invariant, Seen, invariant
from certhook.judging.jsontext import Flaw


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


@invariant("media-type", "the protocol's media type", lambda seen: seen.own and str(seen.answer.status) not in FRONT)
def media_type(seen: Seen) -> str | None:
    given, known = seen.response.media_type, seen.pack.reading.media_types
    if given in known or any(one[0] == "+" and given.endswith(one) for one in known):
        return None
    wanted = " or ".join(f"...{one}" if one[0] == "+" else one for one in known)
    return f"Content-Type: {seen.response.header('content-type') or '(none)'}; not {wanted}"


@invariant("front-not-html", "anything but an HTML page", lambda seen: seen.answer.front)
def front_not_html(seen: Seen) -> str | None:
    return f"HTTP {seen.answer.status} with an HTML page" if looks_like_html(seen.response) else None
