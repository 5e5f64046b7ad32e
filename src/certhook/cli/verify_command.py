"""`certhook verify`: whether a certificate can be believed, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from certhook.recording.file_names import RESULT_NAME


@click.command("verify", short_help="Check a signed verdict.")
@click.argument("certificate", type=click.Path(path_type=Path), metavar="CERTIFICATE")
@click.option("--key", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The signer's public key.")
@click.option("--target", metavar="URL", help="The target the certificate must be for.")
@click.option(
    "--result",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The result.json the certificate must match (default: the one beside CERTIFICATE, if any).",
)
def command(certificate: Path, key: Path, target: str | None, result: Path | None) -> None:
    """Check CERTIFICATE offline: signature, verdict, target, result.json, and that no waiver has expired.

    \b
    Exit status:
      0  authentic, certified and still valid
      1  anything else; one line per problem
      2  wrong usage, or a file that cannot be read
    """  # noqa: D301 - click's mark for lines that stay as they are
    from datetime import UTC, datetime

    from certhook.attesting.envelope import LARGEST
    from certhook.attesting.keys import key_id, public_key
    from certhook.attesting.reading import first_bytes
    from certhook.attesting.verification import Expected, verified

    signer = public_key(key)
    data = first_bytes(certificate, LARGEST + 1)
    beside = certificate.with_name(RESULT_NAME)
    result = result or (beside if beside.exists() else None)
    found = verified(data, signer, Expected(datetime.now(UTC).date(), target, result))
    if found.statement is not None:
        click.echo("\n".join([f"signed by    key {key_id(signer)}", *_said(found.statement["predicate"]["certhook"])]))
        click.echo(f"result.json  {'not available, not compared' if result is None else result}")
    for problem in found.problems:
        click.secho(problem, fg="red")
    raise SystemExit(1 if found.problems else 0)


def _said(own: Mapping[str, Any]) -> Iterator[str]:
    """What a statement says, in lines; its texts come from a profile, and are data."""
    from certhook.profile.waivers import Waiver
    from certhook.reporting.escaping import visible
    from certhook.reporting.wording import counts_in_words

    yield f"verdict      {own['verdict'].replace('-', ' ')}"
    yield f"target       {visible(own['target'])} ({visible(own['protocol'])})"
    yield f"when         {own['started']}, {own['duration_s']:.1f} s, certhook {visible(own['versions']['certhook'])}"
    yield f"requirements {len(own['requirements'])}: {counts_in_words(own)}"
    for doubt in own["incomplete_because"]:
        yield f"incomplete   {visible(doubt)}"
    for waiver in map(Waiver.from_json, own["waivers"]):
        yield f"waiver       {waiver.requirement}: {visible(waiver.sentence)}"
    for notice in own["notices"]:
        yield f"notice       {visible(notice)}"
