"""What is signed: an in-toto Statement v1 with a test-result predicate, made from result.json.

The predicate's own fields say it to any tool that knows in-toto; everything else stands in its member `certhook`.
schemas/certificate.schema.json describes the whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from certhook.attesting.reading import json_object
from certhook.places import own_schema
from certhook.profile.mistakes import first_mistake
from certhook.recording.file_names import RESULT_NAME
from certhook.recording.results import counts_of, verdict_of
from certhook.values import Outcome, Verdict

MEDIA_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"

_KEPT = (
    "protocol",
    "target",
    "verdict",
    "incomplete_because",
    "counts",
    "versions",
    "pack_digest",
    "seed",
    "started",
    "duration_s",
    "requests",
    "waivers",
    "notices",
)


def statement_of(result: Mapping[str, Any], written: bytes) -> dict[str, Any]:
    """The statement of a result; `written` are the bytes of its result.json."""
    profile = _digest(canonical(result["profile"]))
    own = {name: result[name] for name in _KEPT}
    own["requirements"] = [{key: one[key] for key in ("id", "level", "outcome")} for one in result["requirements"]]
    own["result"] = {"name": RESULT_NAME, "digest": _digest(written)}
    pack = {"sha256": result["pack_digest"]}
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": result["target"], "digest": profile}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            **_test_result(own),
            "configuration": [{"name": "pack", "digest": pack}, {"name": "profile", "digest": profile}],
            "certhook": own,
        },
    }


def canonical(value: Any) -> bytes:
    """A JSON value in the one way in which it is digested and signed: names sorted, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def read_statement(payload: bytes) -> dict[str, Any]:
    """The statement in a payload. Raises ValueError, whose text goes on after "it", where it is none of certhook's."""
    document = json_object(payload)
    mistake = first_mistake(document, _schema())
    if mistake:
        raise ValueError(f"is not a statement of certhook: {mistake.place} {mistake.what}")
    return document


def contradictions(statement: Mapping[str, Any]) -> Iterator[str]:
    """Where a statement says of the whole what the outcomes of its requirements do not bear out."""
    predicate = statement["predicate"]
    own, requirements = predicate["certhook"], predicate["certhook"]["requirements"]
    if verdict_of(requirements, own["incomplete_because"]) != own["verdict"]:
        yield "its verdict is not that of its requirements"
    if counts_of(requirements) != own["counts"]:
        yield "its counts are not those of its requirements"
    if any(predicate.get(name) != value for name, value in _test_result(own).items()):
        yield "its result and lists of tests are not those of its requirements"
    if [one["name"] for one in statement["subject"]] != [own["target"]]:
        yield "its subject is not its target"


def _test_result(own: Mapping[str, Any]) -> dict[str, Any]:
    """The predicate's own words: a test is a requirement; what could not be judged is in none of the lists."""
    named = {outcome: [one["id"] for one in own["requirements"] if one["outcome"] == outcome] for outcome in Outcome}
    warned = [*named[Outcome.WARNED], *named[Outcome.WAIVED]]
    passed = "WARNED" if warned else "PASSED"
    return {
        "result": passed if own["verdict"] == Verdict.CERTIFIED else "FAILED",
        "passedTests": named[Outcome.PASSED],
        "warnedTests": warned,
        "failedTests": named[Outcome.FAILED],
    }


def _digest(data: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(data).hexdigest()}


@cache
def _schema() -> dict[str, Any]:
    return {"$ref": "#/$defs/statement", "$defs": own_schema("certificate")["$defs"]}
