"""From a recorded exchange back to the case that it was sent for, so that it can be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from certhook.changes import CONTROL, Scope, changes_of
from certhook.errors import UsageError
from certhook.pack.model import Operation
from certhook.replaying.recorded import is_carried_otherwise, made_anew, recorded_request
from certhook.running.cases import Case, body_asks
from certhook.running.certification import Certification


def case_of(record: Mapping[str, Any], certification: Certification) -> Case:
    """The case of an exchange's line of the journal; a request of no case's own is made from what was recorded.

    Raises UsageError for an exchange that this pack and this profile have nothing for.
    """
    id, operation = record["case"], _operation(record, certification)
    known = next((case for case in certification.cases if case.id == id), None)
    if known is not None:
        return known
    _, _, rest = id.partition(".")
    group = rest.split(".")[0]
    if rest == "doctor":
        name = "control" if record["request"]["method"] == operation.method else "methods.get"
        (change,) = changes_of(name, Scope(certification.pack, operation, certification.profile))
        return Case(id, operation, group, change, ())
    if rest.endswith("-control"):
        return replace(_control(operation, certification), id=id, group=group)
    if rest.startswith((f"{group}.fuzzed", f"{group}.flow.")):
        return _recorded_case(record, group, operation, certification)
    raise UsageError(f"exchange {record['number']}: this certhook has no case {id[:100]!a} with this profile")


def byte_for_byte(case: Case, record: Mapping[str, Any], base: str) -> Case:
    """The same case, its request being the very one that was sent below `base`. Raises UsageError."""
    request = recorded_request(record, base)
    return replace(
        case, change=replace(case.change, apply=lambda _: None, finish=lambda _: request, otherwise=None, reading="")
    )


def _operation(record: Mapping[str, Any], certification: Certification) -> Operation:
    try:
        return certification.pack.operation(record["operation"])
    except KeyError:
        what = f"{certification.pack.protocol} has no operation {record['operation'][:100]!a}"
        raise UsageError(f"exchange {record['number']}: {what}") from None


def _control(operation: Operation, certification: Certification) -> Case:
    """The case that the control of an operation is, asked all that any is asked."""
    controls = [
        case for case in certification.cases if case.change is CONTROL and case.operation.name == operation.name
    ]
    return max(controls, key=lambda case: len(case.asks), default=Case("", operation, "", CONTROL, ()))


def _recorded_case(record: Mapping[str, Any], group: str, operation: Operation, certification: Certification) -> Case:
    change = made_anew(record, certification)
    scope = Scope(certification.pack, operation, certification.profile)
    open_ = () if is_carried_otherwise(record, certification) else certification.selected_open
    return Case(record["case"], operation, group, change, body_asks(scope, open_, change, certification.builder))
