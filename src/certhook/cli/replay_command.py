"""`certhook replay`: a recorded exchange, sent again."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certhook.cli.arguments import options_of_a_target

if TYPE_CHECKING:
    from certhook.running.certification import Certification


@click.command("replay", short_help="Send a recorded request again and check its finding.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("number", type=int, metavar="EXCHANGE")
@click.option(
    "--verbatim", is_flag=True, help="Send the recorded bytes as they are, with the old time, ids and signature."
)
@options_of_a_target
def command(folder: Path, number: int, target: str | None, profile: str | None, *, verbatim: bool, **way: Any) -> None:
    """Send exchange number EXCHANGE of the run in DIR again, and say whether its finding still holds.

    The request is rebuilt from the run's profile with a fresh timestamp and signature, and sent to the run's target. A
    built-in target that the run started is started again, with the same faults.

    \b
    Exit status:
      0  no longer broken, or the exchange has no finding
      1  still broken
      2  wrong usage: no such exchange, or one that cannot be rebuilt
      3  inconclusive: the target was not reached, or refuses a valid request
    """  # noqa: D301 - click's mark for lines that stay as they are
    from certhook.replaying.evidence import evidence_of
    from certhook.replaying.replay import replay
    from certhook.replaying.replay_text import conclusion, replay_text
    from certhook.replaying.resuming import resumed, setup_of

    evidence = evidence_of(folder, number)
    with tempfile.TemporaryDirectory() as output:
        setup = setup_of(evidence, output, target=target, profile_path=profile, way=way)
        with resumed(setup, evidence) as certification:
            replayed = replay(evidence, certification, verbatim=verbatim)
            how = _how(certification, verbatim=verbatim)
    click.echo(replay_text(evidence, replayed, how))
    click.secho(conclusion(replayed), fg={0: "green", 1: "red"}.get(replayed.exit_status, "magenta"), bold=True)
    raise SystemExit(replayed.exit_status)


def _how(certification: Certification, *, verbatim: bool) -> str:
    """How and where it was sent."""
    made = "byte for byte" if verbatim else "freshly timed and signed"
    setup = certification.setup
    if not setup.embedded:
        return f"{made}, to {certification.profile.url}"
    words = [word for name in setup.faults for word in ("--fault", name)]
    words += [word for name in setup.variants for word in ("--variant", name)]
    state = f" with {shlex.join(words)}" if words else ""
    return f"{made}, to the run's built-in target, started again{state}: {certification.profile.url}"
