"""How a reader sees a finding for himself: the commands that repeat its exchange."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certhook.recording.redaction import MASK


def replay_command(folder: Path, exchange: int) -> str:
    """The command that sends an exchange of a run's folder again, freshly timed and signed."""
    return f"certhook replay {shlex.quote(str(folder))} {exchange}"


def commands_for(finding: Mapping[str, Any], folder: Path | None) -> list[str]:
    """The replay, where the run has a folder, and the finding's curl, where that is complete."""
    found = [replay_command(folder, finding["exchange"])] if folder and finding["exchange"] is not None else []
    return [*found, finding["curl"]] if is_complete(finding["curl"]) else found


def is_complete(curl: str) -> bool:
    """Whether a curl shows the finding: one without its signature or a credential, or its body, does not."""
    return bool(curl) and MASK not in curl and "@exchange-" not in curl
