"""The files beside Allure's results that nobody else writes: environment, categories and executor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certhook.recording.wholefile import write_whole

RESULTS_NAME = "allure-results"

CATEGORIES = (
    {"name": "Not met: the certification fails", "matchedStatuses": ["failed"]},
    {"name": "Blocked: could not be judged", "matchedStatuses": ["broken"], "messageRegex": r"(?s)blocked: .*"},
    {
        "name": "Defect of the suite, not of the target",
        "matchedStatuses": ["broken"],
        "messageRegex": r"(?s)(?!blocked: ).*",
    },
    {"name": "Warning: a SHOULD was not met", "messageRegex": r"(?s)warned: .*"},
    {"name": "Waived", "messageRegex": r"(?s)waived: .*"},
    {
        "name": "Not tested: the profile leaves it out",
        "matchedStatuses": ["skipped"],
        "messageRegex": r"(?s)not tested: .*",
    },
    {"name": "Not applicable", "matchedStatuses": ["skipped"], "messageRegex": r"(?s)not applicable: .*"},
)
"""Allure's categories; the first word of a case's message is its outcome."""

_SYSTEMS = (
    ("github", "GITHUB_ACTIONS", "GITHUB_RUN_NUMBER", "GITHUB_WORKFLOW"),
    ("gitlab", "GITLAB_CI", "CI_PIPELINE_IID", "CI_PROJECT_PATH"),
    ("jenkins", "JENKINS_URL", "BUILD_NUMBER", "JOB_NAME"),
)
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"} | {mark: f"\\{mark}" for mark in "=:#! "}


def write_allure_files(directory: Path, result: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Write environment.properties, categories.json and executor.json into DIR/allure-results for a result.json."""
    folder = directory / RESULTS_NAME
    folder.mkdir(exist_ok=True)
    write_whole(folder / "environment.properties", properties(environment_of(result)).encode("ascii"))
    write_whole(folder / "categories.json", _json(CATEGORIES))
    write_whole(folder / "executor.json", _json(executor_of(result, environ)))


def environment_of(result: Mapping[str, Any]) -> dict[str, str]:
    """Return what the report's first page says of the run."""
    shown = {name: str(result[name]) for name in ("protocol", "target", "verdict", "started", "requests", "seed")}
    return shown | {f"version.{name}": str(version) for name, version in sorted(result["versions"].items())}


def executor_of(result: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return who ran it: the CI system that `environ` tells of, or certhook by hand."""
    executor: dict[str, Any] = {"name": "certhook", "type": "certhook", "reportName": _report_name(result)}
    for system, sign, number, name in _SYSTEMS:
        if sign in environ:
            build = environ.get(number, "")
            executor |= {"type": system, "name": environ.get(name, system), "buildName": f"{system} #{build}"}
            executor |= {"buildOrder": int(build)} if build.isdecimal() else {}
            executor |= _links(system, environ)
    return executor


def _report_name(result: Mapping[str, Any]) -> str:
    return f"certhook {result['protocol']}: {result['verdict']}"


def _links(system: str, environ: Mapping[str, str]) -> dict[str, str]:
    github = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"
    pattern = {"github": github, "gitlab": "{CI_PIPELINE_URL}", "jenkins": "{BUILD_URL}"}[system]
    try:
        return {"buildUrl": pattern.format_map(environ)}
    except KeyError:
        return {}


def properties(values: Mapping[str, str]) -> str:
    """Return a Java properties file, every key and value escaped so that it is read back as it was."""
    return "".join(f"{_escaped(key)}={_escaped(value)}\n" for key, value in values.items())


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character) or _ascii(character) for character in text)


def _ascii(character: str) -> str:
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()
