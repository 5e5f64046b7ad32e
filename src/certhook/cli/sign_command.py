"""`certhook sign`: certificate.json of a finished run."""

from __future__ import annotations

from pathlib import Path

import click

from certhook.errors import UsageError


@click.command("sign", short_help="Sign the verdict of a finished run.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--key", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Private key made by certhook keygen."
)
def command(folder: Path, key: Path) -> None:
    """Sign the verdict of the run in DIR, or of each run of `certhook run --all`, and write certificate.json beside it.

    The verdict is recomputed from journal.ndjson; if result.json disagrees, nothing is signed. Any verdict can be
    signed; the certificate states it.
    """
    from certhook.attesting.keys import key_id, private_key
    from certhook.attesting.signing import certificate_of
    from certhook.recording.folders import runs_in

    signing = private_key(key)
    for certificate in [certificate_of(run, signing) for run in runs_in(folder) or (folder,)]:
        try:
            certificate.write()
        except OSError as error:
            raise UsageError(f"{certificate.path}: cannot be written: {error.strerror}") from None
        click.echo(f"{certificate.path}: {certificate.verdict.replace('-', ' ')}")
    click.echo(f"signed with key {key_id(signing.public_key())}")
