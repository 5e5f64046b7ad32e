"""The evenbet reference target."""

from certhook.reference.evenbet import faults as _faults  # registers the faults
from certhook.reference.evenbet import variants as _variants  # registers the variants
from certhook.reference.evenbet.target import EvenbetTarget

TARGET = EvenbetTarget

__all__ = ["TARGET", "EvenbetTarget"]

del _faults, _variants
