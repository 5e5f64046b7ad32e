"""Statuses beyond the usual ones with which a document lets a field be refused: a property's `x-refusal-status`."""

from __future__ import annotations

from collections.abc import Iterator

from certhook.building.encoding import form_pairs
from certhook.exchange import Request
from certhook.pack.model import Operation


def documented_statuses(operation: Operation, request: Request) -> tuple[str, ...]:
    """The statuses that a refusal of this very request may have because of a field that its form carries.

    What the field holds does not matter: whether a value is refused for the documented reason is the target's to know.
    """
    if operation.encoding != "form":
        return ()
    carried = {name.partition("[")[0] for name, _ in form_pairs(request.body)}
    return tuple(dict.fromkeys(_of(operation, carried)))


def _of(operation: Operation, carried: set[str]) -> Iterator[str]:
    for name, schema in operation.properties.items():
        if name in carried:
            yield from schema.get("x-refusal-status", ())
