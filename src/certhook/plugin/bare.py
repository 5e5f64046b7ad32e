"""Runs an item that needs nothing set up: its call alone, with one report.

pytest's own way sets up, calls and takes down each item, with a report of each; for a case whose answer came with those
of many others, that takes longer than to judge it.
"""

from __future__ import annotations

import pytest


class BareProtocol:
    """Stands in for pytest's own protocol under `certhook run`, whose plugins need neither set-up nor tear-down."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run the item where every argument of its test is there already; else leave it to pytest."""
        if not isinstance(item, pytest.Function) or not item.funcargs.keys() >= set(item.fixturenames):
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        call = pytest.CallInfo.from_call(
            lambda: hook.pytest_runtest_call(item=item), when="call", reraise=(pytest.exit.Exception, KeyboardInterrupt)
        )
        report = hook.pytest_runtest_makereport(item=item, call=call)
        hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True
