"""The command line. Each command is a module of its own, imported when it is asked for."""

from __future__ import annotations

import errno
import importlib
import sys
import traceback
from contextlib import suppress

import click

from certhook import __version__
from certhook.cli.streams import Unwritable, readers_may_leave
from certhook.errors import UsageError

_COMMANDS = {
    "run": "Certify an endpoint and write the reports.",
    "fleet": "Run the suite for many operators and report what changed.",
    "history": "Show the results of past fleet runs.",
    "report": "Build the HTML reports of a finished run.",
    "compare": "Show what got worse or better between two runs.",
    "replay": "Send a recorded request again and check its finding.",
    "serve": "Run a protocol's reference target.",
    "doctor": "Check that a run can produce meaningful results.",
    "list": "List protocols, operations, groups and requirements.",
    "export": "Write a protocol as an OpenAPI document.",
    "faults": "List the reference target's faults and what each one breaks.",
    "keygen": "Generate a key pair for signing verdicts.",
    "sign": "Sign the verdict of a finished run.",
    "verify": "Check a signed verdict.",
}


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_CLOSED = {errno.ENAMETOOLONG, errno.EACCES}
"""What looking for a file may end with before it is read: even to ask whether it is there is refused."""

_NO_ROOM = "certhook: {}: cannot write any more; earlier findings are in the output folder's journal\n"


class _Commands(click.Group):
    """Knows the commands' names and first lines without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"certhook.cli.{cmd_name}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="certhook")
@click.pass_context
def cli(context: click.Context) -> None:
    """Conformance tests for casino integration endpoints.

    Acts as the documented caller, sends the target requests with at most one violation each, and reports which of the
    document's requirements it meets.

    \b
    Try it:   certhook run klas --embedded
    For real: certhook run klas --target https://staging.example/webhook --profile klas.toml
    """  # noqa: D301 - click's mark for lines that stay as they are
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """The `certhook` command. Wrong usage is one line and exit status 2."""
    with readers_may_leave():
        sys.exit(_status())


def _status() -> int:
    """The exit status of the command; where it could not end by itself, a line says why."""
    try:
        return _ended_by_itself()
    except (click.ClickException, UsageError) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        return _said(2, f"certhook: {' '.join(text.split())}\n")
    except Unwritable as error:
        return _said(3, f"certhook: standard output: {error}: not all of it could be written\n")
    except OSError as error:
        if error.errno in _CLOSED and error.filename:
            return _said(2, f"certhook: {error.filename}: cannot be used: {error.strerror}\n")
        return _said(3, _NO_ROOM.format(error.strerror) if error.errno in _FULL else _obituary(error))
    except Exception as error:  # noqa: BLE001 - Python's own status, 1, would say that a target is not certified
        return _said(3, _obituary(error))


def _ended_by_itself() -> int:
    try:
        return int(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.Abort:
        return 130
    finally:
        sys.stdout.flush()


def _said(status: int, why: str) -> int:
    with suppress(Unwritable):
        sys.stderr.write(why)
    return status


def _obituary(error: Exception) -> str:
    """Where certhook crashed; not the error's message, which may quote a secret."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{lines}certhook: a bug in certhook: {type(error).__name__}, raised at the last of these lines\n"
