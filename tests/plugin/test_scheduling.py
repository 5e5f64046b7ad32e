"""Workers: what is sent together stays on one of them, and nothing else does."""

from __future__ import annotations

import pytest

from certhook.pack.loading import load_pack, protocols
from certhook.plugin.scheduling import scope_of


@pytest.mark.parametrize("protocol", protocols())
def test_a_group_is_one_scope_on_all_operations(protocol: str) -> None:
    """Whatever an operation is called, its items share a worker with those of their group on other operations."""
    for operation in load_pack(protocol).operations:
        for item in ("signature.not-hex:a-b", "robustness.flow.x.robustness.exact-retry", "methods.ending"):
            node = f"suites/test_x.py::test_x[{protocol}-{operation.name}.{item}]"
            assert scope_of(node) == f"{protocol}.{item.split('.')[0]}"


@pytest.mark.parametrize("node", ["tests/test_own.py::test_own", "tests/test_own.py::test_own[some-value]"])
def test_somebody_else_s_test_needs_no_scope(node: str) -> None:
    """Tests beside the suites are shared out, too, and nothing stumbles over their names."""
    assert scope_of(node)
