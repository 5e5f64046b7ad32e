"""What an invariant is, what it may look at, and where it is registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from certhook.building.change import Change
from certhook.exchange import Exchange, Request, Response
from certhook.judging.answers import Answer, Kind, status_fits
from certhook.judging.disclosures import Disclosures
from certhook.judging.sessions import Links
from certhook.pack.model import Pack


@dataclass(frozen=True)
class Seen:
    """An answer with all that an invariant may look at.

    `right_signature` computes what the response's signature should be; `disclosed` is what successes have told so far
    of an account and its sessions; `named` says, by the hash of an answer's id, which exchange carried it first;
    `first`, by a member, what the first success for the account that had it carried, and its exchange; `links` says
    which session got which link. `fields` are the members, of answers or of requests, that the requirement names. `key`
    is what requests are signed with, and `request_signature` computes what a request's signature should be; `passwords`
    are what requests carry where they are not signed.
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
    passwords: tuple[str, ...] = field(default=(), repr=False)

    def about(self, fields: tuple[str, ...]) -> Seen:
        """The same answer, for a requirement that names members; what was found out of it is shared."""
        if not fields:
            return self
        other = object.__new__(Seen)  # to go through all fields, as a copy does, would take longer than most rules
        other.__dict__.update(self.__dict__, fields=fields)
        return other

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
