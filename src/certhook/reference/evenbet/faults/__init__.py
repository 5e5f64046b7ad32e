"""The named faults of the evenbet target, one module per group of requirements."""

from certhook.reference.evenbet.faults import (
    fields,
    forged,
    normalised,
    optional,
    parameters,
    robustness,
    semantics,
    signature,
    status,
)

__all__ = ["fields", "forged", "normalised", "optional", "parameters", "robustness", "semantics", "signature", "status"]
