"""From a profile to a valid request, and from there to one with exactly one change.

    fields -> encoded bytes -> signed -> headers -> request

A change comes in at one of these stages; whatever follows is done as for a valid request. So a body is always signed as
it goes out, unless the signature is what the change is about.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from certhook import __version__
from certhook.building import encoding, signing
from certhook.building.change import CONTROL, Change, Draft, Stage
from certhook.building.clock import Moments, MomentScope, Window
from certhook.exchange import Request
from certhook.pack.dotted import leaves
from certhook.pack.model import Operation, Pack
from certhook.profile.profile import Profile

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Builder:
    """Makes the requests of one run. `seed` fixes everything random in them but ids and times.

    `moments` are the seconds that are its own.
    """

    def __init__(
        self,
        pack: Pack,
        profile: Profile,
        *,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
        moments: MomentScope | None = None,
    ) -> None:
        self._pack = pack
        self._profile = profile
        self._seed = seed
        self._clock = clock
        self._scheme = signing.scheme(pack.signing.scheme, **pack.signing.settings)
        secret = profile.value(pack.signing.key) if pack.signing.key else None
        self._key = secret.encode() if isinstance(secret, str) else None
        self._window = Window.of(pack, profile)
        self._moments = Moments(self._window, moments or MomentScope()) if self._window else None
        self._fresh = {operation.name: _fresh_names(operation) for operation in pack.operations}
        self._sent = {
            operation.name: {name: part for name, part in operation.properties.items() if self._applies(part)}
            for operation in pack.operations
        }
        self._captured: dict[str, bytes] = {}

    def build(self, operation: Operation, change: Change = CONTROL) -> Request:
        """A fresh valid request with that one change. Times and ids are those of this moment."""
        return self.build_from(operation, change)[0]

    def build_from(
        self, operation: Operation, change: Change = CONTROL, drawn: Mapping[str, Any] = _NOTHING
    ) -> tuple[Request, Mapping[str, Any]]:
        """The same, with the valid fields that the request was made from.

        `drawn` are the values, by place in the profile, that pools lent for this request. Without them the first of
        each list stands in, which is good for looking at a request and not for sending it.
        """
        now = self._clock()
        if self._moments is None:
            return self._built(operation, change, drawn, now)
        latest = self._moments.latest(now)
        built = self._built(operation, change, drawn, now if self._fresh[operation.name] else latest)
        if not self.may_repeat(*built):
            return built
        if self._fresh[operation.name] and latest != now:
            built = self._built(operation, change, drawn, latest)
        while not self._moments.is_first(self._signed(built[0])):
            moment = self._moments.spare(operation.name, now)
            again = self._built(operation, change, drawn, moment)
            if self._signed(again[0]) == self._signed(built[0]):  # no time in it, or none to spare
                break
            self._moments.use(operation.name, moment)
            built = again
        return built

    def leaves_as_it_was(self, operation: Operation, change: Change) -> bool:
        """Whether a request with the change is a valid one all the same: what is put in a place is what is right there.

        Where the profile has several values for a place, each of them is right.
        """
        if change.stage is not Stage.FIELDS or change.finish is not None:
            return False  # what is done to valid fields is done to be wrong
        fields = self._fields(operation, _NOTHING, self._clock())
        changed, plain = (self._draft(operation, change.name, _copied(fields)) for _ in range(2))
        change.apply(changed)
        for place, part in leaves(operation.request).items():
            values = self._profile.value(part["x-pool"]) if "x-pool" in part else None
            if values and (given := changed.fields.get(place)) in values:
                plain.put(place, given)
        return _carried(changed) == _carried(plain)

    def _signed(self, request: Request) -> tuple[object, ...]:
        """What a target may know a request by: how it is carried, and what is not signed, makes it no other one.

        Nor does its path: a body that is right for one operation may be one that another refuses.
        """
        return (request.body, request.header(self._pack.signing.header))

    def _built(
        self, operation: Operation, change: Change, drawn: Mapping[str, Any], now: float
    ) -> tuple[Request, Mapping[str, Any]]:
        fields = self._fields(operation, drawn, now)
        draft = self._draft(operation, f"{self._seed}/{operation.name}/{change.name}", fields)
        valid = _copied(draft.fields)
        self._run(draft, change)
        if change is CONTROL and draft.signature is not None:
            self._captured[operation.name] = draft.signature
        return self._request(draft, change), valid

    def fields(self, operation: Operation, drawn: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
        """The values of a valid request, by name; an optional one is there only where the schema says what it holds."""
        return self._fields(operation, drawn, self._clock())

    def _fields(self, operation: Operation, drawn: Mapping[str, Any], now: float) -> dict[str, Any]:
        values = {name: self._value(part, drawn, now) for name, part in self._sent[operation.name].items()}
        return {name: value for name, value in values.items() if value is not None or name in operation.mandatory}

    @property
    def known(self) -> frozenset[str]:
        """What the profile holds of test data and credentials: the caller knows it, whatever a request carries."""
        held = [*self._profile.subject.values(), *self._profile.credentials.values()]
        return frozenset(str(one) for value in held for one in (value if isinstance(value, list) else [value]))

    @property
    def key(self) -> bytes:
        """What requests are signed with; empty where they are not."""
        return self._key or b""

    @property
    def passwords(self) -> tuple[str, ...]:
        """The secret credentials that a valid request carries as they are, rather than signs with."""
        places = (place for place in self._pack.secret_places if place.startswith("credentials."))
        return tuple(one for one in map(self._profile.value, places) if isinstance(one, str))

    def may_repeat(self, request: Request, valid: Mapping[str, Any]) -> bool:
        """Whether a signed request may be the same as another: it holds no id that was made for it alone."""
        fresh = self._fresh[request.operation]
        return self._key is not None and not any(str(valid.get(name)).encode() in request.body for name in fresh)

    def request_signature(self, request: Request) -> str | None:
        """The right signature of a request as it went out, or None where requests are not signed.

        That of nothing is none: a response without a body has the same.
        """
        signable = _read_back(request, self._pack.operation(request.operation))
        return self._over(signable) if self._scheme.message(signable) else None

    def response_signature(self, body: bytes) -> str | None:
        """The right signature of a response with that body, or None where responses are not signed."""
        return self._over(signing.Signable(body)) if self._pack.signing.response_header else None

    def _over(self, signable: signing.Signable) -> str | None:
        return None if self._key is None else self._scheme.sign(self._scheme.message(signable), self._key)

    def _draft(self, operation: Operation, name: str, fields: dict[str, Any]) -> Draft:
        return Draft(
            operation=operation,
            fields=fields,
            scheme=self._scheme,
            key=self._key,
            now=self._clock(),
            seed=name,
            encode=self._encode,
            captured=lambda: (
                self._captured.get(operation.name) or self.build(operation).header(self._pack.signing.header)
            ),
            method=operation.method,
        )

    def _run(self, draft: Draft, change: Change) -> Draft:
        """Take the draft through the stages, the change coming in at its own."""

        def at(stage: Stage) -> None:
            if change.stage is stage:
                change.apply(draft)

        at(Stage.FIELDS)
        draft.body = self._encode(draft)
        at(Stage.BODY)
        draft.message = self._scheme.message(_signable(draft))
        draft.signature = draft.sign() if self._key is not None else None
        at(Stage.SIGNATURE)
        at(Stage.WIRE)
        return draft

    def _request(self, draft: Draft, change: Change) -> Request:
        headers = [
            ("Content-Type", draft.operation.media_type.encode()),
            ("Accept", ", ".join(self._accepted_media_types()).encode()),
            ("User-Agent", f"certhook/{__version__}".encode()),
        ]
        if draft.signature is not None:
            headers.append((self._pack.signing.header, draft.signature))
        target = encoding.expand_path(draft.operation.path, draft.fields)
        documented = draft.operation.carried("query", draft.fields)
        query = encoding.query_encode([*documented.items(), *draft.query])
        target = f"{target}?{query}" if query else target
        request = Request(
            draft.operation.name, draft.method, target, (*headers, *draft.headers), draft.body, draft.chunks
        )
        return change.finish(request) if change.finish else request

    def _accepted_media_types(self) -> tuple[str, ...]:
        return tuple(one for one in self._pack.reading.media_types if not one.startswith("+"))

    @staticmethod
    def _encode(draft: Draft) -> bytes:
        return encoding.encoder(draft.operation.encoding)(draft.operation.carried("form", draft.fields))

    def _applies(self, schema: Mapping[str, Any]) -> bool:
        """Whether a property is sent with this profile at all: `x-when` says which values of the profile it takes."""
        return all(self._profile.value(place) == wanted for place, wanted in schema.get("x-when", {}).items())

    def _value(self, schema: Mapping[str, Any], drawn: Mapping[str, Any], now: float) -> Any:
        """A property's valid value: made fresh, drawn, read from the profile, or the schema's default."""
        source, pool = schema.get("x-value", ""), schema.get("x-pool", "")
        values = self._profile.value(pool) if pool else None
        if values:
            return drawn.get(pool, values[0])
        if source == "fresh":
            return str(uuid.uuid4())
        if source == "now" and self._window:
            return self._window.stamp(now)
        if "properties" in schema:
            return {name: self._value(part, drawn, now) for name, part in schema["properties"].items()}
        return self._profile.value(source, schema.get("default")) if source else schema.get("default")


def _fresh_names(operation: Operation) -> tuple[str, ...]:
    """The fields that hold an id of each request's own."""
    return tuple(name for name, part in operation.properties.items() if part.get("x-value") == "fresh")


def _copied(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, those within others too, so that a change of a draft leaves them as they were."""
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in fields.items()}


def _carried(draft: Draft) -> tuple[object, ...]:
    """What a draft has so far, its fields as text: to Python, true is 1."""
    return json.dumps(draft.fields), draft.method, draft.headers, draft.query, draft.chunks


def _signable(draft: Draft) -> signing.Signable:
    """What the draft's signature covers.

    The parameters of a form are read back from its bytes, so that one that was changed is signed as it goes out, by
    whoever joins the values that a tolerant parser finds; the last of several of one name counts. What stands in the
    path or the query is not the form's to say.
    """
    if draft.operation.encoding != "form":
        return signing.Signable(draft.body, draft.fields)
    inside = draft.operation.carried("form", draft.fields)
    outside = {name: value for name, value in draft.fields.items() if name not in inside}
    return signing.Signable(draft.body, dict(encoding.form_pairs(draft.body)) | outside)


def _read_back(request: Request, operation: Operation) -> signing.Signable:
    """What the signature of a finished request covers, as whoever receives it reads its parameters."""
    if operation.encoding != "form":
        return signing.Signable(request.body)
    path, _, query = request.target.partition("?")
    sent = encoding.form_pairs(request.body) + encoding.form_pairs(query.encode())
    return signing.Signable(request.body, dict(sent) | encoding.path_values(operation.path, path))
