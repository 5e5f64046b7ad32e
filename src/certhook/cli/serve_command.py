"""`certhook serve`: the reference target on its own."""

from __future__ import annotations

import click

from certhook.cli.arguments import protocol_argument
from certhook.errors import UsageError


@click.command("serve", short_help="Run a protocol's reference target.")
@protocol_argument
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="P", help="Port on 127.0.0.1 (default: a free one)."
)
@click.option("--fault", multiple=True, metavar="NAME", help="A fault of the target; can be repeated.")
@click.option("--variant", multiple=True, metavar="NAME", help="A legal variant of the target; can be repeated.")
@click.option(
    "--latency-ms",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Delay before each answer, in milliseconds.",
)
@click.option("--print-profile", is_flag=True, help="After the URL, print a TOML profile to test it with.")
def command(  # noqa: PLR0913 - one per option
    protocol: str, port: int, fault: tuple[str, ...], variant: tuple[str, ...], latency_ms: int, *, print_profile: bool
) -> None:
    """Run PROTOCOL's reference target on the loopback interface until interrupted. Prints its URL when ready.

    Without --fault it is conformant; `certhook faults PROTOCOL` lists the faults.
    """
    from certhook.profile.tomltext import as_toml
    from certhook.reference import profile, target_class
    from certhook.reference.server import serve

    def ready(url: str) -> None:
        click.echo(url)
        if print_profile:
            click.echo(as_toml(profile(protocol, url, fault, variant)))

    try:
        serve(target_class(protocol, fault, variant)(), port, latency_ms, ready=ready)
    except OSError as error:
        raise UsageError(f"--port {port}: cannot be used: {error.strerror}") from None
