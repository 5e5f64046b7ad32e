"""The fargames reference target."""

from certhook.reference.fargames.target import FargamesTarget

TARGET = FargamesTarget

__all__ = ["TARGET", "FargamesTarget"]
