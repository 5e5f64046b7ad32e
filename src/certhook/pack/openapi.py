"""A pack as an OpenAPI 3.1 document, so that integrators can use their own tools on what is certified here."""

from __future__ import annotations

import re
from typing import Any

from certhook import __version__
from certhook.pack.model import Operation, Pack

_PLACEHOLDER = re.compile(r":(\w+)")


def openapi_of(pack: Pack) -> dict[str, Any]:
    """The document: one path per operation, the signature as a security scheme, answers by their HTTP statuses."""
    paths: dict[str, Any] = {}
    for operation in pack.operations:
        path = _PLACEHOLDER.sub(r"{\1}", operation.path.partition("?")[0])
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, pack)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": pack.title,
            "version": pack.digest[:12],
            "summary": f"Served by {pack.served_by}, called by {pack.called_by}.",
            "description": _errata(pack),
            "x-generator": f"certhook {__version__}",
        },
        "servers": [{"url": "http://localhost", "description": "The target's base URL."}],
        "paths": paths,
    }
    if pack.signing.header:
        scheme = {"type": "apiKey", "in": "header", "name": pack.signing.header, "description": _signing(pack)}
        document["components"] = {"securitySchemes": {"signature": scheme}}
        document["security"] = [{"signature": []}]
    return document


def _errata(pack: Pack) -> str:
    lines = [f"- {one.title}: {one.ruling}" for one in pack.errata]
    return "Readings taken where the pages are silent or contradict themselves:\n\n" + "\n".join(lines)


def _signing(pack: Pack) -> str:
    optional = f" {pack.signing.optional}" if pack.signing.optional else ""
    return f"{pack.signing.scheme} over each request.{optional}"


def _operation(operation: Operation, pack: Pack) -> dict[str, Any]:
    description: dict[str, Any] = {"operationId": operation.name, "description": f"Source: {operation.citation}."}
    parameters = [
        {"name": name, "in": schema["x-in"], "required": name in operation.mandatory, "schema": plain(schema)}
        for name, schema in operation.properties.items()
        if schema.get("x-in") in ("path", "query")
    ]
    if parameters:
        description["parameters"] = parameters
    media_type = operation.media_type
    description["requestBody"] = {"required": True, "content": {media_type: {"schema": _body(operation)}}}
    description["responses"] = _responses(operation, pack)
    return description


def _body(operation: Operation) -> dict[str, Any]:
    """The request schema without what goes into path or query."""
    schema: dict[str, Any] = plain(operation.request)
    inside = {name for name, part in operation.properties.items() if part.get("x-in") not in ("path", "query")}
    schema["properties"] = {name: part for name, part in schema["properties"].items() if name in inside}
    schema["required"] = [name for name in schema.get("required", ()) if name in inside]
    if not schema["required"]:
        del schema["required"]
    return schema


def _responses(operation: Operation, pack: Pack) -> dict[str, Any]:
    """A status that both a success and a refusal may have takes either."""
    success, refusal = plain(operation.success), plain(operation.refusal)
    found: dict[str, Any] = {}
    for status in dict.fromkeys((*pack.reading.success_status, *pack.reading.refusal_status)):
        kinds = [
            (word, schema)
            for word, schema, statuses in (
                ("success", success, pack.reading.success_status),
                ("refusal", refusal, pack.reading.refusal_status),
            )
            if status in statuses
        ]
        schemas = [schema for _, schema in kinds]
        content = {pack.reading.media_types[0]: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}
        found[status.upper()] = {"description": " or ".join(word for word, _ in kinds).capitalize(), "content": content}
    return found


def plain(schema: Any) -> Any:
    """A schema without certhook's own annotations, and without formats that only certhook knows."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: value for key, value in schema.items() if not key.startswith("x-") and key not in ("$schema", "format")
    }
    # The keys of `properties` are names of members, not words of JSON Schema.
    return {key: _members(value) if key == "properties" else plain(value) for key, value in kept.items()}


def _members(properties: Any) -> dict[str, Any]:
    return {name: plain(part) for name, part in properties.items()}
