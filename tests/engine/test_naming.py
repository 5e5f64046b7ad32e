"""Request fields whose name on the wire is the profile's to say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from certhook.building.builder import Builder
from certhook.reference import profile
from tests.certifying import categories_of, certifying


@pytest.mark.parametrize(("options", "name"), [({}, "ClientIp"), ({"client_ip_field": "ClientIP"}, "ClientIP")])
def test_a_field_goes_out_under_the_name_of_the_profile(tmp_path: Path, options: dict[str, str], name: str) -> None:
    """In its place, with its value, and nothing takes it for an unknown one."""
    data = {**profile("evi", "http://target.example"), "options": options}
    with certifying(tmp_path, data, protocol="evi") as certification:
        (operation,) = certification.pack.operations
        request, valid = Builder(certification.pack, certification.profile).build_from(operation)
        names = list(json.loads(request.body))
        cases = [case.id for case in certification.cases]
    assert names == ["ClientToken", "ExtraData", "Account", "GameCode", name]
    assert categories_of(request.body, operation, valid) == frozenset()
    assert f"authenticate.parameters.optional-wrong-type:{name}=array" in cases
