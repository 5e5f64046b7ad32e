"""What an answer is: accepted, refused, or broken, and held against a set of allowed answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from certhook.exchange import KEPT, Failure, Response
from certhook.judging.jsontext import DEEPEST, MOST_VALUES, UNREADABLE, Flaw, JsonText, read_json
from certhook.pack.model import AnswerSet, Matcher, Pack, Reading
from certhook.validation import fits

FRONT = ("404", "405", "411", "413", "414", "415", "431")
"""Statuses with which a layer in front of the application refuses; it knows nothing of the protocol."""

OF_ANY_LAYER = ("411", "413", "414", "415", "431")
"""Those of them that are about bytes: where a request invites one, it is right whatever the body of the answer says."""

HELD = 64 * 1024
"""Bytes of a body up to which what was read of it is kept; a longer one is read again when it is asked for."""

_UNREADABLE = {Flaw.GRAMMAR, Flaw.ROOT, Flaw.DUPLICATE_KEYS}


class Kind(StrEnum):
    """`limited`: come back later. `unmarked`: meant as a success, and not marked, or not written, as one.

    That is account data without the success marker, or with it in a body that is not JSON by the letter.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNMARKED = "unmarked"
    BROKEN = "broken"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class LongText:
    """As JsonText, of a body whose values, together with those of many others, would fill the memory."""

    body: bytes
    flaws: frozenset[Flaw]

    @property
    def value(self) -> Any:
        return _read_long(self.body).value


@lru_cache(maxsize=1)
def _read_long(body: bytes) -> JsonText:
    return read_json(body)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was read. `says` is one short line for reports; `front`: the HTTP server's own refusal.

    `words` is the text of a refusal that is no JSON object, in lower case.
    """

    kind: Kind
    says: str
    status: int | None = None
    code: str | int | None = None
    text: JsonText | LongText | None = None
    front: bool = False
    words: str = ""

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of the body, where it is an object that could be read."""
        value = self.text.value if self.text else None
        return value if isinstance(value, dict) else {}

    def abridged(self) -> Answer:
        """The answer without what a long body says."""
        if len(self.words) > KEPT:
            return replace(self, words="")
        return replace(self, text=None) if isinstance(self.text, LongText) else self


@lru_cache(maxsize=1024)
def status_fits(status: int | None, patterns: tuple[str, ...]) -> bool:
    """Whether a status is one of `"200"` or of the kind of `"4xx"`."""
    return status is not None and any(one in (str(status), f"{status // 100}xx") for one in patterns)


def read_answer(pack: Pack, answer: Response | Failure, front: tuple[str, ...] = ()) -> Answer:
    """Read an answer. `front` are further statuses that the HTTP server may refuse this very request with."""
    if isinstance(answer, Failure):
        return Answer(Kind.BROKEN, f"no HTTP answer: {answer.kind} ({answer.detail})")
    status = answer.status
    if status == 429 or (status == 503 and answer.header("retry-after") is not None):
        return Answer(Kind.LIMITED, f"HTTP {status}, the target's rate limit", status)
    if len(answer.body) <= HELD:
        return _read(pack.reading, answer, read_json(answer.body), front)
    text = _read_long(answer.body)
    found = _read(pack.reading, answer, text, front)
    return replace(found, text=LongText(answer.body, text.flaws)) if found.text else found


def _read(reading: Reading, answer: Response, text: JsonText, front: tuple[str, ...]) -> Answer:
    if text.flaws & _UNREADABLE:
        return _unreadable(reading, answer, text, front)
    return _readable(reading, answer.status, text, front)


def _readable(reading: Reading, status: int, text: JsonText, front: tuple[str, ...]) -> Answer:
    code = pointed(text.value, reading.code)
    shown = f"HTTP {status}" + (f" with {_shown(code)}" if code is not None else "")
    if fits(reading.accepted, text.value):
        return Answer(Kind.ACCEPTED, f"{shown}: the success marker", status, code, text)
    if status // 100 in (3, 5) and not status_fits(status, (*reading.refusal_status, *front)):
        return Answer(Kind.BROKEN, f"{shown}: {_meaning(status)}", status, code, text)
    in_front = status_fits(status, (*FRONT, *front))
    if fits(reading.refused, text.value) or (status_fits(status, reading.refused_status) and not in_front):
        return Answer(Kind.REFUSED, f"{shown}: a refusal", status, code, text)
    if in_front:
        says = f"HTTP {status} with JSON that is not the protocol's"
        return Answer(Kind.REFUSED, says, status, None, text, front=True)
    members = text.value if isinstance(text.value, dict) else {}
    if status // 100 == 2 and any(name in members for name in reading.account_data):
        return Answer(Kind.UNMARKED, f"{shown}: account data without the success marker", status, code, text)
    return Answer(Kind.BROKEN, f"{shown}: {_neither(text)}", status, code, text)


def _neither(text: JsonText) -> str:
    """What JSON is that cannot be taken for a success or a refusal."""
    if text.value is not UNREADABLE:
        return "JSON that is neither a success nor a refusal"
    beyond = f"{MOST_VALUES:,} values" if Flaw.LARGE in text.flaws else f"{DEEPEST} levels"
    return f"JSON of more than {beyond}, which certhook does not read"


def _shown(code: str | int) -> str:
    """A text that would be taken for a number is shown for what it is."""
    return f'the text "{code}"' if isinstance(code, str) and code.lstrip("-").isdigit() else str(code)


def _unreadable(reading: Reading, answer: Response, text: JsonText, front: tuple[str, ...]) -> Answer:
    status, words = answer.status, answer.body[:HELD].decode("utf-8", "replace").lower()
    if status_fits(status, (*FRONT, *front)):
        return Answer(Kind.REFUSED, f"HTTP {status} with {_body_of(answer, text)}", status, front=True, words=words)
    if status_fits(status, reading.refused_status):
        says = f"HTTP {status} with {_body_of(answer, text)}: a refusal by its status"
        return Answer(Kind.REFUSED, says, status, words=words)
    if status // 100 in (3, 5):
        return Answer(Kind.BROKEN, f"HTTP {status}: {_meaning(status)}", status)
    if _meant_as_success(reading, answer.body):
        says = f"HTTP {status}: a success in {_body_of(answer, text)}"
        return Answer(Kind.UNMARKED, says, status)
    return Answer(Kind.BROKEN, f"HTTP {status}: {_body_of(answer, text)}, so neither a success nor a refusal", status)


def _meant_as_success(reading: Reading, body: bytes) -> bool:
    """Whether a reader that lets a few things pass, such as NaN, finds the success marker in a body."""
    try:
        value = json.loads(body[:HELD])
    except (ValueError, RecursionError):
        return False
    return fits(reading.accepted, value)


def _meaning(status: int) -> str:
    return "an undocumented redirect" if status < 400 else "an undocumented server error"


def _body_of(answer: Response, text: JsonText) -> str:
    if not answer.body:
        return "an empty body"
    if looks_like_html(answer):
        return "an HTML page"
    if Flaw.DUPLICATE_KEYS in text.flaws:
        return "an object with a duplicate member"
    return "JSON that is not an object" if Flaw.ROOT in text.flaws else f"a body that is not JSON ({text.why})"


def looks_like_html(answer: Response) -> bool:
    """Whether an answer is an HTML page, by its media type or its first bytes."""
    start = answer.body.lstrip()[:15].lower()
    marked = start.startswith((b"<!doctype html", b"<html"))
    return marked or bool(start and answer.media_type == "text/html")


def pointed(value: Any, pointer: str) -> str | int | None:
    """The text or integer at a JSON pointer, or None."""
    for step in pointer.split("/")[1:]:
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def allows(allowed: AnswerSet, answer: Answer, front: tuple[str, ...] = ()) -> bool | None:
    """Whether an answer is in the set; None where the set does not judge such an answer."""
    if answer.kind is Kind.REFUSED:
        return _allows_refusal(allowed, answer, front)
    if allowed.only_refused:
        return None
    return allowed.accepted if answer.kind is Kind.ACCEPTED else allowed.broken


def _allows_refusal(allowed: AnswerSet, answer: Answer, front: tuple[str, ...]) -> bool | None:
    of_any_layer = tuple(one for one in front if one in OF_ANY_LAYER)
    if answer.front and allowed.front_status:
        return any(not one.status or status_fits(answer.status, one.status) for one in allowed.refusals)
    if status_fits(answer.status, front if answer.front else of_any_layer):
        return None if allowed.only_refused else bool(allowed.refusals)
    return any(_matches(matcher, answer) for matcher in allowed.refusals)


def _matches(matcher: Matcher, answer: Answer) -> bool:
    return (
        (not matcher.status or status_fits(answer.status, matcher.status))
        and (not matcher.code or answer.code in matcher.code)
        and answer.code not in matcher.not_code
        and (not matcher.text or any(word.lower() in (_texts(answer.members) or answer.words) for word in matcher.text))
    )


def _texts(value: Any) -> str:
    """All text in a body, in lower case."""
    if isinstance(value, dict | list):
        return "\n".join(_texts(part) for part in (value.values() if isinstance(value, dict) else value))
    return value.lower() if isinstance(value, str) else ""
