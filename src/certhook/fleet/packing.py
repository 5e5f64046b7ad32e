"""A run's folder as bytes, to travel from the machine that made it."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from certhook.recording.file_names import (
    CERTIFICATE_NAME,
    HAR_NAME,
    JOURNAL_NAME,
    JUNIT_NAME,
    PAGE_NAME,
    PYTEST_LOG_NAME,
    RESULT_NAME,
)

LARGEST = 64 * 1024 * 1024
"""Bytes of a run's files, before they are compressed, that travel at most."""

_FIRST = (RESULT_NAME, CERTIFICATE_NAME, PAGE_NAME, PYTEST_LOG_NAME, JUNIT_NAME, JOURNAL_NAME, HAR_NAME)


class NotPacked(Exception):
    """What came is no archive of a run; the message says why, in one line."""


def packed(folder: Path, largest: int = LARGEST) -> tuple[bytes, tuple[str, ...]]:
    """The regular files of a folder as a compressed tar archive, and the names of those for which there was no room.

    What matters most goes in first; a folder in it goes as a whole or not at all.
    """
    buffer, room, left_out = io.BytesIO(), largest, []
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=6) as archive:
        for path in _by_weight(folder):
            files = sorted(file for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
            size = sum(file.stat().st_size for file in files)
            if size > room:
                left_out.append(path.name)
                continue
            room -= size
            for file in files:
                archive.add(file, file.relative_to(folder).as_posix(), recursive=False)
    return buffer.getvalue(), tuple(left_out)


def unpack(data: bytes, folder: Path) -> None:
    """Put the files into `folder`, in place of what is there; whole or not at all.

    Raises NotPacked where an archive reaches out of its folder, has more than regular files, or is none.
    """
    beside = folder.with_name(f".{folder.name}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for member in archive:
                _take(archive, member, beside)
    except (tarfile.TarError, EOFError) as error:
        shutil.rmtree(beside)
        raise NotPacked(f"what a worker sent is not an archive of a run: {error}") from None
    if folder.exists():
        shutil.rmtree(folder)
    beside.rename(folder)


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """By hand: `extractall` lets links in, and refuses what leads out from Python 3.11.4 on only."""
    path = PurePosixPath(member.name)
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or path.is_absolute() or ".." in path.parts:
        raise tarfile.ExtractError(f"{member.name!r} is no file of it")
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with content, (folder / path).open("wb") as file:
        shutil.copyfileobj(content, file)


def _by_weight(folder: Path) -> Iterator[Path]:
    order = {name: place for place, name in enumerate(_FIRST)}
    if folder.is_dir():
        yield from sorted(folder.iterdir(), key=lambda path: (order.get(path.name, len(order)), path.name))
