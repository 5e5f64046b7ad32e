"""The klas reference target."""

from certhook.reference.klas.target import KlasTarget

TARGET = KlasTarget

__all__ = ["TARGET", "KlasTarget"]
