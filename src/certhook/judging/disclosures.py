"""What successes have told of an account and a session, and whether a refusal tells it again.

A value counts wherever it stands and whatever it is called there, unless the request itself carried it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from certhook.exchange import Request, Response
from certhook.judging.answers import HELD, pointed
from certhook.judging.members import members_within, plain, texts_within
from certhook.pack.model import Reading

_KEPT = 64
"""Values of one kind that are remembered, the last ones: what a target leaks is mostly of the session before."""

_DISTINCT_TEXT = 12
"""Characters of a text that nobody writes by chance."""

_DISTINCT_DIGITS = 5
"""Digits of a number that is not another amount by chance, but for zeros around them."""

_DIGITS_OF_NO_COUNT = 7
"""The same of a whole number within a sentence that does not say what it is: references and counts stand there."""

_SHORT_ID = 6
"""Characters of an id with letters and digits that is found within a text where it stands as a word of its own."""

_NUMBERS = re.compile(
    r"(?<![\w.#/-])(?<!\d[,:])"
    r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,10})?"
    r"(?![\w/-]|[.,:]\d|\s?(?:[mµu]s|s(?:ec(?:onds?)?)?|milliseconds?)\b|\s?%)"
)
"""Numbers within a text that are no part of a date, a time, an address, a path or an id, and no duration."""

_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,10})?")

_WORDS = re.compile(r"[^\W\d]+|.*\s.*", re.DOTALL)

_FRACTION = re.compile(r"(-?\d+)\.(\d{1,2})")

_MOST_NUMBERS = 1000
"""Numbers within the text of a refusal that are looked at."""

_URLS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)

_MOST_URLS = 100
"""URLs of a refusal that are looked at."""

NOTHING = ("", "0", "None", "True", "False")
"""Values of a member, as `members_within` has them, that give nobody away."""

Member = tuple[str, str]
Shape = tuple[str, str, frozenset[str]]


@dataclass(slots=True)
class Disclosures:
    """`amounts` are numbers in one spelling by member, `texts` what only one session has, `links` the forms of URLs.

    `ids` are shorter texts, such as that of a player, which count only where they stand as words of their own.
    `known` is what the caller knows anyway, numbers in one spelling: a balance may be the same number as a player's id.
    """

    amounts: dict[tuple[str, str], None] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)
    links: dict[Shape, None] = field(default_factory=dict)
    ids: dict[str, None] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def note(self, reading: Reading, members: Mapping[str, Any]) -> None:
        """Take account of a success."""
        for name, value in members_within(members):
            for amount in _spellings(value) if name in reading.disclosing else ():
                if amount not in NOTHING and not is_words(amount):
                    _remember(self.amounts, (name, amount))
        for value in _private_texts(reading, members):
            if len(value) >= _DISTINCT_TEXT and value not in self.known:
                _remember(self.texts, value)
            elif _is_id(value) and not any(value in one for one in self.known):
                _remember(self.ids, value)
            shape = _shape(value)
            if shape is not None:
                _remember(self.links, shape)

    def again(self, response: Response, members: Mapping[str, Any], inside: list[Member], request: Request) -> str:
        """What of it a refusal carries, in words; empty where it is nothing.

        `members` are those of its body, `inside` what `members_within` finds in them.
        """
        # Without its NULs, UTF-16 is as good as UTF-8 for what is looked for.
        sent = request.body.replace(b"\0", b"").decode("utf-8", "replace") + request.target
        around = list(response.headers)
        texts = texts_within(members) if members else [("", response.body[:HELD].decode("utf-8", "replace"))]
        found = self._amount(inside, around, sent) or self._amount_in_words(texts, sent)
        return found or self._text([*texts, *around], sent)

    def _amount(self, inside: list[Member], around: list[Member], sent: str) -> str:
        """A real amount under a name that says what it is, such as playerBalance or X-Balance, or that no other is."""
        names = {amount: name for name, amount in self.amounts}
        if not names:
            return ""
        for member, value in (*inside, *((name, plain(value)) for name, value in around)):
            name = names.get(value)
            if name is not None and name.lower() in member.lower().replace("-", ""):
                return f"the real {name} as {member}"
        others = names.keys() - self.known
        unsent = ((member, value) for member, value in inside if value in others and value not in sent)
        distinct = ((names[value], member) for member, value in unsent if _is_distinct(value))
        return next((f"the real {name} as {member}" for name, member in distinct), "")

    def _amount_in_words(self, texts: list[Member], sent: str) -> str:
        """A real amount as a number within a sentence."""
        names = {amount: name for name, amount in self.amounts if _is_distinct(amount) and amount not in self.known}
        if not names:
            return ""
        numbers = ((member, text, one.group()) for member, text in texts for one in _NUMBERS.finditer(text))
        for member, text, number in islice(numbers, _MOST_NUMBERS):
            amount = plain(number.replace(",", ""))
            name = names.get(amount)
            if name is None or amount in sent or number in sent:
                continue
            if _is_no_count(amount) or name.lower() in f"{member} {text}".lower():
                return f"the real {name} in {member or 'its text'}"
        return ""

    def _text(self, carried: list[Member], sent: str) -> str:
        """A token or a link of a session, within whatever text."""
        whole = "\n".join(value for _, value in carried)
        text = next((text for text in self.texts if text in whole and text not in sent), "")
        text = text or next((id for id in self.ids if _has_word(whole, id) and id not in sent), "")
        if text:
            return f"data that only an accepted request gets, in {_where(text, carried)}"
        urls = (found.group() for found in islice(_URLS.finditer(whole), _MOST_URLS))
        link = next((url for url in urls if _shape(url) in self.links and url not in sent), "")
        return f"a link like those that accepted requests get, in {_where(link, carried)}" if link else ""


def is_words(text: str) -> bool:
    """One word, or several: a mode, a reason, a sentence, and nobody's token."""
    return _WORDS.fullmatch(text) is not None


def _spellings(text: str) -> Iterable[str]:
    """A number as it was read, without separators of its digits, and in hundredths where it has a fraction."""
    ungrouped = plain(text.replace(",", "")) if _GROUPED.fullmatch(text) else text
    fraction = _FRACTION.fullmatch(ungrouped)
    hundredths = [plain(f"{fraction[1]}{fraction[2]:0<2}")] if fraction else []
    return dict.fromkeys((text, ungrouped, *hundredths))


def _where(part: str, carried: list[Member]) -> str:
    return next((name for name, value in carried if part in value), "") or "its text"


def _has_word(text: str, word: str) -> bool:
    return word in text and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def _private_texts(reading: Reading, members: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a success that no refusal may carry, at any depth."""
    for name, text in texts_within(members):
        if name in reading.disclosing or name in reading.private:
            yield text
    for pointer in filter(lambda one: one.startswith("/"), reading.private):
        found = pointed(members, pointer)
        if found is not None:
            yield str(found)


def _remember(known: dict[Any, None], what: Any) -> None:
    known.pop(what, None)
    known[what] = None
    if len(known) > _KEPT:
        del known[next(iter(known))]


def _is_distinct(amount: str) -> bool:
    return amount.replace(".", "").isdigit() and len(amount.replace(".", "").strip("0")) >= _DISTINCT_DIGITS


def _is_no_count(amount: str) -> bool:
    return "." in amount or len(amount.strip("0")) >= _DIGITS_OF_NO_COUNT


def _is_id(text: str) -> bool:
    """Whether a text is short, and yet nobody writes it by chance."""
    return len(text) >= _SHORT_ID and any(map(str.isdigit, text)) and any(map(str.isalpha, text))


def _shape(text: str) -> Shape | None:
    """Host, path and those names of the query of a URL whose values only one session has; None where it has none."""
    try:
        url = urlsplit(text)
        query = dict(parse_qsl(url.query))
    except ValueError:
        return None
    if url.scheme.lower() not in ("http", "https") or not url.hostname:
        return None
    above, _, last = url.path.rpartition("/")
    names = frozenset(name for name, value in query.items() if len(value) >= _DISTINCT_TEXT)
    if names:
        return (url.hostname, url.path, names)
    return (url.hostname, above, names) if len(last) >= _DISTINCT_TEXT else None
