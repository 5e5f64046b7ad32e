"""A run's folder comes home as it was, bounded, and never reaches out of its place."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from certhook.fleet.packing import NotPacked, packed, unpack


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by their path in it."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder with files of ten bytes each, two of them in a folder of their own."""
    folder = tmp_path / "run"
    (folder / "allure-results").mkdir(parents=True)
    for name in ("result.json", "journal.ndjson", "exchanges.har", "allure-results/a", "allure-results/b"):
        (folder / name).write_bytes(name[:5].encode() * 2)
    return folder


def test_what_is_packed_comes_out(run: Path, tmp_path: Path) -> None:
    """The same files, with the same bytes, in the place of what was there before."""
    data, left_out = packed(run)
    home = tmp_path / "home" / "acme"
    home.mkdir(parents=True)
    (home / "old").write_text("old")
    unpack(data, home)
    assert files_in(home) == files_in(run)
    assert left_out == ()
    assert [path.name for path in home.parent.iterdir()] == ["acme"]


@pytest.mark.parametrize(
    ("room", "left_out"),
    [
        (50, ()),
        (49, ("allure-results",)),
        (30, ("allure-results",)),
        (29, ("allure-results", "exchanges.har")),
        (0, ("result.json", "journal.ndjson", "allure-results", "exchanges.har")),
    ],
)
def test_the_least_needed_is_left_out_first(room: int, left_out: tuple[str, ...], run: Path, tmp_path: Path) -> None:
    """Result and journal travel while there is room; a folder goes as a whole or not at all."""
    data, missing = packed(run, room)
    assert set(missing) == set(left_out)
    unpack(data, tmp_path / "home")
    assert sum(map(len, files_in(tmp_path / "home").values())) <= room


def archive_of(member: tarfile.TarInfo) -> bytes:
    """An archive of that alone."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.addfile(member)
    return buffer.getvalue()


def linked(kind: bytes, leads_to: str) -> bytes:
    """An archive of a link."""
    link = tarfile.TarInfo("link")
    link.type, link.linkname = kind, leads_to
    return archive_of(link)


REFUSED = {
    "a path that leads out": archive_of(tarfile.TarInfo("../outside")),
    "a path that leads out later": archive_of(tarfile.TarInfo("inside/../../outside")),
    "a path from the root": archive_of(tarfile.TarInfo("/outside")),
    "a link that leads out": linked(tarfile.SYMTYPE, "/etc/passwd"),
    "a link that does not": linked(tarfile.SYMTYPE, "inside"),
    "a second name": linked(tarfile.LNKTYPE, "inside"),
    "a pipe": linked(tarfile.FIFOTYPE, ""),
    "an archive that was cut": archive_of(tarfile.TarInfo("cut"))[:-20],
    "no archive": b"no archive",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_archive_of_files_is_refused(data: bytes, tmp_path: Path) -> None:
    """No path leads out of the folder, there are files alone, and of what is refused nothing is left behind."""
    with pytest.raises(NotPacked, match=r"what a worker sent is not an archive of a run: "):
        unpack(data, tmp_path / "acme")
    assert list(tmp_path.iterdir()) == []
