"""Allure's results, written by a process of its own: `python -m certhook.reporting.allure_writer FOLDER`.

There are two files for each case, and to make them takes longer than to judge the answer. The process reads results
from its standard input until that ends, so that what was handed over is written however its starter ends.
"""

from __future__ import annotations

import json
import pickle
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, cast

from certhook import own_process
from certhook.reporting.exchange_text import evidence_text

Record = dict[str, Any]
"""An exchange's line of the journal."""


class AllureFiles:
    """Writes results into a folder, with the library's own writer; several processes may."""

    def __init__(self, folder: Path) -> None:
        from allure_commons import logger

        typed: Any = logger  # has no types
        self._files = typed.AllureFileLogger(folder)

    def write(self, result: Any, records: Sequence[Record], deciding: Record | None) -> None:
        """Write a TestResult of allure_commons; attached to it are recorded exchanges, and the deciding one in full."""
        from allure_commons.model2 import Attachment

        if deciding is not None:
            source = f"{uuid.uuid4()}-attachment.txt"
            self._files.report_attached_data(evidence_text(records, deciding), source)
            result.attachments.append(Attachment(name="exchange", source=source, type="text/plain"))
        self._files.report_result(result)

    def close(self) -> None:
        """There is nothing to wait for."""


class AllureWriter:
    """Hands results over to a process that writes them."""

    def __init__(self, folder: Path) -> None:
        self._child = own_process.start(__name__, str(folder))

    def write(self, result: Any, records: Sequence[Record], deciding: Record | None) -> None:
        """As AllureFiles does it. Raises OSError where an earlier one could not be written."""
        stream = cast("IO[bytes]", self._child.stdin)
        try:
            pickle.dump((result, records, deciding), stream)
            stream.flush()
        except BrokenPipeError:
            self.close()
            raise

    def close(self) -> None:
        """Wait until everything is written. Raises OSError where it could not be."""
        if self._child.returncode is not None:
            return
        said, _ = self._child.communicate()
        if self._child.returncode:
            raise OSError(*json.loads(said)) if said else ChildProcessError("the writer of Allure's results was killed")


def main() -> int:
    """Write what comes. Returns 1, and says why on standard output, where it cannot be written."""
    try:
        files = AllureFiles(Path(sys.argv[1]))
        while message := _next():
            files.write(*message)
    except OSError as error:
        sys.stdout.write(json.dumps([error.errno, error.strerror]))
        return 1
    return 0


def _next() -> tuple[Any, Sequence[Record], Record | None] | None:
    """What comes next on standard input, or None at its end, also where that is in the middle of something."""
    try:
        message: tuple[Any, Sequence[Record], Record | None] = pickle.load(sys.stdin.buffer)  # noqa: S301 - only its starter holds the other end
    except (EOFError, pickle.UnpicklingError):
        return None
    return message


if __name__ == "__main__":
    sys.exit(main())
