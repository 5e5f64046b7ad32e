"""An application whose requests are JSON objects."""

from __future__ import annotations

from typing import Any

from certhook.reference.application import Application, Fields
from certhook.reference.json_reader import Unreadable, read_json


class JsonApplication(Application):
    """Reads a body, and takes nothing but an object."""

    def parse(self, body: bytes) -> Fields:
        try:
            value = self.read(body)
        except Unreadable:
            raise self.illegible() from None
        return self.object_of(value)

    def read(self, body: bytes) -> Any:
        return read_json(body)

    def object_of(self, value: Any) -> Fields:
        if not isinstance(value, dict):
            raise self.illegible()
        return value
