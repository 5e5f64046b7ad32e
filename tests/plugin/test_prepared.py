"""The output folder of a run, before anything is sent: made, emptied of an earlier run, or refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from certhook.errors import UsageError
from certhook.running.outputs import prepare_outputs

NOBODY = 65534


@contextmanager
def without_root() -> Iterator[None]:
    """Files are as closed as they say; to root, every file is open."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is there and read-only is wrong usage, not a crash when the journal is begun."""
    (tmp_path / "out").mkdir(mode=0o555)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    with without_root(), pytest.raises(UsageError, match="--output out: cannot be used: Permission denied"):
        prepare_outputs([Path("out")]).close()


def test_a_link_among_the_outputs_is_taken_away(tmp_path: Path) -> None:
    """Where an output is a link to a folder, the link goes, and what it leads to stays as it was."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "letter.txt").write_text("dear")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "allure-results").symlink_to(tmp_path / "elsewhere")
    prepare_outputs([tmp_path / "out"])
    assert list((tmp_path / "out").iterdir()) == []
    assert (tmp_path / "elsewhere" / "letter.txt").read_text() == "dear"
