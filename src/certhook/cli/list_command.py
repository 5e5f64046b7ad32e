"""`certhook list`: what is tested, from the packs themselves."""

from __future__ import annotations

import json
from typing import Any

import click

from certhook.cli.arguments import json_option, optional_protocol_argument


@click.command("list", short_help="List protocols, operations, groups and requirements.")
@optional_protocol_argument
@json_option
@click.option("--markdown", is_flag=True, help="Print the Markdown tables of the documentation.")
def command(protocol: str | None, *, as_json: bool, markdown: bool) -> None:
    """List the protocols, or PROTOCOL's operations, groups, requirements with their clauses, and errata."""
    from certhook.pack.loading import load_pack, protocols

    packs = [load_pack(name) for name in ([protocol] if protocol else protocols())]
    if as_json:
        click.echo(json.dumps([described(pack) for pack in packs], indent=2, ensure_ascii=False))
    elif markdown:
        click.echo("\n".join(map(as_markdown, packs)), nl=False)
    elif protocol:
        _print_protocol(packs[0])
    else:
        for pack in packs:
            click.echo(
                f"{pack.protocol}  {pack.title}; served by {pack.served_by}; {len(pack.requirements)} requirements"
            )
        click.echo("\ncerthook list PROTOCOL lists its requirements.")


def described(pack: Any) -> dict[str, Any]:
    """A pack as JSON."""
    return {
        "protocol": pack.protocol,
        "title": pack.title,
        "served_by": pack.served_by,
        "called_by": pack.called_by,
        "operations": [{"name": one.name, "method": one.method, "path": one.path} for one in pack.operations],
        "groups": list(pack.groups),
        "requirements": [
            {
                "id": one.id,
                "level": one.level.value,
                "basis": one.basis.value,
                "group": one.group,
                "title": one.title,
                "citation": one.citation,
            }
            for one in pack.requirements
        ],
        "errata": [{"title": one.title, "citation": one.citation, "ruling": one.ruling} for one in pack.errata],
    }


def as_markdown(pack: Any) -> str:
    """A pack's requirements and errata as two tables."""
    lines = [
        f"## Requirements: {len(pack.requirements)}",
        "",
        "| requirement | level | basis | what | clause |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{one.id}` | {one.level} | {one.basis} | {_cell(one.title)} | {_cell(one.citation)} |"
        for one in pack.requirements
    ]
    lines += ["", "## Errata, with the reading taken", "", "| place | erratum | reading |", "|---|---|---|"]
    lines += [f"| {_cell(one.citation)} | {_cell(one.title)} | {_cell(one.ruling)} |" for one in pack.errata]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _print_protocol(pack: Any) -> None:
    click.secho(f"{pack.title}", bold=True)
    click.echo(f"served by {pack.served_by}, called by {pack.called_by}; pages: {', '.join(pack.pages)}")
    for operation in pack.operations:
        click.echo(f"operation {operation.name}: {operation.method} {operation.path}")
    for group in pack.groups:
        click.secho(f"\n{group}", bold=True)
        for one in pack.requirements:
            if one.group == group:
                click.echo(f"  {one.level:<6} {one.id}  ({one.basis})\n         {one.title}\n         {one.citation}")
    click.secho("\nerrata, with the reading taken", bold=True)
    for number, erratum in enumerate(pack.errata, 1):
        click.echo(f"  {number}. {erratum.title} ({erratum.citation})\n     {erratum.ruling}")
