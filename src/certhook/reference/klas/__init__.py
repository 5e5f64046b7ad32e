"""The klas reference target."""

from certhook.reference.klas import faults as _faults  # registers the faults
from certhook.reference.klas import variants as _variants  # registers the variants
from certhook.reference.klas.target import KlasTarget

TARGET = KlasTarget

__all__ = ["TARGET", "KlasTarget"]

del _faults, _variants
