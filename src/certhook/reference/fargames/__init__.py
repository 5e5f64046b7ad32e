"""The fargames reference target."""

from certhook.reference.fargames import faults as _faults  # registers the faults
from certhook.reference.fargames import variants as _variants  # registers the variants
from certhook.reference.fargames.target import FargamesTarget

TARGET = FargamesTarget

__all__ = ["TARGET", "FargamesTarget"]

del _faults, _variants
