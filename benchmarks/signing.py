"""Hooks for Schemathesis: times of this moment, the caller's own identifiers, a signature over the bytes as sent.

Loaded by Schemathesis itself, through its environment variable; see `peer.py`.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
from pathlib import Path
from typing import Any

from certhook.building import signing
from certhook.building.builder import Builder
from certhook.pack.model import Operation, Pack
from certhook.reference import catalogue
from certhook.running.setup import Setup

PROTOCOL = "CERTHOOK_BENCHMARK_PROTOCOL"
SPENT = "CERTHOOK_BENCHMARK_SPENT"


class Signer:
    """Makes the requests of one protocol authentic, and adds up the time for which they were in flight."""

    def __init__(self, protocol: str) -> None:
        setup = Setup(protocol, "", profile=catalogue.profile(protocol, "http://127.0.0.1"), embedded=True)
        loaded = setup.load()
        self._pack: Pack = loaded.pack
        self._builder = Builder(loaded.pack, loaded.profile)
        self._scheme = signing.scheme(self._pack.signing.scheme, **self._pack.signing.settings)
        self._key = str(loaded.profile.value(self._pack.signing.key)).encode()
        self.in_flight_s = 0.0

    def freshen(self, case: Any) -> None:
        """Put the profile's values and this moment's times where a body has a value of the same type."""
        if isinstance(case.body, dict):
            operation = self._operation(case.path)
            case.body.update(
                {
                    name: value
                    for name, value in self._builder.fields(operation).items()
                    if "x-value" in operation.properties[name] and type(case.body.get(name)) is type(value)
                }
            )

    def __call__(self, prepared: Any) -> Any:
        """Sign the bytes of a request that is about to be sent: an auth of the client library of Schemathesis."""
        body = prepared.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
        signature = self._scheme.sign(self._scheme.message(signing.Signable(content)), self._key)
        prepared.headers[self._pack.signing.header] = signature
        return prepared

    def _operation(self, path: str) -> Operation:
        return next(one for one in self._pack.operations if path.endswith(one.path))


def install(schemathesis: Any, protocol: str, spent: Path) -> None:
    """Register the hooks; at the end of the process, write down for how many seconds requests were in flight."""
    signer = Signer(protocol)

    def before_call(_context: Any, case: Any, _arguments: Any) -> None:
        signer.freshen(case)

    def after_call(_context: Any, _case: Any, response: Any) -> None:
        signer.in_flight_s += response.elapsed

    schemathesis.auth.set_from_requests(signer)
    schemathesis.hook("before_call")(before_call)
    schemathesis.hook("after_call")(after_call)
    atexit.register(lambda: spent.write_text(json.dumps(signer.in_flight_s), encoding="utf-8"))


if PROTOCOL in os.environ:
    install(importlib.import_module("schemathesis"), os.environ[PROTOCOL], Path(os.environ[SPENT]))
