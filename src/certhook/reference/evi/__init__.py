"""The evi reference target."""

from certhook.reference.evi.target import EviTarget

TARGET = EviTarget

__all__ = ["TARGET", "EviTarget"]
