"""What makes a pack sound: each file fits its schema, and the files fit each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from certhook.changes import FAMILIES
from certhook.errors import PackError, nearest
from certhook.judging.invariants import INVARIANTS
from certhook.judging.oracle import CATEGORIES
from certhook.pack.annotations import ANNOTATIONS, annotated_parts, places_in, requirements_in
from certhook.pack.model import Entry, Pack
from certhook.places import own_schema
from certhook.validation import errors, flaw_of

_CITATION = re.compile(r"\S.* § \S")
_WAYS = ("changes", "bodies", "invariant", "schema", "flow", "not_applicable")


def check_document(document: Mapping[str, Any], part: str, path: Path) -> None:
    """Hold one TOML file against its part of `pack.schema.json`. Raises PackError at the place that is wrong."""
    wrong = list(errors(_schema_of(part), document))
    if wrong:
        from jsonschema.exceptions import best_match

        error = best_match(wrong)
        raise PackError(f"{path}: {_place(document, error.absolute_path)}: {error.message}")


def check_schema(schema: Mapping[str, Any], path: Path) -> None:
    """A response or request schema is sound, cites a place for each of its properties, and has known annotations."""
    flaw = flaw_of(schema)
    if flaw:
        raise PackError(f"{path}: {flaw}")
    for place, part in _properties(schema):
        if not _CITATION.match(part.get("x-citation", "")):
            raise PackError(f'{path}: {place}: has no x-citation of the form "page § place"')
    for annotated in annotated_parts(schema):
        for reason in _unknown("annotation", annotated, ANNOTATIONS):
            raise PackError(f"{path}: {reason}")


def check_pack(pack: Pack) -> None:
    """Every name that one file uses is one that another file, or the engine, defines. Raises PackError."""
    ids = [entry.requirement.id for entry in pack.entries]
    catalogue = pack.folder / "requirements.toml"
    for id in ids:
        if ids.count(id) > 1:
            raise PackError(f"{catalogue}: {id}: stands there twice")
        if not id.startswith(f"{pack.protocol}."):
            raise PackError(f"{catalogue}: {id}: an id begins with {pack.protocol}.")
    for entry in pack.entries:
        for reason in _faults_of(entry, pack):
            raise PackError(f"{catalogue}: {entry.requirement.id}: {reason}")
    _check_references(pack, set(ids))
    _check_places(pack)


def _faults_of(entry: Entry, pack: Pack) -> Iterator[str]:
    check = entry.check
    if not _CITATION.match(entry.requirement.citation):
        yield 'citation is not of the form "page § place"'
    ways = [way for way in _WAYS if getattr(check, way)]
    if not ways or (len(ways) > 1 and ways != ["changes", "bodies"]):
        yield f"is tested by {' and '.join(ways) or 'nothing'}; it takes one of {', '.join(_WAYS)}"
    yield from _unknown("change", (name.split(":")[0] for name in check.changes), FAMILIES)
    yield from _unknown("body category", (*check.bodies, *check.except_bodies), CATEGORIES)
    yield from _unknown("invariant", [check.invariant] if check.invariant else [], INVARIANTS)
    yield from _unknown("operation", check.operations, [one.name for one in pack.operations])
    if check.changes or check.bodies:
        yield from _unknown("answer", [check.answer], pack.answers)


def _unknown(kind: str, words: Any, known: Any) -> Iterator[str]:
    for word in words:
        if word not in known:
            yield f"unknown {kind} {word!r}{nearest(word, known)}"


def _check_references(pack: Pack, ids: set[str]) -> None:
    referred = set()
    for operation in pack.operations:
        for part in ("request", "success", "refusal"):
            for word in requirements_in(getattr(operation, part)):
                referred.add(word)
                if word not in ids:
                    raise PackError(
                        f"{pack.folder}: {operation.name} {part} schema: x-requirement {word!r} is not in the catalogue"
                        f"{nearest(word, ids)}"
                    )
    for entry in pack.entries:
        if entry.check.schema and entry.requirement.id not in referred:
            raise PackError(f"{pack.folder / 'requirements.toml'}: {entry.requirement.id}: no schema refers to it")


def _check_places(pack: Pack) -> None:
    """Each place in a profile that the pack names is one that its profiles may have."""
    tables = pack.profile_schema.get("properties", {})
    known = {f"{table}.{name}" for table, part in tables.items() for name in part.get("properties", {})}
    for operation in pack.operations:
        for part in annotated_parts(operation.request):
            for reason in _unknown("place in the profile", places_in(part), known):
                raise PackError(f"{pack.folder}: {operation.name} request schema: {reason}")
    for entry in pack.entries:
        check = entry.check
        for reason in _unknown("place in the profile", (*check.needs, *check.when, *check.unless), known):
            raise PackError(f"{pack.folder / 'requirements.toml'}: {entry.requirement.id}: {reason}")


def _properties(schema: Any, place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        yield f"{place}/{name}", part
        yield from _properties(part, f"{place}/{name}")
    if isinstance(schema.get("items"), dict):
        yield from _properties(schema["items"], f"{place}/items")


def _place(document: Any, path: Any) -> str:
    """`requirement[3] (klas.fields.x).level` rather than a bare index."""
    words, part = [], document
    for step in path:
        part = part[step]
        name = f" ({part['id']})" if isinstance(step, int) and isinstance(part, dict) and "id" in part else ""
        words.append(f"[{step}]{name}" if isinstance(step, int) else f".{step}")
    return "".join(words).lstrip(".") or "top level"


@cache
def _schema_of(part: str) -> Mapping[str, Any]:
    return {**own_schema("pack"), "$ref": f"#/$defs/{part}"}
