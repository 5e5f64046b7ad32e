"""`certhook faults`: what the reference targets can get wrong."""

from __future__ import annotations

import json

import click

from certhook.cli.arguments import json_option, optional_protocol_argument


@click.command("faults", short_help="List the reference target's faults and what each one breaks.")
@optional_protocol_argument
@json_option
def command(protocol: str | None, *, as_json: bool) -> None:
    """List the faults of the reference targets, or of PROTOCOL's only, with the requirements each one breaks.

    The list ends with their legal variants, which break no MUST.
    """
    from certhook.pack.loading import protocols
    from certhook.reference import faults, variants

    names = [protocol] if protocol else list(protocols())
    if as_json:
        found = [
            {
                "protocol": name,
                "fault": one.name,
                "says": one.says,
                "breaks": sorted(one.breaks),
                "also": sorted(one.also),
            }
            for name in names
            for one in faults(name).values()
        ]
        click.echo(json.dumps(found, indent=2))
        return
    for name in names:
        click.secho(f"{name}: {len(faults(name))} faults", bold=True)
        for fault in faults(name).values():
            click.echo(f"  {fault.name}\n      {fault.says}\n      breaks {', '.join(sorted(fault.breaks))}")
        click.secho(f"{name}: {len(variants(name))} legal variants", bold=True)
        for variant in variants(name).values():
            click.echo(f"  {variant.name}\n      {variant.says}")
