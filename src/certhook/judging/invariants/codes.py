"""The HTTP statuses of successes and refusals, and the codes of refusals."""

from __future__ import annotations

from certhook.judging.answers import OF_ANY_LAYER, Kind, status_fits
from certhook.judging.invariants.rule import Seen, invariant


@invariant("success-status", "the documented HTTP status of a success", lambda seen: seen.answer.kind is Kind.ACCEPTED)
def success_status(seen: Seen) -> str | None:
    return None if status_fits(seen.answer.status, seen.pack.reading.success_status) else seen.answer.says


def _refused(seen: Seen) -> bool:
    return seen.answer.kind is Kind.REFUSED and not seen.answer.front


def _coded(seen: Seen) -> bool:
    """A refusal, or what would be one but for its status."""
    return _refused(seen) or (seen.answer.kind is Kind.BROKEN and seen.answer.code is not None)


@invariant("refusal-readable", "a JSON object", _refused)
def refusal_readable(seen: Seen) -> str | None:
    return None if seen.answer.text else seen.answer.says


@invariant("refusal-status", "an HTTP status allowed for a refusal", _coded)
def refusal_status(seen: Seen) -> str | None:
    allowed = (*seen.pack.reading.refusal_status, *seen.change.front)
    return None if status_fits(seen.answer.status, allowed) else seen.answer.says


@invariant("refusal-not-success", "a refusal without the status of a success", _coded)
def refusal_not_success(seen: Seen) -> str | None:
    return seen.answer.says if status_fits(seen.answer.status, ("2xx",)) else None


def _should_be_coded(seen: Seen) -> bool:
    """A refusal, but for those of bytes that the HTTP server may refuse: what they are called there is its own."""
    status = seen.answer.status
    by_server = str(status) in OF_ANY_LAYER and status_fits(status, seen.change.front)
    return _refused(seen) and not by_server


@invariant("documented-code", "a documented code", _should_be_coded)
def documented_code(seen: Seen) -> str | None:
    code = seen.answer.code
    if str(code) in seen.pack.codes and code is not None:
        return None
    return f"{seen.answer.says}; the code is not in the document's list" if code is not None else None


@invariant("code-status", "each code with its own HTTP status", _refused)
def code_status(seen: Seen) -> str | None:
    statuses = seen.pack.codes.get(str(seen.answer.code))
    if statuses is None or status_fits(seen.answer.status, statuses):
        return None
    return f"{seen.answer.says}, whose own status is {' or '.join(statuses)}"
