"""The named faults of the evenbet target, one module per group of requirements."""

from certhook.reference.evenbet.faults import (
    fields,
    forged,
    optional,
    parameters,
    robustness,
    semantics,
    signature,
    status,
)

__all__ = ["fields", "forged", "optional", "parameters", "robustness", "semantics", "signature", "status"]
