"""Faults and legal variants of reference targets, and where they are found.

A protocol's reference target is the package `certhook.reference.<protocol>`; it offers `TARGET`, the class of the
conformant target. Its modules `faults` and `variants` register what they are named for; they are imported when they are
asked for, since most runs need neither. Nothing here names a protocol.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from certhook.errors import UsageError, nearest
from certhook.reference.wire import Target

Mixin = TypeVar("Mixin", bound=type)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class ReferenceTarget(Target, Protocol):
    """A target that knows the profile with which it is tested."""

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        """The profile, in the format of a profile file, of this target at `url`."""


@dataclass(frozen=True)
class Fault:
    """One named way of being wrong.

    `breaks` are the requirements that a run must find breached, `also` those that it may find breached as a
    consequence. `options` and `limits` are what the profile's tables of that name need for the breach to show.
    """

    name: str
    says: str
    mixin: type
    breaks: frozenset[str]
    also: frozenset[str] = frozenset()
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """One named choice that the document leaves open: no MUST may be found breached.

    `options` and `subject` are what the profile's tables of that name must say for it.
    """

    name: str
    says: str
    mixin: type
    options: Mapping[str, Any] = field(default_factory=dict)
    subject: Mapping[str, Any] = field(default_factory=dict)


_FAULTS: dict[str, dict[str, Fault]] = {}
_VARIANTS: dict[str, dict[str, Variant]] = {}


def fault(
    name: str,
    *,
    breaks: Iterable[str],
    also: Iterable[str] = (),
    options: Mapping[str, Any] = _NOTHING,
    limits: Mapping[str, Any] = _NOTHING,
) -> Callable[[Mixin], Mixin]:
    """Register a mixin of a target as the fault `name` of its package's protocol."""

    def register(mixin: Mixin) -> Mixin:
        entry = Fault(name, _says(mixin), mixin, frozenset(breaks), frozenset(also), options, limits)
        _add(_FAULTS, mixin, name, entry)
        return mixin

    return register


def variant(
    name: str, *, options: Mapping[str, Any] = _NOTHING, subject: Mapping[str, Any] = _NOTHING
) -> Callable[[Mixin], Mixin]:
    """Register a mixin of a target as the legal variant `name` of its package's protocol."""

    def register(mixin: Mixin) -> Mixin:
        _add(_VARIANTS, mixin, name, Variant(name, _says(mixin), mixin, options, subject))
        return mixin

    return register


def faults(protocol: str) -> Mapping[str, Fault]:
    """The faults of a protocol's reference target, by name. Raises UsageError for a protocol without one."""
    _package(protocol, "faults")
    return MappingProxyType(_FAULTS.get(protocol, {}))


def variants(protocol: str) -> Mapping[str, Variant]:
    """The legal variants of a protocol's reference target, by name. Raises UsageError for a protocol without one."""
    _package(protocol, "variants")
    return MappingProxyType(_VARIANTS.get(protocol, {}))


def target_class(protocol: str, fault_names: Sequence[str] = (), variant_names: Sequence[str] = ()) -> type[Any]:
    """The protocol's target with those faults and variants mixed in, the first named over the others.

    Raises UsageError for an unknown name.
    """
    base: type[Any] = _package(protocol).TARGET
    mixins = [_named(faults(protocol), name, "fault").mixin for name in fault_names]
    mixins += [_named(variants(protocol), name, "variant").mixin for name in variant_names]
    return type(base.__name__, (*dict.fromkeys(mixins), base), {}) if mixins else base


def profile(
    protocol: str, url: str, fault_names: Sequence[str] = (), variant_names: Sequence[str] = ()
) -> dict[str, Any]:
    """The profile for that target at `url`, with what its variants need, and its faults need to show."""
    result: dict[str, Any] = target_class(protocol, fault_names, variant_names).profile(url)
    for name in variant_names:
        chosen = _named(variants(protocol), name, "variant")
        _extend(result, options=chosen.options, subject=chosen.subject)
    for name in fault_names:
        needed = _named(faults(protocol), name, "fault")
        _extend(result, options=needed.options, limits=needed.limits)
    return result


def _extend(profile: dict[str, Any], **tables: Mapping[str, Any]) -> None:
    """Say more, or something else, in the tables of a profile."""
    for table, values in tables.items():
        if values:
            profile[table] = {**profile.get(table, {}), **values}


def _says(mixin: type) -> str:
    documentation = inspect.cleandoc(mixin.__doc__ or "")
    if not documentation:
        raise TypeError(f"{mixin.__qualname__} has no docstring that says what it does")
    return " ".join(documentation.split())


def _add(registry: dict[str, dict[str, Any]], mixin: type, name: str, entry: object) -> None:
    protocol = mixin.__module__.removeprefix(f"{__package__}.").split(".")[0]
    entries = registry.setdefault(protocol, {})
    if name in entries:
        raise TypeError(f"{protocol} has two entries named {name}")
    entries[name] = entry


def _package(protocol: str, part: str = "") -> Any:
    """The package of a protocol's reference target, or a part of it. Raises UsageError for a protocol without one."""
    name = f"{__package__}.{protocol}"
    spec = importlib.util.find_spec(name) if protocol.isidentifier() else None
    if spec is None or spec.submodule_search_locations is None:
        raise UsageError(f"no reference target for protocol {protocol!r}")
    return importlib.import_module(f"{name}.{part}" if part else name)


Entry = TypeVar("Entry")


def _named(entries: Mapping[str, Entry], name: str, kind: str) -> Entry:
    if name not in entries:
        hint = nearest(name, entries) or "; certhook faults shows them all"
        raise UsageError(f"no {kind} {name!r}{hint}")
    return entries[name]
