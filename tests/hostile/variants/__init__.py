"""The variants of the hostile target, by what they abuse; importing this package registers them all."""

from tests.hostile.catalogue import VARIANTS
from tests.hostile.variants import bodies, clock, connections, echoes, framing, heads, redirects, texts

__all__ = ["VARIANTS", "bodies", "clock", "connections", "echoes", "framing", "heads", "redirects", "texts"]
