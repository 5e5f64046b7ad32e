"""How xdist shares out the items: what is sent together stays on one worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types


def scope_of(node: str) -> str:
    """Protocol and group of an item, from its node's parameter: `protocol-operation.group.` and more.

    Operations' names may have hyphens, and have no dots. A node of somebody else's test is a scope by itself.
    """
    _, bracket, parameter = node.rpartition("[")
    if not bracket:
        return node
    protocol, _, item = parameter.partition("-")
    group = "".join(item.split(".")[1:2])
    return f"{protocol}.{group}"


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Keeps what has one scope on one worker.

    xdist's own `loadgroup` marks node ids with a suffix, which pytest 9 no longer takes over.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)
