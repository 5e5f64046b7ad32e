"""Bodies that nobody thought of: Hypothesis explores from valid requests outward."""

from certhook.fuzzing.exploration import Exploration

__all__ = ["Exploration"]
