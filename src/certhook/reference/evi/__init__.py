"""The evi reference target."""

from certhook.reference.evi import faults as _faults  # registers the faults
from certhook.reference.evi import variants as _variants  # registers the variants
from certhook.reference.evi.target import EviTarget

TARGET = EviTarget

__all__ = ["TARGET", "EviTarget"]

del _faults, _variants
