"""Reference targets: one conformant target per protocol, its named faults and its legal variants."""

from certhook.reference.catalogue import Fault, Variant, faults, profile, target_class, variants
from certhook.reference.embedded import Embedded, TargetDied, embedded

__all__ = [
    "Embedded",
    "Fault",
    "TargetDied",
    "Variant",
    "embedded",
    "faults",
    "profile",
    "target_class",
    "variants",
]
