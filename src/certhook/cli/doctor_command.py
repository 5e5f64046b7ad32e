"""`certhook doctor`: what every run begins with, on its own."""

from __future__ import annotations

import tempfile
from typing import Any

import click

from certhook.cli.arguments import options_of_a_target, protocol_argument


@click.command("doctor", short_help="Check that a run can produce meaningful results.")
@protocol_argument
@options_of_a_target
def command(protocol: str, target: str | None, profile: str | None, **way: Any) -> None:
    """Check PROTOCOL's target: DNS name, connection, TLS, one valid request per operation, clock.

    If something is wrong, says in one sentence what to fix.

    \b
    Exit status:
      0  a run can begin
      2  wrong usage, profile or configuration
      3  a run cannot begin
    """  # noqa: D301 - click's mark for lines that stay as they are
    import secrets

    from certhook.reporting.escaping import visible
    from certhook.running.certification import Certification
    from certhook.running.doctor import examine
    from certhook.running.setup import Setup

    with tempfile.TemporaryDirectory() as folder:
        salt = secrets.token_hex(16)
        setup = Setup(protocol, folder, target=target, profile_path=profile, salt=salt, **way)
        certification = Certification(setup)
        try:
            checks = examine(certification)
        finally:
            certification.close()
    for check in checks:
        mark = click.style("ok   ", fg="green") if check.ok else click.style("wrong", fg="red")
        click.echo(f"{mark} {check.name}: {visible(check.says)}")
    raise SystemExit(0 if all(check.ok for check in checks) else 3)
