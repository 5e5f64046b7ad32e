"""The files beside Allure's results that nobody else writes: environment, categories and executor."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from certhook import __version__
from certhook.recording.wholefile import write_whole
from certhook.reporting.wording import counts_in_words

ENVIRONMENT_NAME = "environment.properties"

_UNREACHABLE = (
    r"[\s\S]*\n  reason: [^\n]*"
    r"(?:cannot be reached|cannot be resolved|no TLS with|is not trusted|gives no answer|went away)"
)
"""How the doctor and a round put it where nothing can be sent any more, or nothing comes back."""

CATEGORIES = (
    {"name": "A MUST was not met: this fails the certification", "messageRegex": r"^failed: [\s\S]*"},
    {"name": "A SHOULD was not met: a warning", "messageRegex": r"^warned: [\s\S]*"},
    {"name": "Waived", "messageRegex": r"^waived: [\s\S]*"},
    {"name": "Target unreachable", "messageRegex": rf"^blocked: (?={_UNREACHABLE})[\s\S]*"},
    {"name": "Blocked: could not be judged", "messageRegex": rf"^blocked: (?!{_UNREACHABLE})[\s\S]*"},
    {"name": "Not tested", "messageRegex": r"^not tested: [\s\S]*"},
    {"name": "Not applicable", "messageRegex": r"^not applicable: [\s\S]*"},
    {
        "name": "Defect of certhook, not of the target",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": r"^(?!failed: |blocked: )[\s\S]*",
    },
)
"""Allure's categories, each case in one; the first word of a case's message is its outcome.

The expressions mean the same to Allure 2, which matches the whole of a message in Java, and to Allure 3, which searches
in it in JavaScript.
"""

_SYSTEMS = (
    ("github", "GITHUB_ACTIONS", "GITHUB_RUN_NUMBER", "GITHUB_WORKFLOW"),
    ("gitlab", "GITLAB_CI", "CI_PIPELINE_IID", "CI_PROJECT_PATH"),
    ("jenkins", "JENKINS_URL", "BUILD_NUMBER", "JOB_NAME"),
)
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"} | {mark: f"\\{mark}" for mark in "=:#! "}


def write_allure_files(folder: Path, results: Sequence[Mapping[str, Any]], environ: Mapping[str, str]) -> None:
    """Write environment.properties, categories.json and executor.json beside Allure's results.

    `results` are the result.json of the runs whose cases lie in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / ENVIRONMENT_NAME, properties(environment_of(results)).encode("ascii"))
    write_whole(folder / "categories.json", _json(CATEGORIES))
    write_whole(folder / "executor.json", _json(executor_of(environ)))


def environment_of(results: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the report's first page says of the runs, each protocol's under its name where there are several."""
    shown: dict[str, str] = {}
    for result in results:
        prefix = "" if len(results) == 1 else f"{result['protocol']}."
        shown |= {f"{prefix}{name}": str(result[name]) for name in ("verdict", "protocol", "target")}
        shown |= {f"{prefix}requirements": counts_in_words(result)}
        shown |= {f"{prefix}{name}": str(result[name]) for name in ("started", "requests", "seed")}
    return shown | {f"version.{name}": str(version) for name, version in sorted(results[0]["versions"].items())}


def executor_of(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return who ran it: the CI system that `environ` tells of, or certhook alone."""
    executor: dict[str, Any] = {"name": f"certhook {__version__}", "type": "certhook"}
    for system, sign, number, name in _SYSTEMS:
        if sign in environ:
            build = environ.get(number, "")
            executor |= {"type": system, "name": environ.get(name, system), "buildName": f"{system} #{build}"}
            executor |= {"buildOrder": int(build)} if build.isdecimal() else {}
            executor |= _links(system, environ)
    return executor


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
