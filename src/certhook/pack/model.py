"""A protocol as data: what a folder below `schemas/` says, typed and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from certhook.pack.dotted import leaves
from certhook.values import Requirement

Schema = Mapping[str, Any]
"""A JSON Schema, 2020-12, with certhook's own `x-` annotations."""


@dataclass(frozen=True, slots=True)
class Signing:
    """How requests are signed. `key` is a place in the profile; `optional` says why a profile may have none.

    `hint` is what a target may overlook that refuses a right signature.
    """

    scheme: str
    header: str = ""
    key: str = ""
    response_header: str = ""
    optional: str = ""
    hint: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clock:
    """The request field that says when it was made, its unit ("s" or "ms") and the accepted age in seconds."""

    field: str
    unit: str
    window_s: int


@dataclass(frozen=True, slots=True)
class Matcher:
    """One kind of refusal: any of these statuses (an empty tuple: any), any of these codes, none of those.

    `text` are words of which one stands in some text of the body, in any case.
    """

    status: tuple[str, ...] = ()
    code: tuple[str | int, ...] = ()
    not_code: tuple[str | int, ...] = ()
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """A named set of allowed answers, and how to say it in a report.

    `only_refused`: an answer that is no refusal is not judged by this set, since another requirement judges it.
    `front_status`: a refusal by the HTTP server itself, which knows no codes, must have one of the statuses as well.
    """

    name: str
    says: str
    accepted: bool = False
    broken: bool = False
    only_refused: bool = False
    front_status: bool = False
    refusals: tuple[Matcher, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """How a requirement is tested. Exactly one of changes/bodies, invariant, schema, flow, not_applicable is given.

    `changes` and `bodies` are held against the answer set `answer`; `invariant` names a rule that holds for every
    answer, but for those to bodies of the categories `except_bodies`; `schema` says that response schemas refer to the
    requirement; `flow` that a suite's own test does. `fields` are the places that its changes and bodies are about,
    where it is not about all, or the members of answers or requests that its invariant is about. `needs`, `when` and
    `unless` say with which profiles it is tested: those that have each of these places, have these values, and do not
    have all of these.
    """

    changes: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    except_bodies: tuple[str, ...] = ()
    answer: str = ""
    invariant: str = ""
    schema: bool = False
    flow: bool = False
    not_applicable: str = ""
    fields: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    when: Mapping[str, Any] = field(default_factory=dict)
    unless: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A requirement of the catalogue with the way it is tested."""

    requirement: Requirement
    check: Check


@dataclass(frozen=True, slots=True)
class Erratum:
    """A place where the document contradicts itself or is silent, and the reading taken."""

    title: str
    citation: str
    ruling: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer is read: which body carries the success marker, which is the protocol's own refusal.

    `code` is the JSON pointer of the refusal's code. `disclosing` are members that a refusal must not carry with a
    value that a success carried; `private` are members, by name or by JSON pointer, that it must not carry at all.
    `answered_at` and `answer_id` point at the time of an answer and at what names it and no other, where answers have
    them; `echoes` points, by the name of a parameter of the path, at the member of a success that repeats it.
    `session_link` points at the link of a success that is for one session alone, which `session` of the request names.
    An answer with one of `refused_status` is a refusal whatever its body.
    """

    accepted: Schema
    refused: Schema
    code: str
    success_status: tuple[str, ...]
    refusal_status: tuple[str, ...]
    account_data: tuple[str, ...] = ()
    disclosing: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    answered_at: str = ""
    answer_id: str = ""
    session_link: str = ""
    session: str = ""
    echoes: Mapping[str, str] = field(default_factory=dict)
    media_types: tuple[str, ...] = ("application/json", "+json")
    refused_status: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented method of the endpoint."""

    name: str
    method: str
    path: str
    citation: str
    media_type: str
    encoding: str
    request: Schema
    success: Schema
    refusal: Schema
    probes: tuple[str, ...] = ()

    @property
    def mandatory(self) -> tuple[str, ...]:
        return tuple(self.request.get("required", ()))

    @property
    def properties(self) -> Mapping[str, Schema]:
        properties: Mapping[str, Schema] = self.request["properties"]
        return properties

    def carried(self, where: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that travel in the `path`, the `query` or the `form`, that is the body.

        A property's `x-in` says where; what the schema does not name, or says nothing of, travels in the body.
        """
        return {
            name: value for name, value in fields.items() if self.properties.get(name, {}).get("x-in", "form") == where
        }


@dataclass(frozen=True)
class Pack:
    """A protocol. `digest` is the SHA-256 of all its files."""

    protocol: str
    title: str
    served_by: str
    called_by: str
    pages: tuple[str, ...]
    signing: Signing
    clock: Clock | None
    reading: Reading
    codes: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, AnswerSet]
    operations: tuple[Operation, ...]
    entries: tuple[Entry, ...]
    errata: tuple[Erratum, ...]
    profile_schema: Schema
    notices: tuple[Mapping[str, str], ...]
    folder: Path
    digest: str

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        return tuple(entry.requirement for entry in self.entries)

    @cached_property
    def _by_id(self) -> Mapping[str, Requirement]:
        return {one.id: one for one in self.requirements}

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(requirement.group for requirement in self.requirements))

    @cached_property
    def secret_places(self) -> tuple[str, ...]:
        """The places in the profile from which request fields that are marked as secret take their values."""
        parts = [part for operation in self.operations for part in leaves(operation.request).values()]
        marked = [part for part in parts if part.get("x-secret")]
        return tuple(dict.fromkeys(part[key] for part in marked for key in ("x-value", "x-pool") if key in part))

    def operation(self, name: str) -> Operation:
        """The operation of that name. Raises KeyError."""
        for one in self.operations:
            if one.name == name:
                return one
        raise KeyError(name)

    def requirement(self, id: str) -> Requirement:
        """The requirement of that id. Raises KeyError."""
        return self._by_id[id]
