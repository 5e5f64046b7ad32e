"""The named faults of the evi target, one module per group of requirements."""

from certhook.reference.evi.faults import (
    credentials,
    fields,
    malformed,
    methods,
    parameters,
    passwords,
    refusals,
    robustness,
    semantics,
    status,
)

__all__ = [
    "credentials",
    "fields",
    "malformed",
    "methods",
    "parameters",
    "passwords",
    "refusals",
    "robustness",
    "semantics",
    "status",
]
