"""The folder that a run writes into: made, claimed, and cleared of what an earlier run left there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from certhook.errors import UsageError
from certhook.recording.claim import Claim
from certhook.recording.file_names import ALLURE_REPORT_NAME, ALLURE_RESULTS_NAME, OUTPUTS
from certhook.recording.folders import is_run

_SHARED = (ALLURE_RESULTS_NAME, ALLURE_REPORT_NAME)
"""What a run of several protocols leaves beside their folders, and would otherwise be mixed with the next run's."""


def prepare_outputs(folders: Sequence[Path]) -> ExitStack:
    """Make the output folders of a run, and take away what an earlier run left in them, or beside them for all.

    What is returned keeps other runs out of them until it is closed. Raises UsageError for a folder that has something
    in it and is not a run's, or is that of a run that has not ended.
    """
    ran_before = len(folders) > 1 and any(map(is_run, folders))
    with ExitStack() as claims:
        for folder in folders:
            _prepare_output(folder, claims)
        for name in _SHARED if ran_before else ():
            _take_away(folders[0].parent / name)
        return claims.pop_all()


def prepare_examples(folder: Path) -> None:
    """Make the folder that keeps bodies: Hypothesis says nothing where it cannot write there. Raises UsageError."""
    try:
        _make(folder)
    except OSError as error:
        reason = "Not a directory" if isinstance(error, FileExistsError) else error.strerror
        raise UsageError(f"--examples-db {folder}: cannot be used: {reason}") from None


def _make(folder: Path) -> None:
    """Make a folder, and see that it can be written to. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=folder).close()


def _prepare_output(folder: Path, claims: ExitStack) -> None:
    """Make the output folder, claim it, and take away what an earlier run left in it.

    Raises UsageError for a folder that has something in it and is not a run's, which is then left as it is.
    """
    try:
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
        if not names <= set(OUTPUTS) and not is_run(folder):
            raise UsageError(
                f"--output {folder}: is not empty and holds no certhook run; name a new or an empty folder"
            )
        _make(folder)
        claims.callback(Claim(folder).close)
        for name in names & set(OUTPUTS):
            _take_away(folder / name)
    except OSError as error:
        raise UsageError(f"--output {folder}: cannot be used: {error.strerror}") from None


def _take_away(path: Path) -> None:
    """Remove a file, a folder, or a link, not what that leads to. Raises UsageError where that cannot be done."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be taken away: {error.strerror}") from None
