"""Under `certhook run`, what pytest says goes to a file in the run's folder; the terminal is the run's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from certhook.recording.file_names import PYTEST_LOG_NAME


def quieten(config: pytest.Config, folder: Path) -> None:
    """Let pytest's terminal reporter write to `pytest.log`, where the run was asked to be quiet."""
    if not getattr(config.option, "certhook_quiet", False):
        return
    from _pytest.terminal import TerminalReporter

    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        config.pluginmanager.unregister(reporter)
    log = (folder / PYTEST_LOG_NAME).open("w", encoding="utf-8", errors="backslashreplace")
    config.add_cleanup(log.close)
    config.pluginmanager.register(TerminalReporter(config, log), "terminalreporter")
