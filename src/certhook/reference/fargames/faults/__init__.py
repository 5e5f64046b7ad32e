"""The named faults of the fargames target, one module per group of requirements."""

from certhook.reference.fargames.faults import (
    content,
    fields,
    lookup,
    malformed,
    methods,
    parameters,
    robustness,
    semantics,
    signature,
    signature_around,
    signature_content,
    status,
    timestamp,
)

__all__ = [
    "content",
    "fields",
    "lookup",
    "malformed",
    "methods",
    "parameters",
    "robustness",
    "semantics",
    "signature",
    "signature_around",
    "signature_content",
    "status",
    "timestamp",
]
