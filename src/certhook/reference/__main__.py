"""`python -m certhook.reference PROTOCOL`: a reference target on its own."""

from __future__ import annotations

import argparse
import sys

from certhook.errors import UsageError
from certhook.reference.catalogue import target_class
from certhook.reference.server import serve


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m certhook.reference", description=__doc__)
    parser.add_argument("protocol")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes any free one")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME")
    parser.add_argument("--variant", action="append", default=[], metavar="NAME")
    parser.add_argument("--latency-ms", type=int, default=0, metavar="N", help="wait so long before every answer")
    parser.add_argument("--until-end-of-input", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Serve until interrupted. Returns 2, with one line on stderr, for a name or port that cannot be used."""
    arguments = _arguments()
    try:
        target = target_class(arguments.protocol, arguments.fault, arguments.variant)()
        serve(target, arguments.port, arguments.latency_ms, until_end_of_input=arguments.until_end_of_input)
    except (UsageError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
