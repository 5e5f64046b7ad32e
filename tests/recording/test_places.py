"""The data folders are found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from certhook import places


def test_checkout() -> None:
    """In a checkout the folders are the repository's."""
    assert (places.schemas_dir() / "result.schema.json").is_file()
    assert places.suites_dir().name == "suites"


def test_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an installed package the folders are within it."""
    (tmp_path / "schemas").mkdir()
    monkeypatch.setattr(places, "_PACKAGE", tmp_path)
    assert places.schemas_dir() == tmp_path / "schemas"
