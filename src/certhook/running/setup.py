"""What a run is about, settled before anything is sent, and plain enough to be handed to worker processes."""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from certhook.errors import ProfileError, UsageError, nearest
from certhook.pack.dotted import leaves
from certhook.pack.loading import load_pack
from certhook.pack.model import Pack
from certhook.pack.naming import named
from certhook.profile.credentials import with_secrets
from certhook.profile.mistakes import place_of
from certhook.profile.profile import Profile, profile_from, read_profile
from certhook.profile.tomltext import as_toml
from certhook.running.cases import Selected, select
from certhook.values import GROUPS, Basis

_BARE = ("--embedded", "--insecure", "--require-all")
"""Options of a run that take no value."""


@dataclass(frozen=True, slots=True)
class Setup:
    """One protocol's run. `profile` is the profile's data where it stands in no file (the embedded target's).

    `profile_text` is the profile as TOML, secrets and all, from when its file has been read: that is done once.
    `blocked` says why nothing can be sent; `one_by_one` that the target serves one connection at a time; `salt` (hex)
    keys the tags that stand for masked values. Before workers began, `numbered` was the last number of an exchange,
    `used` counts, by place in the profile, the values of lists that were used up, and `examined` says from when to when
    that was (seconds since 1970).
    """

    protocol: str
    output: str
    target: str | None = None
    ca_file: str | None = None
    insecure: bool = False
    proxy: str | None = None
    profile_path: str | None = None
    profile_text: str = field(default="", repr=False)
    profile: Mapping[str, Any] | None = None
    packs: str | None = None
    groups: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    seed: int = 0
    max_examples: int | None = None
    examples_db: str | None = None
    require_all: bool = False
    workers: int = 1
    salt: str = ""
    embedded: bool = False
    faults: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    latency_ms: int = 0
    blocked: str = ""
    one_by_one: bool = False
    numbered: int = 0
    used: Mapping[str, int] = field(default_factory=dict)
    examined: tuple[int, int] = (0, 0)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Setup:
        lists = ("groups", "requirements", "faults", "variants", "examined")
        return cls(**{**data, **{name: tuple(data[name]) for name in lists}})

    @property
    def command(self) -> str:
        """The command that does the same run again."""
        words = ["certhook", "run", self.protocol]
        if self.packs:  # a protocol that certhook does not bring
            words = ["pytest", "suites", "--packs", self.packs, "--protocol", self.protocol]
        words += [
            flag for flag, given in zip(_BARE, (self.embedded, self.insecure, self.require_all), strict=True) if given
        ]
        several = {
            "--fault": self.faults,
            "--variant": self.variants,
            "--group": self.groups,
            "--requirement": self.requirements,
        }
        for flag, values in several.items():
            words += [word for one in values for word in (flag, one)]
        for flag, value in (("--target", self.target), ("--ca-file", self.ca_file), ("--proxy", self.proxy)):
            words += [flag, value] if value else []
        words += ["--profile", self.profile_path] if self.profile_path else []
        for number, flag in ((self.seed, "--seed"), (self.latency_ms, "--latency-ms")):
            words += [flag, str(number)] if number else []
        words += ["--max-examples", str(self.max_examples)] if self.max_examples is not None else []
        words += ["-n", str(self.workers)] if self.workers > 1 else []
        return shlex.join(words)

    @classmethod
    def of_command(cls, command: str, output: str) -> Setup:
        """The setup of which that is the `command`, all requirements selected. Raises ValueError for any other text."""
        _, _, *words = shlex.split(command)
        protocol = [] if words[:1] == ["--packs"] else ["--protocol"]
        pairs = [word for word in (*protocol, *words) if word not in _BARE]
        values: dict[str, list[str]] = {}
        for flag, value in zip(pairs[::2], pairs[1::2], strict=True):
            values.setdefault(flag, []).append(value)
        if "--protocol" not in values:
            raise ValueError("no command of a run")
        return cls(
            values["--protocol"][0],
            output,
            packs=values.get("--packs", [None])[0],
            target=values.get("--target", [None])[0],
            ca_file=values.get("--ca-file", [None])[0],
            insecure="--insecure" in words,
            proxy=values.get("--proxy", [None])[0],
            profile_path=values.get("--profile", [None])[0],
            embedded="--embedded" in words,
            faults=tuple(values.get("--fault", ())),
            variants=tuple(values.get("--variant", ())),
            require_all="--require-all" in words,
            seed=int(values.get("--seed", ["0"])[0]),
            latency_ms=int(values.get("--latency-ms", ["0"])[0]),
            max_examples=int(values["--max-examples"][0]) if "--max-examples" in values else None,
            workers=int(values.get("-n", ["1"])[0]),
        )

    def self_contained(self) -> Setup:
        """The same, which needs the profile's file, and those of its secrets, no more. Raises ProfileError."""
        if not self.profile_path or self.profile_text:
            return self
        path = Path(self.profile_path)
        found = with_secrets(read_profile(path), folder=path.parent, environ=os.environ, missing_ok=True)
        return replace(self, profile_text=as_toml(found))

    def load(self) -> Loaded:
        """Read the pack and the profile, and select the requirements. Raises UsageError, nothing having been sent."""
        pack = load_pack(self.protocol, Path(self.packs) if self.packs else None)
        self._check_selection(pack)
        profile = self._profile(pack)
        if self.max_examples is not None:
            profile = replace(profile, limits=replace(profile.limits, max_examples=self.max_examples))
        return Loaded(named(pack, profile), profile, select(pack, profile, self.groups, self.requirements))

    def _profile(self, pack: Pack) -> Profile:
        path = Path(self.profile_path) if self.profile_path else None
        data = tomllib.loads(self.profile_text) if self.profile_text else dict(read_profile(path) if path else {})
        if self.profile is not None:
            # The embedded target brings its own address, credentials and test data; the file may say the rest.
            data |= {name: self.profile[name] for name in ("target", "credentials", "subject")}
            for table in ("options", "limits"):
                data[table] = {**self.profile.get(table, {}), **data.get(table, {})}
        profile = profile_from(
            data,
            source=str(path) if path else ("the embedded target" if self.embedded else "no --profile"),
            folder=path.parent if path else Path(),
            protocol=pack.protocol,
            protocol_schema=pack.profile_schema,
            requirement_ids=[one.id for one in pack.requirements],
            target=None if self.profile is not None else self.target,
            way={} if self.embedded else self._way,
        )
        _check_levels(profile, pack)
        _check_second_player(profile, pack)
        return profile

    @property
    def _way(self) -> dict[str, Any]:
        """What the command line says of the way to the target, as a profile says it."""
        ca_file = str(Path(self.ca_file).absolute()) if self.ca_file else None
        said = {"ca_file": ca_file, "insecure": self.insecure, "proxy": self.proxy}
        return {key: value for key, value in said.items() if value}

    def _check_selection(self, pack: Pack) -> None:
        for group in self.groups:
            if group not in GROUPS:
                raise UsageError(f"unknown group {group!r}{nearest(group, pack.groups)}")
            if group not in pack.groups:
                raise UsageError(f"{pack.protocol} has no requirement in group {group!r}{nearest(group, pack.groups)}")
        ids = [one.id for one in pack.requirements]
        for id in self.requirements:
            if id not in ids:
                hint = nearest(id, ids) or f"; certhook list {pack.protocol} shows them all"
                raise UsageError(f"unknown requirement {id!r}{hint}")


def _check_levels(profile: Profile, pack: Pack) -> None:
    """A profile may change what this suite ruled, not what the document says; that can only be waived."""
    for id in profile.levels:
        basis = pack.requirement(id).basis
        if basis is not Basis.POLICY:
            place = place_of(["levels", id])
            what = f"its basis is {basis}; only the level of a policy requirement can be changed"
            raise ProfileError(f"{profile.source}: {place}: {what}")


def _check_second_player(profile: Profile, pack: Pack) -> None:
    """Two players by name that are one would show nothing of a second one."""
    for operation in pack.operations:
        parts = [part for part in leaves(operation.request).values() if "x-other" in part]
        own = [profile.value(part.get("x-pool", part.get("x-value"))) for part in parts]
        others = [profile.value(part["x-other"]) for part in parts]
        same = (other in (one if isinstance(one, list) else [one]) for one, other in zip(own, others, strict=True))
        if parts and None not in others and all(same):
            what = "is what the first player has, as is all of the second one's; name another player, or none"
            raise ProfileError(f"{profile.source}: {parts[0]['x-other']}: {what}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, a checked profile, and the requirements that the run is about."""

    pack: Pack
    profile: Profile
    selected: tuple[Selected, ...]
