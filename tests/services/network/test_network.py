"""The composition root: every packaged region has its nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearing.messages import HOUSE, Role
from protos.care.v1 import care_pb2 as care_v1
from services.care_region.service import ENDPOINTS
from services.network.network import CARE_SERVICE
from services.node.endpoints import bind
from services.simulator.plans import books
from tests.scenarios.serving import serving


def test_every_region_with_rules_is_served(tmp_path: Path) -> None:
    with serving(tmp_path, own_rules=True) as served:
        nodes = served.network.nodes
        care = tuple(node.region for node in nodes if node.role is Role.CARE)
        insured = tuple(node.region for node in nodes if node.role is Role.INSURED)
        assert (care, insured) == (books().care_regions(), books().insured_regions())
        assert nodes.count(HOUSE) == 1
        for region in care:
            request = care_v1.GetVisitsRequest(care_region=region, visit_ids=["none"])
            assert len(served.care.GetVisits(request).visits) == 0
    assert (tmp_path / "house.sqlite3").exists()
    assert len(list((tmp_path / "care").glob("*.sqlite3"))) == len(care)


def test_a_method_without_an_endpoint_stops_the_start() -> None:
    endpoints = {name: one for name, one in ENDPOINTS.items() if name != "Settle"}
    with pytest.raises(TypeError, match="Settle"):
        bind(Role.CARE, CARE_SERVICE, endpoints)
