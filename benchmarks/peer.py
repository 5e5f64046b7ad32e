"""Schemathesis on the same target, from the exported OpenAPI document, with its default settings and one worker."""

from __future__ import annotations

import importlib.metadata
import json
import os
from pathlib import Path

from benchmarks.commands import certhook, measured, scratch, script
from benchmarks.recorded import ROOT, recorded
from benchmarks.runs import Run
from benchmarks.signing import PROTOCOL, SPENT

FOUND_SOMETHING = 1


def version() -> str | None:
    """The installed version of Schemathesis, or None."""
    try:
        return importlib.metadata.version("schemathesis") if script("schemathesis") else None
    except importlib.metadata.PackageNotFoundError:
        return None


def peer_run(protocol: str) -> Run:
    """One run of Schemathesis. Whether it finds something does not matter here. Raises Unusable."""
    folder = scratch()
    with recorded(protocol) as target:
        document, spent = folder / "openapi.json", folder / "spent.json"
        measured(certhook("export", "openapi", protocol, "--output", str(document)), folder)
        words = ["run", str(document), "--url", target.url, "--workers", "1"]
        run = measured(
            [str(script("schemathesis")), *words],
            folder,
            expected=(0, FOUND_SOMETHING),
            environment=_environment(protocol, spent),
        )
        return Run(run, len(target.seen()), json.loads(spent.read_text(encoding="utf-8")))


def _environment(protocol: str, spent: Path) -> dict[str, str]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        "SCHEMATHESIS_HOOKS": "benchmarks.signing",
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        PROTOCOL: protocol,
        SPENT: str(spent),
    }
