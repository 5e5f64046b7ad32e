"""`certhook keygen`: the keys that certificates are signed and verified with."""

from __future__ import annotations

import click


@click.command("keygen", short_help="Make a pair of keys to sign verdicts with.")
@click.option(
    "--output", default="certhook", metavar="PREFIX", help="Writes PREFIX.key and PREFIX.pub.", show_default=True
)
def command(output: str) -> None:
    """Make a pair of Ed25519 keys: PREFIX.key signs and stays secret, PREFIX.pub verifies and may go anywhere.

    Overwrites nothing. Prints where the keys are, and their id.
    """
    from certhook.attesting.keys import generate

    pair = generate(output)
    click.echo(f"private key  {pair.private}\npublic key   {pair.public}\nkey id       {pair.id}")
