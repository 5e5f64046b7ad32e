"""How xdist shares out the items: what is sent together stays on one worker."""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Takes protocol and group as an item's scope, from its parameter: `protocol-operation.group.` and more.

    xdist's own `loadgroup` marks node ids with a suffix, which pytest 9 no longer takes over.
    """

    def _split_scope(self, nodeid: str) -> str:
        _, bracket, parameter = nodeid.rpartition("[")
        protocol, _, group, *_ = re.split(r"[-.]", parameter, maxsplit=3) if bracket else (nodeid, "", "")
        return f"{protocol}.{group}"
