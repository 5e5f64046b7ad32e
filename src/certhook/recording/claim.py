"""A run's hold on its output folder, so that two runs never write into one: each would report what the other saw."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from certhook.errors import UsageError


class Claim:
    """Holds a folder until it is let go, or this process ends.

    Raises UsageError where another one holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise UsageError(f"--output {folder}: another run is writing there; name another folder") from None
        except OSError:
            pass  # some file systems of a network know no locks on folders

    def close(self) -> None:
        """Let go of the folder; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
