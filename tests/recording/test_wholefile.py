"""Files that are there whole or not at all, wherever the user wants them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from certhook.recording.wholefile import whole_file, write_whole
from tests.running import certhook


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """The process's umask, for the length of a test."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize("umask", [0o077, 0o022, 0o002], indirect=True)
def test_who_may_read_a_file_is_what_the_umask_says(umask: int, tmp_path: Path) -> None:
    """A new file and one that is replaced have the same mode as any that the user makes."""
    path = tmp_path / "result.json"
    for data in (b"first", b"second"):
        write_whole(path, data)
        assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    assert path.read_bytes() == b"second"


def test_a_file_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """Where writing fails, what was there is there still, and nothing else."""
    path = tmp_path / "result.json"
    write_whole(path, b"old")

    def fail() -> None:
        with whole_file(path) as file:
            file.write(b"ne")
            file.flush()
            assert path.read_bytes() == b"old"
            raise OSError

    with pytest.raises(OSError, match=r"^$"):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays(tmp_path: Path) -> None:
    """The file that it leads to is the one that is replaced, or made."""
    (tmp_path / "elsewhere").mkdir()
    link, file = tmp_path / "link", tmp_path / "elsewhere" / "file"
    link.symlink_to("elsewhere/file")
    for data in (b"made", b"replaced"):
        write_whole(link, data)
        assert link.is_symlink()
        assert file.read_bytes() == data
    assert list(file.parent.iterdir()) == [file]


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """Who reads at its other end gets the file, and the pipe is one still."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"through")
        assert os.read(end, 100) == b"through"
    finally:
        os.close(end)
    assert pipe.is_fifo()


def test_standard_output_may_be_named(tmp_path: Path) -> None:
    """A link to `/dev/stdout`, which is a link to a pipe, is written to."""
    (tmp_path / "link").symlink_to("/dev/stdout")
    ended = certhook("export", "openapi", "klas", "--output", "link", cwd=tmp_path)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == certhook("export", "openapi", "klas", cwd=tmp_path).out
