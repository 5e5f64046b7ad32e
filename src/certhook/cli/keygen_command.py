"""`certhook keygen`: the keys that certificates are signed and verified with."""

from __future__ import annotations

import click


@click.command("keygen", short_help="Generate a key pair for signing verdicts.")
@click.option(
    "--output",
    default="certhook",
    metavar="PREFIX",
    help="Where to write PREFIX.key and PREFIX.pub.",
    show_default=True,
)
def command(output: str) -> None:
    """Generate an Ed25519 key pair: PREFIX.key signs and stays secret, PREFIX.pub verifies and can be published.

    Existing files are not overwritten. Prints the paths of the keys and their id.
    """
    from certhook.attesting.keys import generate

    pair = generate(output)
    click.echo(f"private key  {pair.private}\npublic key   {pair.public}\nkey id       {pair.id}")
