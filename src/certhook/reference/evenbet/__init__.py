"""The evenbet reference target."""

from certhook.reference.evenbet.target import EvenbetTarget

TARGET = EvenbetTarget

__all__ = ["TARGET", "EvenbetTarget"]
