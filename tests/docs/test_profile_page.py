"""docs/profile.md says of a profile what the schemas and the code say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from certhook.pack.loading import load_pack, protocols
from certhook.places import own_schema
from certhook.profile.profile import Limits
from certhook.profile.route import Route

PAGE = Path(__file__).parents[2] / "docs" / "profile.md"
SECTIONS = ("credentials", "subject", "options")
HEADING = ("| key | type | default | meaning |", "|---|---|---|---|")
BOUNDS = {"minimum": "at least", "exclusiveMinimum": "greater than", "maximum": "at most"}
FORMATS = {"http-url": "http or https URL", "date": "date"}
COMMON = own_schema("profile")["properties"]


def one_of(keys: Mapping[str, Any]) -> set[str]:
    """The keys of which exactly one has to be given."""
    return {name for branch in keys.get("oneOf", ()) for name in branch["required"]}


def type_of(schema: Mapping[str, Any]) -> str:
    """What a value may be, in words."""
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if schema["type"] == "array":
        return "array of strings"
    bounds = [f"{words} {schema[word]:,}" for word, words in BOUNDS.items() if word in schema]
    return ", ".join([FORMATS.get(schema.get("format", ""), schema["type"]), *bounds])


def default_of(name: str, keys: Mapping[str, Any]) -> str:
    """What is taken where the key is left out."""
    if name in keys.get("required", ()):
        return "required"
    if name in one_of(keys):
        return "required, or " + ", ".join(f"`{other}`" for other in sorted(one_of(keys) - {name}))
    schema = keys["properties"][name]
    return f"`{json.dumps(schema['default'])}`" if "default" in schema else ""


def rows(keys: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The rows of the keys of one table."""
    for name, schema in keys.get("properties", {}).items():
        kind = "secret" if prefix == "credentials." else type_of(schema)
        default = default_of(name, keys)
        yield f"| `{prefix}{name}` | {kind} | {default} | {schema['description'].removesuffix('.')} |"


def shown(heading: str) -> list[str]:
    """The table below a heading of the page."""
    _, found, rest = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"no heading {heading!r}"
    return [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("|")]


@pytest.mark.parametrize("table", ["target", "limits"])
def test_the_tables_of_every_profile_are_there(table: str) -> None:
    """Each key of a table that all protocols share, with type, bounds, default and meaning."""
    assert shown(f"[{table}]") == [*HEADING, *rows(COMMON[table])]


def test_the_keys_of_a_waiver_are_there() -> None:
    """All of them are required."""
    assert shown("[[waivers]]") == [*HEADING, *rows(COMMON["waivers"]["items"])]


def test_every_table_is_there() -> None:
    """Tables whose keys are requirements or a protocol's own have a heading, too."""
    for name, schema in COMMON.items():
        assert shown(f"[[{name}]]" if schema["type"] == "array" else f"[{name}]") or name in (*SECTIONS, "levels")


@pytest.mark.parametrize("protocol", protocols())
def test_the_keys_of_a_protocol_are_there(protocol: str) -> None:
    """Each key of credentials, subject and options, in one table for each protocol."""
    own = load_pack(protocol).profile_schema["properties"]
    assert set(own) <= set(SECTIONS)
    assert shown(protocol) == [*HEADING, *(row for name in SECTIONS for row in rows(own.get(name, {}), f"{name}."))]


def test_the_page_is_found() -> None:
    """The README and each protocol's page lead to it."""
    root = PAGE.parents[1]
    assert "(docs/profile.md)" in (root / "README.md").read_text(encoding="utf-8")
    for protocol in protocols():
        page = (PAGE.parent / "protocols" / f"{protocol}.md").read_text(encoding="utf-8")
        assert f"(../profile.md#{protocol})" in page


def test_the_defaults_are_those_of_the_code() -> None:
    """What the schemas say of limits and of the way to a target is what the code does without them."""
    for table, taken in (("limits", asdict(Limits())), ("target", asdict(Route()))):
        for name, schema in COMMON[table]["properties"].items():
            assert schema.get("default") == taken.get(name), name


@pytest.mark.parametrize("protocol", protocols())
def test_the_defaults_of_a_protocol_are_those_of_its_pack(protocol: str) -> None:
    """Those of the clock and of test data that requests carry, and the name that a field has on the wire."""
    pack = load_pack(protocol)
    own = pack.profile_schema["properties"]
    told = {
        f"{section}.{name}": schema.get("default")
        for section in SECTIONS
        for name, schema in own.get(section, {}).get("properties", {}).items()
    }
    if pack.clock:
        assert told.get("options.timestamp_window_s") == pack.clock.window_s
        assert told.get("options.timestamp_unit", pack.clock.unit) == pack.clock.unit
    for operation in pack.operations:
        for name, field in operation.properties.items():
            if field.get("x-value") in told:
                assert field.get("default") == told[field["x-value"]], name
            if "x-name" in field:
                assert told[field["x-name"]] == name
