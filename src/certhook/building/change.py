"""What a change is, and the draft of a request that it is applied to."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from certhook.building.signing import Scheme
from certhook.exchange import Request
from certhook.pack.dotted import holder_of
from certhook.pack.model import Operation


class Stage(StrEnum):
    """Where in the making of a request a change comes in. What comes after it is done as for a valid request."""

    FIELDS = "fields"  # the values, before they are encoded
    BODY = "body"  # the encoded bytes, before they are signed
    SIGNATURE = "signature"  # the signature, before it is put into its header
    WIRE = "wire"  # everything, after signing


@dataclass(slots=True)
class Draft:
    """A request in the making. A change at its stage may alter what earlier stages made, and nothing else.

    `fields` are the values by name (path, query and body alike); `seed` fixes what is random in it; `key` is the
    signing key, None where there is none; `captured` is the signature of another valid request of the same operation,
    of one that was sent where there is one. `headers` and `query` are what goes out besides what the operation has.
    """

    operation: Operation
    fields: dict[str, Any]
    scheme: Scheme
    key: bytes | None
    now: float
    seed: str
    encode: Callable[[Draft], bytes]
    captured: Callable[[], bytes | None]
    method: str = "POST"
    body: bytes = b""
    message: bytes = b""
    signature: bytes | None = None
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    query: list[tuple[str, Any]] = field(default_factory=list)
    chunks: tuple[int, ...] = ()
    _random: random.Random | None = field(default=None, init=False, repr=False)

    @property
    def random(self) -> random.Random:
        """A source of its own, made when it is first asked for: to seed one takes as long as to sign a request."""
        if self._random is None:
            self._random = random.Random(self.seed)  # noqa: S311 - to be repeated by seed, not to keep a secret
        return self._random

    def sign(self, **how: Any) -> bytes:
        """The signature of the draft's message, made in another way where `how` says so."""
        key = how.pop("key", self.key) or b""
        message = how.pop("message", self.message)
        return self.scheme.sign(message, key, **how).encode()

    def at(self, place: str) -> Any:
        """The value of a field, by its dotted place; None for one that is optional and not there."""
        holder, name = holder_of(self.fields, place)
        return holder.get(name)

    def put(self, place: str, value: Any) -> None:
        """Give a field that value."""
        holder, name = holder_of(self.fields, place)
        holder[name] = value

    def drop(self, place: str) -> None:
        """Take a field out, if it is there."""
        holder, name = holder_of(self.fields, place)
        holder.pop(name, None)

    def encoded(self) -> bytes:
        """The fields as the operation encodes them; with all escapes where they are no text that UTF-8 can hold."""
        try:
            return self.encode(self)
        except UnicodeEncodeError:
            return json.dumps(self.fields, separators=(",", ":")).encode()


def untouched(draft: Draft) -> None:
    """Leave the draft as it is, where the finished request is what changes, or nothing is."""


ANY_4XX = ("4xx",)
"""As a change's `front`: to some servers such a request is none that an application could be asked to answer."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference from the control.

    `says` finishes the sentence "a valid request, but ...". `legal` changes keep the request valid. `front` are the
    statuses ("431", "4xx") with which the HTTP server itself may refuse it, before the application sees it.
    Where a document can be read in two ways, `reading` says how this change took it, and `otherwise` is the same change
    by the other reading, which is tried where this one is not accepted. A `retry` is a request that was accepted, sent
    again: its answer may be the very one that was given then. `account` says whose the account is that a request names,
    where it is not the control's. A change that is sent `twice` is sent once more where it was refused.
    """

    name: str
    says: str
    stage: Stage = Stage.FIELDS
    apply: Callable[[Draft], None] = untouched
    legal: bool = False
    front: tuple[str, ...] = ()
    finish: Callable[[Request], Request] | None = None
    reading: str = ""
    otherwise: Change | None = None
    retry: bool = False
    account: str = ""
    twice: bool = False

    @property
    def answer_is_open(self) -> bool:
        """Whether any refusal will do, be it the HTTP server's or the application's."""
        return ANY_4XX[0] in self.front

    @property
    def family(self) -> str:
        return self.name.split(":")[0]

    def sentence(self, operation: str) -> str:
        """What is sent, in words, where an operation of that name is changed so."""
        return f"a valid {operation} request" + ("" if self.name == CONTROL.name else f", but {self.says}")

    @property
    def place(self) -> str:
        """What the change is applied to: a field's name, or the empty string."""
        return self.name.partition(":")[2].partition("=")[0]


CONTROL = Change("control", "nothing changed", legal=True)
