"""`certhook export openapi`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from certhook.cli import cli
from certhook.pack.loading import load_pack, protocols
from certhook.pack.openapi import openapi_of, plain


@pytest.mark.parametrize("protocol", protocols())
def test_every_pack_makes_a_valid_document(protocol: str) -> None:
    """A maintained validator finds nothing wrong with it, and every operation is in it."""
    document = openapi_of(load_pack(protocol))
    OpenAPIV31SpecValidator(document).validate()
    operations = {method["operationId"] for path in document["paths"].values() for method in path.values()}
    assert operations == {operation.name for operation in load_pack(protocol).operations}


def test_nothing_of_the_pack_that_only_certhook_reads_is_left() -> None:
    """Annotations and formats of certhook's own go; a member that is named like one stays."""
    schema = {
        "x-citation": "a § b",
        "format": "iso-4217",
        "properties": {"format": {"type": "string", "x-value": "now"}},
    }
    assert plain(schema) == {"properties": {"format": {"type": "string"}}}


def test_the_document_goes_to_a_file(tmp_path: Path) -> None:
    """With --output the document is in that file, and nothing is printed."""
    target = tmp_path / "klas.json"
    cli.main(["export", "openapi", "klas", "--output", str(target)], standalone_mode=False)
    assert json.loads(target.read_text(encoding="utf-8"))["openapi"] == "3.1.0"
