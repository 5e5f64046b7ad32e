"""The process that draws lists of recipes: `python -m certhook.fuzzing.recipe_worker`; recipe_source.py starts it."""

from __future__ import annotations

import pickle
import sys
from contextlib import suppress
from typing import Any

from certhook.fuzzing.search import Search


def main() -> None:
    """Draw what is asked for on standard input, until that ends, or nobody wants it any more."""
    with suppress(EOFError, BrokenPipeError, pickle.UnpicklingError):
        operations, seed = _next()
        searches = {name: Search(one, seed) for name, one in operations.items()}
        while True:
            operation, number = _next()
            pickle.dump(((operation, number), searches[operation].draw(number)), sys.stdout.buffer)
            sys.stdout.buffer.flush()


def _next() -> Any:
    return pickle.load(sys.stdin.buffer)  # noqa: S301 - only its starter holds the other end


if __name__ == "__main__":
    main()
