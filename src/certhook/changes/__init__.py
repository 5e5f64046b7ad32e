"""Changes: the one thing in which a request differs from the control.

Most are violations, which a target must refuse; some are legal, and it must accept them. A *family* names the changes
of one kind, such as `parameters.missing`, and yields one for each place that it applies to, such as
`parameters.missing:player_id`. Packs refer to families by name; no family knows a protocol.
"""

from certhook.building.change import CONTROL, Change
from certhook.changes import (  # noqa: F401 - each registers its families
    accepted,
    around,
    credentials,
    declared,
    documented,
    forgedforms,
    joined,
    methods,
    misplaced,
    optional,
    overridden,
    parameters,
    queried,
    respelled,
    robustness,
    second,
    signature,
    spelt,
    timestamp,
)
from certhook.changes.registry import FAMILIES, Scope, changes_of

__all__ = ["CONTROL", "FAMILIES", "Change", "Scope", "changes_of"]
