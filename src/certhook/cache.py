"""Where certhook keeps what it can get again: Allure, and the tables of characters that Hypothesis draws from."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path


def cache_folder() -> Path:
    """XDG's place, or the platform's; where the user has no home, a temporary folder that is this user's alone."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / "certhook"
    try:
        home = Path.home()
    except RuntimeError:  # such as in a container that runs as a user whom it does not know
        return _temporary()
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "certhook"


def _temporary() -> Path:
    """The same each time, so that it is a cache; unless somebody else was there first, since what is in it is run."""
    folder = Path(tempfile.gettempdir(), f"certhook-{os.geteuid()}")
    with suppress(FileExistsError):
        folder.mkdir(0o700)
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return folder if ours else Path(tempfile.mkdtemp(prefix="certhook-"))
