"""`certhook sign`: certificate.json of a finished run."""

from __future__ import annotations

from pathlib import Path

import click

from certhook.errors import UsageError


@click.command("sign", short_help="Sign the verdict of a finished run.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--key", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Private key, from certhook keygen."
)
def command(folder: Path, key: Path) -> None:
    """Sign the verdict of the run in DIR, or of each run that `certhook run --all` left there: DIR/certificate.json.

    The verdict is worked out anew from journal.ndjson; a result.json that says otherwise is not signed. Whatever the
    verdict is, the certificate says it.
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
