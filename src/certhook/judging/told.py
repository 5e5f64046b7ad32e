"""What successes have told of an account and a session, and whether a refusal tells it again.

A value counts wherever it stands and whatever it is called there, unless the request itself carried it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from certhook.exchange import Request, Response
from certhook.judging.answers import pointed
from certhook.judging.members import members_within, plain
from certhook.pack.model import Reading

_KEPT = 64
"""Values of one kind that are remembered, the last ones: what a target leaks is mostly of the session before."""

_DISTINCT_TEXT = 12
"""Characters of a text that nobody writes by chance."""

_DISTINCT_DIGITS = 5
"""Digits of a number that is not another amount by chance, but for zeros around them."""

_URLS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)

_MOST_URLS = 100
"""URLs of a refusal that are looked at."""

Shape = tuple[str, str, frozenset[str]]


@dataclass(slots=True)
class Told:
    """`amounts` are numbers in one spelling by member, `texts` what only one session has, `links` the forms of URLs.

    `known` is what the caller knows anyway, numbers in one spelling: a balance may be the same number as a player's id.
    """

    amounts: dict[tuple[str, str], None] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)
    links: dict[Shape, None] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def note(self, reading: Reading, members: Mapping[str, Any]) -> None:
        """Take account of a success."""
        for name, value in _private_of(reading, members):
            if name in reading.disclosing and value != "0":
                _remember(self.amounts, (name, value))
            if len(value) >= _DISTINCT_TEXT and value not in self.known:
                _remember(self.texts, value)
            shape = _shape(value)
            if shape is not None:
                _remember(self.links, shape)

    def again(self, response: Response, inside: list[tuple[str, str]], request: Request) -> str:
        """What of it a refusal carries, in words; empty where it is nothing. `inside` is what stands in its body."""
        # Without its NULs, UTF-16 is as good as UTF-8 for what is looked for.
        sent = request.body.replace(b"\0", b"").decode("utf-8", "replace") + request.target
        around = list(response.headers)
        return self._amount(inside, around, sent) or self._text([*inside, *around], sent)

    def _amount(self, inside: list[tuple[str, str]], around: list[tuple[str, str]], sent: str) -> str:
        """A real amount under a name that says what it is, such as playerBalance or X-Balance, or that no other is."""
        names = {amount: name for name, amount in self.amounts}
        for member, value in (*inside, *((name, plain(value)) for name, value in around)):
            name = names.get(value)
            if name is not None and name.lower() in member.lower().replace("-", ""):
                return f"the real {name} as {member}"
        others = names.keys() - self.known
        unsent = ((member, value) for member, value in inside if value in others and value not in sent)
        distinct = ((names[value], member) for member, value in unsent if _is_distinct(value))
        return next((f"the real {name} as {member}" for name, member in distinct), "")

    def _text(self, carried: list[tuple[str, str]], sent: str) -> str:
        """A token or a link of a session, within whatever text."""
        whole = "\n".join(value for _, value in carried)
        text = next((text for text in self.texts if text in whole and text not in sent), "")
        if text:
            return f"what only an accepted request is told, in {_where(text, carried)}"
        urls = (found.group() for found in islice(_URLS.finditer(whole), _MOST_URLS))
        link = next((url for url in urls if _shape(url) in self.links and url not in sent), "")
        return f"a link such as an accepted request gets, in {_where(link, carried)}" if link else ""


def _where(part: str, carried: list[tuple[str, str]]) -> str:
    return next((name for name, value in carried if part in value), "its text")


def _private_of(reading: Reading, members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of a success that no refusal may carry, at any depth."""
    for name, value in members_within(members):
        if name in reading.disclosing or name in reading.private:
            yield name, value
    for pointer in filter(lambda one: one.startswith("/"), reading.private):
        found = pointed(members, pointer)
        if found is not None:
            yield pointer, str(found)


def _remember(known: dict[Any, None], what: Any) -> None:
    known.pop(what, None)
    known[what] = None
    if len(known) > _KEPT:
        del known[next(iter(known))]


def _is_distinct(amount: str) -> bool:
    return amount.replace(".", "").isdigit() and len(amount.replace(".", "").strip("0")) >= _DISTINCT_DIGITS


def _shape(text: str) -> Shape | None:
    """Host, path and names of the query of a URL with a value in it that only one session has; None for any other."""
    try:
        url = urlsplit(text)
        query = dict(parse_qsl(url.query))
    except ValueError:
        return None
    if url.scheme.lower() not in ("http", "https") or not url.hostname:
        return None
    above, _, last = url.path.rpartition("/")
    if any(len(value) >= _DISTINCT_TEXT for value in query.values()):
        return (url.hostname, url.path, frozenset(query))
    return (url.hostname, above, frozenset(query)) if len(last) >= _DISTINCT_TEXT else None
