"""FLEET.toml, read and checked before anything is sent.

    [fleet]        jitter_s, seed
    [defaults]     protocol, profile (tables), tags, time_limit_s, max_examples, seed, groups, require_all
    [[operators]]  name, profile (a path, or tables), and any of the defaults

A mistake is a UsageError of one line: file, place, what is wrong and what would be right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from certhook.errors import UsageError, nearest
from certhook.fleet.operator import Operator
from certhook.fleet.profiles import profile_of
from certhook.pack.loading import protocols
from certhook.places import own_schema
from certhook.profile.mistakes import first_mistake
from certhook.profile.profile import read_profile
from certhook.reference import target_class


@dataclass(frozen=True, slots=True)
class Plan:
    """A fleet: `source` is its file's name. Starts are spread over `jitter_s` seconds, in an order made by `seed`."""

    source: str
    operators: tuple[Operator, ...]
    jitter_s: float = 5.0
    seed: int = 0

    def only(self, names: Collection[str], tags: Collection[str] = ()) -> Plan:
        """The plan of the operators with those names, and of those with one of the tags; of all without either.

        Raises UsageError for a name that no operator has, and a tag that leaves nobody.
        """
        known = [operator.name for operator in self.operators]
        for name in names:
            if name not in known:
                raise UsageError(f"{self.source}: no operator {name!r}{nearest(name, known)}")
        for tag in tags:
            if not any(tag in operator.tags for operator in self.operators):
                every = {tag for operator in self.operators for tag in operator.tags}
                raise UsageError(f"{self.source}: no operator has the tag {tag!r}{nearest(tag, every)}")
        if not names and not tags:
            return self
        kept = (one for one in self.operators if one.name in names or one.tags & set(tags))
        return replace(self, operators=tuple(kept))


def read_plan(path: Path) -> Plan:
    """The plan in a file. Raises UsageError for the first mistake, and ProfileError for one in a profile's file."""
    document = read_profile(path)
    mistake = first_mistake(document, own_schema("fleet"))
    if mistake:
        raise UsageError(f"{path}: {mistake.place}: {mistake.what}")
    operators = tuple(_operators(document, path))
    _check_names(operators, path)
    night = document.get("fleet", {})
    return Plan(path.name, operators, float(night.get("jitter_s", 5)), int(night.get("seed", 0)))


def _operators(document: Mapping[str, Any], path: Path) -> Iterator[Operator]:
    defaults = dict(document.get("defaults", {}))
    shared = defaults.pop("profile", {})
    for position, own in enumerate(document["operators"]):
        place = f"{path}: operators[{position}]"
        said = {**defaults, **own}
        _check_protocol(said, place)
        _check_embedded(said, place)
        profile = profile_of(said.pop("profile", {}), shared, path.parent, place)
        yield Operator(**said | _typed(said), profile=profile.data, profile_path=profile.path)


def _typed(said: Mapping[str, Any]) -> dict[str, Any]:
    """What TOML has no word for; a whole number such as 8.0 is an integer to JSON Schema."""
    kinds: dict[str, Any] = {"tags": frozenset, "groups": tuple, "time_limit_s": float}
    kinds |= dict.fromkeys(("max_examples", "seed", "latency_ms"), int)
    return {name: kind(said[name]) for name, kind in kinds.items() if name in said}


def _check_protocol(said: Mapping[str, Any], place: str) -> None:
    protocol = said.get("protocol")
    if protocol is None:
        raise UsageError(f"{place}.protocol: is missing; give it here or in defaults: {', '.join(protocols())}")
    if protocol not in protocols():
        raise UsageError(f"{place}.protocol: unknown protocol {protocol!r}{nearest(protocol, protocols())}")


def _check_embedded(said: Mapping[str, Any], place: str) -> None:
    if said.get("embedded"):
        try:
            target_class(said["protocol"], [said["fault"]] if "fault" in said else [])
        except UsageError as error:
            raise UsageError(f"{place}.fault: {error}") from None
    else:
        for key in ("fault", "latency_ms"):
            if key in said:
                raise UsageError(f"{place}.{key}: needs embedded = true, and no target in the profile")
        if "profile" not in said:
            raise UsageError(f"{place}.profile: is missing")


def _check_names(operators: Iterable[Operator], path: Path) -> None:
    """Each names a folder, and some file systems do not tell upper case from lower."""
    seen: dict[str, str] = {}
    for position, operator in enumerate(operators):
        other = seen.setdefault(operator.name.casefold(), operator.name)
        if len(seen) <= position:
            what = "is there twice" if other == operator.name else f"differs from {other!r} in case only"
            raise UsageError(f"{path}: operators[{position}].name: {operator.name!r} {what}")
