"""The named faults of the evenbet target, one module per group of requirements."""

from certhook.reference.evenbet.faults import (
    cleaned,
    fields,
    forged,
    known,
    loose,
    methods,
    misplaced,
    misread,
    normalised,
    optional,
    options,
    parameters,
    robustness,
    semantics,
    signature,
    status,
)

__all__ = [
    "cleaned",
    "fields",
    "forged",
    "known",
    "loose",
    "methods",
    "misplaced",
    "misread",
    "normalised",
    "optional",
    "options",
    "parameters",
    "robustness",
    "semantics",
    "signature",
    "status",
]
