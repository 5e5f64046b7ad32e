"""A profile: what one operator's run rests on, read from TOML and checked before anything is sent.

    [target]       url, ca_file, insecure, proxy
    [credentials]  each a literal, {env = "NAME"} or {file = "path"}
    [subject]      test data that exists at the target
    [options]      readings that the protocol's document leaves open
    [limits]       requests_per_second, in_flight, timeout_s, max_examples
    [levels]       "requirement.id" = "MUST" or "SHOULD"
    [[waivers]]    requirement, reason, owner, expires

A mistake is a ProfileError of one line: source, place, what is wrong and what would be right, never a secret.
"""

from __future__ import annotations

import copy
import json
import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn
from urllib.parse import urlsplit

from certhook.errors import PackError, ProfileError, nearest
from certhook.formats import is_http_url, misfit
from certhook.places import own_schema
from certhook.profile.credentials import Unresolved, resolved
from certhook.profile.mistakes import first_mistake, place_of
from certhook.profile.route import Impassable, Route
from certhook.profile.waivers import Waiver
from certhook.values import Level

_COMMAND_LINE = "command line"
_SECTIONS = ("credentials", "subject", "options")
_LARGEST = 1024 * 1024
"""Bytes of a profile's file at most: what has more is another file, or a device."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a run may press the target.

    `requests_per_second` counts over all workers, None is no limit; `in_flight` requests are under way at once, over
    one worker; an answer may take `timeout_s` seconds; a fuzzed property has `max_examples` examples.
    """

    requests_per_second: float | None = None
    in_flight: int = 8
    timeout_s: float = 10.0
    max_examples: int = 60


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that has been checked. `url` is the target's, `source` the file's name or "command line"."""

    protocol: str
    url: str
    credentials: Mapping[str, str] = field(repr=False)
    subject: Mapping[str, Any]
    options: Mapping[str, Any]
    limits: Limits
    levels: Mapping[str, Level]
    waivers: tuple[Waiver, ...]
    source: str
    route: Route = field(default=Route(), repr=False)

    def value(self, place: str, default: Any = None) -> Any:
        """What stands at a place such as `subject.player_id`, or `default`.

        Raises PackError for a place outside credentials, subject and options, since packs are what name places.
        """
        section, *keys = place.split(".")
        if section not in _SECTIONS:
            raise PackError(f"{place}: a profile has no values in {section!r}{nearest(section, _SECTIONS)}")
        found: Any = getattr(self, section)
        for key in keys:
            if not isinstance(found, Mapping) or key not in found:
                return default
            found = found[key]
        return found

    def secrets(self) -> tuple[str, ...]:
        """The value of every credential, a proxy's among them, for redaction."""
        return (*self.credentials.values(), *self.route.secrets)

    def without_secrets(self, hidden: Collection[str] = ()) -> dict[str, Any]:
        """The profile as JSON for reports, with every credential, and what stands at a `hidden` place, as `***`."""
        return {
            "protocol": self.protocol,
            "source": self.source,
            "target": {"url": self.url, **self._way()},
            "credentials": dict.fromkeys(self.credentials, "***"),
            "subject": {name: _shown(value, f"subject.{name}" in hidden) for name, value in self.subject.items()},
            "options": copy.deepcopy(dict(self.options)),
            "limits": asdict(self.limits),
            "levels": {requirement: level.value for requirement, level in self.levels.items()},
            "waivers": [{**asdict(waiver), "expires": waiver.expires.isoformat()} for waiver in self.waivers],
        }

    def _way(self) -> dict[str, Any]:
        """What of the route is not as usual."""
        route = self.route
        said = {"ca_file": route.ca_file, "insecure": route.insecure, "proxy": route.proxy_address}
        return {key: value for key, value in said.items() if value}


def _shown(value: Any, hidden: bool) -> Any:  # noqa: FBT001 - read where it is called
    """A value for reports; of a hidden list only its length can be seen."""
    if not hidden:
        return copy.deepcopy(value)
    return ["***"] * len(value) if isinstance(value, list) else "***"


def profile_from(  # noqa: PLR0913 - each is an input of its own, and all but the first are named
    data: Mapping[str, Any],
    *,
    source: str,
    protocol: str,
    protocol_schema: Mapping[str, Any],
    requirement_ids: Collection[str],
    target: str | None = None,
    way: Mapping[str, Any] = MappingProxyType({}),
    environ: Mapping[str, str] = os.environ,
    folder: Path = Path(),
) -> Profile:
    """The profile that `data`, shaped as in the TOML file, makes for a protocol.

    `protocol_schema` is the protocol's profile.schema.json; `requirement_ids` are those that levels and waivers may
    name; the command line overrides the profile with `target`, its URL, and with `way`, what it says of ca_file,
    insecure and proxy; files are relative to `folder`. Raises ProfileError for the first mistake.
    """
    document = _whole(data, source)
    mistake = first_mistake(document, _combined(protocol_schema))
    if mistake:
        _refuse(source, mistake.place, mistake.what)
    _check_requirements(document, requirement_ids, source)
    return Profile(
        protocol=protocol,
        url=(url := _url(document, target, source)),
        route=_route({**document["target"], **way, "url": url}, way, folder, source),
        credentials=_credentials(document["credentials"], source, folder, environ),
        subject=document["subject"],
        options=document["options"],
        limits=_limits(document["limits"]),
        levels={requirement: Level(level) for requirement, level in document["levels"].items()},
        waivers=tuple(map(Waiver.from_json, document["waivers"])),
        source=source,
    )


def _refuse(source: str, place: str, what: str) -> NoReturn:
    message = ": ".join(part for part in (source, place, what) if part)
    raise ProfileError(" ".join(message.splitlines())) from None


def read_profile(path: Path) -> dict[str, Any]:
    """The data in a TOML file, unchecked. Raises ProfileError where it cannot be read or is not TOML."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            _refuse(str(path), "", f"is larger than {_LARGEST // 1024} KiB, so no profile")
        return tomllib.loads(content.decode("utf-8-sig"))  # some editors begin with a byte order mark
    except OSError as error:
        _refuse(str(path), "", f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        _refuse(str(path), f"byte {error.start}", "not UTF-8, which TOML is written in")
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).removesuffix(")").partition(" (at ")
        _refuse(str(path), place, f"not TOML: {what}")
    except (ValueError, RecursionError):
        _refuse(str(path), "", "holds a number or a nesting too large to be read")


def _whole(data: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A copy of the data with every section, and with the dates of waivers as the text that JSON Schema knows."""
    empty: dict[str, Any] = {"target": {}, "limits": {}, "levels": {}, "waivers": []} | {name: {} for name in _SECTIONS}
    document = empty | copy.deepcopy(dict(data))
    waivers = document["waivers"] if isinstance(document["waivers"], list) else []
    for position, waiver in enumerate(waivers):
        if isinstance(waiver, dict) and "expires" in waiver:
            waiver["expires"] = _date_text(waiver["expires"], place_of(["waivers", position, "expires"]), source)
    return document


def _date_text(value: Any, place: str, source: str) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        _refuse(source, place, "must be a TOML date, such as 2027-01-31, without quotes and without a time")
    return value.isoformat()


def _combined(protocol_schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema common to all profiles, in which the protocol's own says what its three sections hold."""
    common, own = own_schema("profile"), protocol_schema.get("properties", {})
    sections = {name: {**common["properties"][name], **own.get(name, {})} for name in _SECTIONS}
    for section in sections.values():
        section |= {"properties": section.get("properties", {}), "additionalProperties": False}
    credentials = sections["credentials"]["properties"]
    sections["credentials"]["properties"] = {name: _secret(says) for name, says in credentials.items()}
    return {**common, "properties": {**common["properties"], **sections}}


def _secret(says: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a credential: what the protocol says that it is, and how any secret is given."""
    how = own_schema("profile")["$defs"]["secret"]
    descriptions = (says.get("description", "").rstrip("."), how["description"])
    return {**how, **says, "description": "; ".join(text for text in descriptions if text)}


def _check_requirements(document: Mapping[str, Any], known: Collection[str], source: str) -> None:
    named = [(place_of(["levels", requirement]), requirement) for requirement in document["levels"]]
    waived = [waiver["requirement"] for waiver in document["waivers"]]
    named += [
        (place_of(["waivers", position, "requirement"]), requirement) for position, requirement in enumerate(waived)
    ]
    for place, requirement in named:
        if requirement not in known:
            _refuse(source, place, f"unknown requirement {json.dumps(requirement)}{nearest(requirement, known)}")
    for position, requirement in enumerate(waived):
        if requirement in waived[:position]:
            _refuse(source, place_of(["waivers", position, "requirement"]), f"{requirement} is waived twice")


def _url(document: Mapping[str, Any], target: str | None, source: str) -> str:
    url: str | None = target if target is not None else document["target"].get("url")
    if url is None:
        _refuse(source, "target.url", "is missing; give it in the profile or as --target")
    what = _url_mistake(url)
    if what:
        _refuse(*((_COMMAND_LINE, "--target") if target is not None else (source, "target.url")), what)
    return url


def _route(target: Mapping[str, Any], way: Mapping[str, Any], folder: Path, source: str) -> Route:
    try:
        return Route.of(target, folder)
    except Impassable as error:
        said = (_COMMAND_LINE, f"--{error.key.replace('_', '-')}") if error.key in way else None
        _refuse(*(said or (source, f"target.{error.key}")), str(error))


def _url_mistake(url: str) -> str | None:
    """What is wrong with a target's URL. The URL itself is not quoted, for it may hold a password."""
    if not is_http_url(url):
        right = "must be an absolute http or https URL with a host, such as https://host.example/webhook"
        return f"{right}; this one {misfit('http-url', url)}"
    if "@" in urlsplit(url).netloc:
        return "must not hold a user name or password"
    if "#" in url:
        return "must not have a fragment (#...)"
    # Paths of operations are added to it, and a query would swallow them.
    return "must not have a query (?...)" if "?" in url else None


def _credentials(secrets: Mapping[str, Any], source: str, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, secret in secrets.items():
        try:
            found[name] = resolved(secret, folder=folder, environ=environ)
        except Unresolved as error:
            _refuse(source, place_of(["credentials", name]), str(error))
    return found


def _limits(data: Mapping[str, Any]) -> Limits:
    # A whole number such as 8.0 is an integer to JSON Schema.
    counts = {name: int(data[name]) for name in ("in_flight", "max_examples") if name in data}
    rates = {name: float(data[name]) for name in ("requests_per_second", "timeout_s") if name in data}
    return Limits(**counts, **rates)  # type: ignore[arg-type] # names of two types, told apart above
