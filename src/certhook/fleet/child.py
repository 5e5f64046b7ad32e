"""`python -m certhook.fleet.child FOLDER WORDS...`: a certhook command that does not outlive who started it.

It leads a process group of its own, and holds the reading end of a pipe as its standard input. When that ends, its
starter is gone, however it died: the private folder is taken away, and the whole group is killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading


def main() -> None:
    """Run the command that the words name."""
    folder, *words = sys.argv[1:]
    # A descriptor of our own, since pytest puts another file in the place of standard input.
    threading.Thread(target=_die_with_starter, args=(os.dup(0), folder), daemon=True).start()
    sys.argv = ["certhook", *words]
    from certhook.cli import main as certhook

    certhook()


def _die_with_starter(descriptor: int, folder: str) -> None:
    while os.read(descriptor, 1024):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
