"""`certhook export openapi`: a pack in a form that other tools read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from certhook.cli.arguments import protocol_argument
from certhook.errors import UsageError


@click.command("export", short_help="Write a protocol as an OpenAPI document.")
@click.argument("form", type=click.Choice(["openapi"]))
@protocol_argument
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write (default: standard output).",
)
def command(form: str, protocol: str, output: Path | None) -> None:  # noqa: ARG001 - there is one form so far
    """Write PROTOCOL as an OpenAPI 3.1 document in JSON, for example `certhook export openapi klas`."""
    from certhook.pack.loading import load_pack
    from certhook.pack.openapi import openapi_of
    from certhook.recording.wholefile import write_whole

    text = json.dumps(openapi_of(load_pack(protocol)), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        write_whole(output, text.encode())
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written: {error.strerror}") from None
