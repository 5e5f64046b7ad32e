"""How xdist shares out the items: a round, with its controls, stays on one worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types


class RoundScheduling(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Takes `protocol-operation.group` from an item's parameter as its scope.

    xdist's own `loadgroup` marks node ids with a suffix, which pytest 9 no longer takes over.
    """

    def _split_scope(self, nodeid: str) -> str:
        _, bracket, parameter = nodeid.rpartition("[")
        return ".".join(parameter.split(".")[:2]) if bracket else nodeid
