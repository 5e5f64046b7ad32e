"""The pytest plugin: `pytest suites --protocol P --target URL --profile FILE`.

It is inert unless a folder of suites is among pytest's arguments, so that certhook's own tests can load it too.
"""

from certhook.plugin.hooks import (
    pytest_addoption,
    pytest_cmdline_main,
    pytest_configure,
    pytest_generate_tests,
    pytest_runtestloop,
    pytest_unconfigure,
)

__all__ = [
    "pytest_addoption",
    "pytest_cmdline_main",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_runtestloop",
    "pytest_unconfigure",
]
