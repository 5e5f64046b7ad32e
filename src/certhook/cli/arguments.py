"""Arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])


class _Protocol(click.ParamType[str]):
    """The name of a protocol; completes in a shell."""

    name = "protocol"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from certhook.errors import nearest
        from certhook.pack.loading import protocols

        if value not in protocols():
            self.fail(f"unknown protocol {value!r}{nearest(value, protocols())}", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's signature
        from certhook.pack.loading import protocols

        return [CompletionItem(name) for name in protocols() if name.startswith(incomplete)]


protocol_argument = click.argument("protocol", type=_Protocol())
optional_protocol_argument = click.argument("protocol", type=_Protocol(), required=False)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def options_of_a_target(command: Command) -> Command:
    """Where the target is, how it is reached, and the profile to use."""
    command = click.option(
        "--proxy",
        metavar="URL",
        help="HTTP proxy, or 'env' to use the environment's (default: none; proxy variables are ignored).",
    )(command)
    command = click.option("--insecure", is_flag=True, help="Accept any TLS certificate; the reports say so.")(command)
    command = click.option("--ca-file", metavar="FILE", help="CA certificates (PEM) to trust instead of the system's.")(
        command
    )
    command = click.option("--profile", metavar="FILE", help="TOML file with credentials and test data.")(command)
    return click.option("--target", metavar="URL", help="Base URL of the endpoint (overrides the profile's).")(command)


def options_of_a_run(command: Command) -> Command:
    """As above, or the embedded target with faults and variants."""
    command = click.option("--latency-ms", type=click.IntRange(min=0), default=0, hidden=True)(command)
    command = click.option(
        "--variant", multiple=True, metavar="NAME", help="Legal variant of the embedded target; can be repeated."
    )(command)
    command = click.option(
        "--fault", multiple=True, metavar="NAME", help="Fault of the embedded target; can be repeated."
    )(command)
    command = click.option(
        "--embedded",
        is_flag=True,
        help="Test the built-in reference target, started and stopped by the run. It brings its own credentials and "
        "test data; of a --profile only the rest counts.",
    )(command)
    return options_of_a_target(command)


def as_words(options: Mapping[str, Any]) -> list[str]:
    """Options of a command as another command that has them, too, is given them."""
    words = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value is not None and value is not False:
            # In one word, since a value may begin with a dash.
            words += [f"{flag}={one}" for one in (value if isinstance(value, tuple) else (value,))]
    return words
