"""Keeps what Hypothesis draws apart from where certhook is installed."""

from __future__ import annotations

import os
from typing import Any

from certhook.cache import cache_folder


def keep_caches_out_of_the_way() -> None:
    """Let Hypothesis keep its tables of characters in the user's cache rather than in the current folder."""
    from hypothesis.configuration import set_hypothesis_home_dir

    if not os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY"):
        set_hypothesis_home_dir(cache_folder())


def draw_nothing_from_sources() -> None:
    """Let Hypothesis take no constants from source files.

    It reads every module that it takes for the user's own, certhook's among them where that is installed editable: the
    same seed would draw other bodies there than from a wheel. What it has read before, such as under pytest, is put
    aside, too. There is no public setting for it; where the names are gone, drawing works all the same.
    """
    from hypothesis.internal.conjecture import providers

    module: Any = providers
    if hasattr(module, "_get_local_constants"):
        nothing = module.Constants()
        module._get_local_constants = lambda: nothing  # noqa: SLF001
        module.CONSTANTS_CACHE.cache.clear()
