"""The plugin's options, the same as those of `certhook run`, and what is made of them."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from certhook.errors import UsageError
from certhook.pack.loading import check_known, load_pack, protocols
from certhook.pack.model import Pack
from certhook.places import suites_dir
from certhook.running.setup import Setup


def add_options(parser: pytest.Parser) -> None:
    """Register the options of a certification."""
    group = parser.getgroup("certhook", "certification of an endpoint (only with a folder of suites)")
    group.addoption("--protocol", action="append", metavar="P", help="protocol to certify (default: all, embedded)")
    group.addoption("--target", metavar="URL", help="base URL of the endpoint")
    group.addoption("--ca-file", metavar="FILE", help="CA certificates (PEM) to trust instead of the system's")
    group.addoption("--insecure", action="store_true", help="accept any TLS certificate; the reports say so")
    group.addoption("--proxy", metavar="URL", help="HTTP proxy, or 'env' to use the environment's")
    group.addoption("--profile", metavar="FILE", help="TOML file with credentials and test data")
    group.addoption("--output", metavar="DIR", help="folder for everything the run writes")
    group.addoption("--group", action="append", default=[], metavar="G", help="test only this group's requirements")
    group.addoption("--requirement", action="append", default=[], metavar="ID", help="test only this requirement")
    group.addoption("--max-examples", type=int, metavar="N", help="fuzzed bodies per operation; 0 turns fuzzing off")
    group.addoption("--examples-db", metavar="DIR", help="folder for failing fuzz inputs, retried first next time")
    group.addoption(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed for reproducible requests (ids and timestamps still vary)",
    )
    group.addoption("--require-all", action="store_true", help="a MUST that was not tested makes the run incomplete")
    group.addoption(
        "--sign-key", metavar="FILE", help="sign the verdict with this private key and write certificate.json"
    )
    group.addoption("--embedded", action="store_true", help="certify the built-in reference target")
    group.addoption("--fault", action="append", default=[], metavar="NAME", help="fault of the embedded target")
    group.addoption(
        "--variant", action="append", default=[], metavar="NAME", help="legal variant of the embedded target"
    )
    group.addoption(
        "--latency-ms", type=int, default=0, metavar="N", help="latency of the embedded target, in milliseconds"
    )
    group.addoption("--certhook-quiet", action="store_true", help=argparse.SUPPRESS)
    group.addoption("--packs", metavar="DIR", help="folder of protocols (default: those shipped with certhook)")


def wanted(config: pytest.Config) -> bool:
    """Whether this pytest run is a certification: the suites, or some of them, are among its arguments."""
    paths = ((config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args)
    return any(map(is_of_suites, paths)) or bool(config.getoption("--packs"))


def is_of_suites(path: Path) -> bool:
    """Whether that is the folder of suites, or a file in it: the installed one, or a checkout's beside it."""
    folder = path if path.is_dir() else path.parent
    own = suites_dir()
    return folder == own or all((folder / module.name).is_file() for module in own.glob("test_*.py"))


def setups_of(config: pytest.Config) -> list[Setup]:
    """One Setup for each protocol that the options name. Raises UsageError."""
    option: Any = config.option
    packs = Path(option.packs) if option.packs else None
    chosen = selections((tuple(option.group), tuple(option.requirement)), option.protocol, packs)
    names = list(chosen)
    for name in names:
        check_known(name, packs)
    embedded = option.embedded or (option.target is None and option.profile is None)
    if len(names) > 1 and not embedded:
        raise UsageError(f"--target and --profile need exactly one --protocol; {len(names)} are selected")
    for flag, values in (("--fault", option.fault), ("--variant", option.variant)):
        if values and not embedded:
            raise UsageError(f"{flag} needs --embedded: it is one of the built-in reference target's")
    for flag, number in (("--max-examples", option.max_examples), ("--latency-ms", option.latency_ms)):
        if number is not None and number < 0:
            raise UsageError(f"{flag}: must be at least 0, not {number}")
    of_a_target = {
        "target": option.target,
        "ca-file": option.ca_file,
        "proxy": option.proxy,
        "insecure": option.insecure,
    }
    for name, given in of_a_target.items():
        if embedded and given:
            raise UsageError(f"--embedded and --{name} exclude each other")
    folder = Path(option.output) if option.output else default_output(names)
    return [
        Setup(
            protocol=name,
            output=str((folder / name if len(names) > 1 else folder).absolute()),
            target=option.target,
            ca_file=option.ca_file,
            insecure=option.insecure,
            proxy=option.proxy,
            profile_path=option.profile,
            packs=str(packs.absolute()) if packs else None,
            groups=groups,
            requirements=requirements,
            seed=option.seed,
            max_examples=option.max_examples,
            examples_db=str(Path(option.examples_db).absolute()) if option.examples_db else None,
            require_all=option.require_all,
            salt=secrets.token_hex(16),
            embedded=embedded,
            faults=tuple(option.fault),
            variants=tuple(option.variant),
            latency_ms=option.latency_ms,
        )
        for name, (groups, requirements) in chosen.items()
    ]


Selection = tuple[tuple[str, ...], tuple[str, ...]]
"""The groups and the requirements that were asked for; all where there are none."""


def selections(asked: Selection, named: Sequence[str] | None = None, packs: Path | None = None) -> dict[str, Selection]:
    """What is selected of each protocol that was named.

    Where none was named, of those alone of which the selection names something. What is in none goes to all of them, to
    be refused.
    """
    if named or not any(asked):
        return dict.fromkeys(named or protocols(packs), asked)
    found = {name: _selected_of(load_pack(name, packs), *asked) for name in protocols(packs)}
    unknown = tuple(
        tuple(word for word in words if not any(word in one[kind] for one in found.values()))
        for kind, words in enumerate(asked)
    )
    if any(unknown):
        return dict.fromkeys(found, (unknown[0], unknown[1]))
    return {name: one for name, one in found.items() if any(one)}


def _selected_of(pack: Pack, groups: Iterable[str], ids: Iterable[str]) -> Selection:
    """What of a selection a protocol can be asked for: groups in which something can be tested, and its own ids."""
    testable = {one.requirement.group for one in pack.entries if not one.check.not_applicable}
    own = {one.id for one in pack.requirements}
    return tuple(one for one in groups if one in testable), tuple(one for one in ids if one in own)


def default_output(names: list[str]) -> Path:
    """`reports/<protocol>-<UTC time>` below the current folder; a number behind it where that is taken."""
    stem = f"{'-'.join(names) if len(names) == 1 else 'all'}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    candidates = (Path("reports") / (stem if not count else f"{stem}-{count}") for count in range(1000))
    return next(path for path in candidates if not path.exists())
