"""pytest's way in. The controller is the process that was started; executors are where tests are run."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest

from certhook.errors import UsageError
from certhook.plugin.bare import BareProtocol
from certhook.plugin.controller import Controller
from certhook.plugin.options import add_options, setups_of, wanted
from certhook.running.setup import Setup

if TYPE_CHECKING:
    from certhook.plugin.executor import Executor

_CONTROLLER, _EXECUTOR, _PROTOCOL = "certhook-controller", "certhook-executor", "certhook-protocol"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options of a certification."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Settle what the run is about before pytest does anything; wrong usage ends here, in one line."""
    if hasattr(config, "workerinput") or config.option.help or config.option.version or not wanted(config):
        return None
    try:
        controller = Controller.for_run(config, setups_of(config))
    except UsageError as error:
        sys.stderr.write(f"certhook: {error}\n")
        return 2
    config.pluginmanager.register(controller, _CONTROLLER)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, how items are run, and the executor where that is done in this process."""
    config.addinivalue_line("markers", "certhook(kind, ...): which cases the test is for; see certhook.suite")
    if getattr(config.option, "certhook_quiet", False):
        config.pluginmanager.register(BareProtocol(), _PROTOCOL)
    workerinput = getattr(config, "workerinput", None)
    controller: Controller | None = config.pluginmanager.get_plugin(_CONTROLLER)
    if workerinput is not None and "certhook" in workerinput:
        # A worker parses the command line anew, so what the controller settled has to be settled here once more.
        config.option.allure_report_dir = workerinput["certhook_allure"]
        setups = [Setup.from_json(data) for data in workerinput["certhook"]]
        config.pluginmanager.register(_executor(config, setups, int(workerinput["workerid"][2:])), _EXECUTOR)
    elif controller is not None and not controller.distributed:
        controller.executor = _executor(config, controller.setups, 0)
        config.pluginmanager.register(controller.executor, _EXECUTOR)


def _executor(config: pytest.Config, setups: list[Setup], worker: int) -> Executor:
    """An executor. What it takes to send requests is imported here, by when an embedded target is on its way."""
    from certhook.plugin.executor import Executor

    return Executor(config, setups, worker)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Leave out of the garbage collector's rounds what was made so far: it stays for the whole run."""
    if any(map(session.config.pluginmanager.has_plugin, (_CONTROLLER, _EXECUTOR))):
        gc.freeze()
        gc.enable()  # `certhook run` has turned it off until here


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close what was opened."""
    for name in (_EXECUTOR, _CONTROLLER):
        plugin = config.pluginmanager.get_plugin(name)
        if plugin is not None:
            plugin.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a suite's test its cases."""
    executor: Executor | None = metafunc.config.pluginmanager.get_plugin(_EXECUTOR)
    mark = metafunc.definition.get_closest_marker("certhook")
    if executor is not None and mark is not None:
        executor.parametrize(metafunc, mark)
