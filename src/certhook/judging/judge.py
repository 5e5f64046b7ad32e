"""From an exchange to what it says of each requirement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

from certhook.building.builder import Builder
from certhook.building.change import Change
from certhook.exchange import Exchange, Response
from certhook.formats import misfit
from certhook.jsontypes import KINDS
from certhook.judging.answers import HELD, Answer, Kind, allows, pointed, read_answer
from certhook.judging.disclosures import Disclosures
from certhook.judging.extra_statuses import documented_statuses
from certhook.judging.invariants import INVARIANTS, Seen
from certhook.judging.longlists import KnownLists
from certhook.judging.oracle import malformations
from certhook.judging.sessions import Links, link_in, session_of
from certhook.pack.annotations import requirements_in
from certhook.pack.model import AnswerSet, Entry, Pack
from certhook.validation import errors
from certhook.values import Requirement

_REMEMBERED, _REMEMBERED_BODY = 256, 2048
"""How many bodies are remembered with what breaks their schema, and how many bytes each may have."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one exchange says of one requirement: met where `observed` is None."""

    requirement: str
    expected: str
    observed: str | None
    exchange: Exchange

    @property
    def met(self) -> bool:
        return self.observed is None


@dataclass(frozen=True, slots=True)
class Ask:
    """A requirement, and the answers that meet it."""

    requirement: Requirement
    allowed: AnswerSet


class Judge:
    """Judges the exchanges of one run. `selected` are the ids of the requirements that the run is about."""

    def __init__(self, pack: Pack, builder: Builder, selected: frozenset[str]) -> None:
        self._pack = pack
        self._builder = builder
        self._selected = selected
        self._disclosures = Disclosures(known=builder.known)
        self._key = b"" if _is_documented(pack, builder.key) else builder.key
        self._passwords = builder.passwords
        self._links = Links()
        self._named: dict[int, int] = {}  # by hash: of all ids none may be forgotten
        self._first: dict[tuple[str, str], dict[str, tuple[Any, int]]] = {}
        self._breaches: dict[tuple[int, bytes], Mapping[str, str]] = {}
        self._lists: dict[int, KnownLists] = {}
        self._at_a_long_one, self._remembering = Lock(), Lock()

    def read(self, exchange: Exchange, change: Change) -> Answer:
        """What the answer is. A success is remembered, so that no refusal may tell what it told."""
        long = isinstance(exchange.answer, Response) and len(exchange.answer.body) > HELD
        with self._at_a_long_one if long else nullcontext():  # the values of several at once would fill the memory
            return self._read(exchange, change)

    def _read(self, exchange: Exchange, change: Change) -> Answer:
        answer = read_answer(self._pack_for(exchange), exchange.answer, change.front)
        with self._remembering:
            self._remember(exchange, change, answer)
        return answer

    def _remember(self, exchange: Exchange, change: Change, answer: Answer) -> None:
        """Take account of what later answers are compared with."""
        if answer.kind is Kind.ACCEPTED and change.legal:
            self._disclosures.note(self._pack.reading, answer.members)
            first = self._first.setdefault((exchange.request.operation, change.account), {})
            for name in self._lasting & set(answer.members):
                first.setdefault(name, (answer.members[name], exchange.number))
        if answer.kind is Kind.ACCEPTED and self._pack.reading.session_link:
            link = link_in(self._pack, answer.members)
            self._links.note(link, session_of(self._pack, exchange.request), exchange.number)
        id = pointed(answer.members, self._pack.reading.answer_id) if self._pack.reading.answer_id else None
        if id is not None:
            self._named.setdefault(hash(str(id)), exchange.number)

    def asks(self, asks: tuple[Ask, ...], exchange: Exchange, answer: Answer, change: Change) -> list[Judgement]:
        """Hold an answer against the sets of allowed answers of the requirements that the request was sent for."""
        judgements = []
        for ask in asks:
            verdict = allows(ask.allowed, answer, change.front)
            if verdict is not None:
                observed = None if verdict else answer.says
                judgements.append(Judgement(ask.requirement.id, ask.allowed.says, observed, exchange))
        return judgements

    def invariants(self, exchange: Exchange, answer: Answer, change: Change) -> list[Judgement]:
        """Hold an answer against every rule that holds for every answer, the response schemas among them."""
        first = self._first.get((exchange.request.operation, change.account), {})
        pack, signature = self._pack_for(exchange), self._builder.response_signature
        seen = Seen(
            exchange,
            answer,
            change,
            pack,
            signature,
            self._disclosures,
            self._named,
            first,
            self._links,
            key=self._key,
            request_signature=self._builder.request_signature,
            passwords=self._passwords,
        )
        judgements = [*self._by_rule(seen), *self._by_schema(seen)]
        return [one for one in judgements if one.requirement in self._selected]

    def _pack_for(self, exchange: Exchange) -> Pack:
        """The pack, with the statuses that its document itself gives to refusals of what this very request carries."""
        more = documented_statuses(self._pack.operation(exchange.request.operation), exchange.request)
        if not more:
            return self._pack
        reading = self._pack.reading
        refusal, refused = (*reading.refusal_status, *more), (*reading.refused_status, *more)
        return replace(self._pack, reading=replace(reading, refusal_status=refusal, refused_status=refused))

    def _by_rule(self, seen: Seen) -> Iterator[Judgement]:
        for entry in self._invariant_entries:
            rule = INVARIANTS[entry.check.invariant]
            what = seen.about(entry.check.fields)
            if rule.per_answer and rule.applies(what):
                observed = rule.broken(what)
                if observed is None or not _excused(entry, seen):
                    yield Judgement(entry.requirement.id, rule.expected, observed, seen.exchange)

    def requirement_of(self, invariant: str) -> Requirement | None:
        """The selected requirement that an invariant stands for, if there is one."""
        return next((one.requirement for one in self._invariant_entries if one.check.invariant == invariant), None)

    def requirement_of_control(self) -> Requirement | None:
        """The selected requirement that a valid request is accepted, if there is one."""
        entries = (one for one in self._pack.entries if "control" in one.check.changes)
        return next((one.requirement for one in entries if one.requirement.id in self._selected), None)

    @cached_property
    def _lasting(self) -> frozenset[str]:
        """The members that have one value in every success."""
        entries = (one.check for one in self._pack.entries if one.check.invariant == "same-value")
        return frozenset(name for check in entries for name in check.fields)

    @cached_property
    def _invariant_entries(self) -> tuple[Entry, ...]:
        return tuple(one for one in self._pack.entries if one.check.invariant and one.requirement.id in self._selected)

    def _by_schema(self, seen: Seen) -> Iterator[Judgement]:
        """An answer that is neither success nor refusal is held against the schema of what it should have been."""
        if not seen.own or seen.answer.text is None or not isinstance(seen.answer.text.value, dict):
            return
        success = seen.answer.kind is Kind.ACCEPTED or (seen.answer.kind is Kind.UNMARKED and seen.change.legal)
        operation = self._pack.operation(seen.exchange.request.operation)
        schema = operation.success if success else operation.refusal
        broken = self._schema_breaches(schema, seen.response.body, seen.answer.text.value)
        for id in self._tied[operation.name, success]:
            yield Judgement(id, self._pack.requirement(id).title, broken.get(id), seen.exchange)

    def _schema_breaches(self, schema: Any, body: bytes, value: Any) -> Mapping[str, str]:
        """Most requests are answered by one of a few bodies, each of which is held against its schema once."""
        if len(body) > _REMEMBERED_BODY:
            known = self._lists.setdefault(id(schema), KnownLists())
            found = schema_breaches(schema, known.shortened(value))
            if not found:
                known.learn(value)
            return found
        key = (id(schema), body)  # the schemas are the pack's, and live as long as it
        if key not in self._breaches:
            if len(self._breaches) == _REMEMBERED:
                self._breaches.clear()
            self._breaches[key] = schema_breaches(schema, value)
        return self._breaches[key]

    @cached_property
    def _tied(self) -> dict[tuple[str, bool], tuple[str, ...]]:
        """The requirements that the response schemas refer to, by operation and whether it is that of a success."""
        return {
            (one.name, success): requirements_in(one.success if success else one.refusal)
            for one in self._pack.operations
            for success in (True, False)
        }


def _is_documented(pack: Pack, key: bytes) -> bool:
    """Whether a key is a word, or a part of one, with which every target answers: that it does so tells nothing."""
    words = json.dumps([[*pack.codes], *([one.success, one.refusal] for one in pack.operations)]).encode()
    return key in words


def _excused(entry: Entry, seen: Seen) -> bool:
    """Whether a rule leaves out answers to bodies that cannot be read, for what they are or for how they are carried.

    A body in chunks, of another media type or packed may be none at all to the target: how it is answered is open.
    """
    unread = entry.check.except_bodies if seen.documented_method else ()
    return bool(unread) and (
        seen.change.answer_is_open or not malformations(seen.exchange.request.body).isdisjoint(unread)
    )


def schema_breaches(schema: Any, value: Any) -> dict[str, str]:
    """What is wrong with a body, in one line for each requirement that the schema ties to the place."""
    found: dict[str, str] = {}
    for error in errors(schema, value):
        path = list(error.absolute_schema_path)
        if error.validator == "required":
            path = [*path[:-1], "properties", _missing_name(error)]
        id = _nearest_requirement(schema, path)
        if id:
            place = "/".join(map(str, error.absolute_path))
            says = _in_words(error)
            found.setdefault(id, _shorten(f"{place}: {says}" if place else says))
    return found


def _in_words(error: Any) -> str:
    """The message of an error, but for those that only who knows JSON Schema understands."""
    if error.validator == "format":
        return f"{error.instance!r} {misfit(error.validator_value, error.instance)}"
    if error.validator == "not" or (error.validator == "type" and error.instance is None):
        return f"{json.dumps(error.instance)}, which is not allowed here"
    if error.validator == "required":
        return f"{_missing_name(error)} is missing"
    kind = KINDS.get(type(error.instance))  # none of a value that was too deep or too large to read
    if error.validator == "type" and kind:
        named = error.validator_value
        wanted = " or ".join(map(_one, [named] if isinstance(named, str) else named))
        # What is wrong goes first: the value may be long.
        return f"{_one(kind)}, not {wanted}: {json.dumps(error.instance, ensure_ascii=False)}"
    return str(error.message)


def _one(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aio" else f"a {kind}"


def _missing_name(error: Any) -> str:
    """The member that is not there; jsonschema makes one error of each, and names it only in its message."""
    missing: list[str] = [name for name in error.validator_value if name not in error.instance]
    return next((name for name in missing if repr(name) in error.message), missing[0])


def _nearest_requirement(schema: Any, path: list[Any]) -> str | None:
    """The `x-requirement` of the innermost part of the schema on the way to an error."""
    part: Any = schema
    found: str | None = schema.get("x-requirement")
    for step in path:
        try:
            part = part[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(part, dict) and isinstance(part.get("x-requirement"), str):
            found = part["x-requirement"]
    return found


def _shorten(text: str, limit: int = 20_000) -> str:
    # Bounds what is held; what is shown is cut after redaction, which would not find half a secret.
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
