"""The named faults of the klas target, one module per group of requirements."""

from certhook.reference.klas.faults import (
    fields,
    malformed,
    methods,
    parameters,
    robustness,
    second_player,
    semantics,
    signature_around,
    signature_compare,
    signature_content,
    signature_response,
    status,
    timestamp,
)

__all__ = [
    "fields",
    "malformed",
    "methods",
    "parameters",
    "robustness",
    "second_player",
    "semantics",
    "signature_around",
    "signature_compare",
    "signature_content",
    "signature_response",
    "status",
    "timestamp",
]
