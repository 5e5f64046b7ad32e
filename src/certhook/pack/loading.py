"""From a folder to a Pack. Whatever is wrong with it is one PackError: file, place, reason."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from certhook.errors import PackError, UsageError, nearest
from certhook.pack.checking import check_document, check_pack, check_schema
from certhook.pack.model import (
    AnswerSet,
    Check,
    Clock,
    Entry,
    Erratum,
    Matcher,
    Operation,
    Pack,
    Reading,
    Schema,
    Signing,
)
from certhook.places import schemas_dir
from certhook.values import Basis, Level, Requirement

_BUILT_IN_ANSWERS = (
    AnswerSet("accepted", "the success marker", accepted=True),
    AnswerSet("refused", "a refusal", refusals=(Matcher(),)),
    AnswerSet("not-accepted", "anything but the success marker", broken=True, refusals=(Matcher(),)),
)


def protocols(folder: Path | None = None) -> tuple[str, ...]:
    """The names of the protocols that have a folder, in alphabetical order."""
    root = folder or schemas_dir()
    return tuple(sorted(path.parent.name for path in root.glob("*/protocol.toml")))


def check_known(protocol: str, folder: Path | None = None) -> None:
    """Raises UsageError for a name that no protocol has, and says which is near."""
    known = protocols(folder)
    if protocol not in known:
        raise UsageError(f"unknown protocol {protocol!r}{nearest(protocol, known)}")


@cache
def load_pack(protocol: str, folder: Path | None = None) -> Pack:
    """Load and check the folder of one protocol, below `folder` or the project's own schemas.

    Raises UsageError for an unknown name and PackError for a folder that cannot be used.
    """
    check_known(protocol, folder)
    pack = _read((folder or schemas_dir()) / protocol)
    check_pack(pack)
    return pack


def _read(folder: Path) -> Pack:
    head = _toml(folder / "protocol.toml", "protocol")
    catalogue = _toml(folder / "requirements.toml", "requirements")
    errata = _toml(folder / "errata.toml", "errata")
    if head["protocol"] != folder.name:
        raise PackError(f"{folder / 'protocol.toml'}: protocol: is {head['protocol']!r}, should be the folder's name")
    return Pack(
        protocol=head["protocol"],
        title=head["title"],
        served_by=head["served_by"],
        called_by=head["called_by"],
        pages=tuple(head["pages"]),
        signing=_signing(head["signing"]),
        clock=_clock(head.get("clock")),
        reading=_reading(head["reading"]),
        codes={code: tuple(statuses) for code, statuses in head["codes"].items()},
        answers={
            one.name: one
            for one in (*_BUILT_IN_ANSWERS, *(_answers(*item) for item in head.get("answers", {}).items()))
        },
        operations=tuple(_operation(folder, table) for table in head["operations"]),
        entries=tuple(_entry(table) for table in catalogue["requirement"]),
        errata=tuple(Erratum(**table) for table in errata["erratum"]),
        profile_schema=_json(folder / "profile.schema.json"),
        notices=tuple(head.get("notices", ())),
        folder=folder,
        digest=_digest(folder),
    )


def _signing(table: Mapping[str, Any]) -> Signing:
    return Signing(**{key: value for key, value in table.items() if key != "citation"})


def _clock(table: Mapping[str, Any] | None) -> Clock | None:
    return Clock(table["field"], table["unit"], table["window_s"]) if table else None


def _reading(table: Mapping[str, Any]) -> Reading:
    return Reading(**_with_tuples(table))


def _with_tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def _answers(name: str, table: Mapping[str, Any]) -> AnswerSet:
    matchers = tuple(Matcher(**{key: tuple(words) for key, words in one.items()}) for one in table.get("refusals", ()))
    return AnswerSet(name, **{**table, "refusals": matchers})


def _operation(folder: Path, table: Mapping[str, Any]) -> Operation:
    schemas = {part: _schema(folder / table[part]) for part in ("request", "success", "refusal")}
    return Operation(**{**table, **schemas, "probes": tuple(table.get("probes", ()))})


def _entry(table: Mapping[str, Any]) -> Entry:
    own = {"id", "level", "basis", "title", "citation"}
    requirement = Requirement(
        table["id"], Level(table["level"]), Basis(table["basis"]), table["title"], table["citation"]
    )
    return Entry(requirement, Check(**_with_tuples({key: value for key, value in table.items() if key not in own})))


def _schema(path: Path) -> Schema:
    schema = _json(path)
    check_schema(schema, path)
    return schema


def _toml(path: Path, part: str) -> dict[str, Any]:
    try:
        document = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{path}: not TOML: {error}") from None
    check_document(document, part, path)
    return document


def _json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise PackError(f"{path}: line {error.lineno}: not JSON: {error.msg}") from None
    if not isinstance(document, dict):
        raise PackError(f"{path}: the root is not an object")
    return document


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: cannot be read: {error}") from None


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.*")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()
