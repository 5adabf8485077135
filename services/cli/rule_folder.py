"""A region's rule files as they are submitted: its own and those of the layers it inherits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.files.region_files import RegionFiles
from clearing.benefits.golden import CASE_FILES
from clearing.benefits.loading import NATIONAL
from clearing.benefits.policies import Library
from clearing.benefits.schema import FILES
from clearing.errors import Malformed
from clearing.strict_yaml import RuleDataError, parse
from protos.insured.v1 import insured_pb2

_SUBMITTED = (*FILES, "enrolment.yaml", "filing.yaml", *CASE_FILES)
_SHARED = "sources.yaml"


class _Texts(RegionFiles):
    """A folder's texts; the national layer is the packaged one where the folder has none."""

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        found = super().texts(region, names)
        return found or RegionFiles().texts(region, names) if region == NATIONAL else found


def bundle_of(folder: Path | None, region: str) -> str:
    """Return the hash of a region's policy in a folder, the packaged one where none is given.

    Raises ``Malformed``: ``rule_data`` with every defect, ``region_missing``.
    """
    try:
        policy = Library(_Texts(folder)).policy(region)
    except RuleDataError as error:
        raise Malformed("rule_data", "\n" + error.message_en, error.message_zh) from error
    if policy is None:
        raise Malformed(
            "region_missing",
            f"the folder has no rules of {region}",
            f"目录中没有 {region} 的规则",
            field="REGION",
        )
    return policy.bundle_hash


def layers_of(folder: Path | None, region: str) -> list[Any]:
    """Return the files of a region that loads, as layers to submit."""
    files = RegionFiles(folder)
    layers = []
    shared = files.text(_SHARED)
    if shared is not None:
        text = insured_pb2.RuleText(name=_SHARED, text=shared)
        layers.append(insured_pb2.RuleLayer(region="", files=[text]))
    wanted: str | None = region
    while wanted is not None:
        texts = files.texts(wanted, _SUBMITTED)
        layers.append(
            insured_pb2.RuleLayer(
                region=wanted,
                files=[insured_pb2.RuleText(name=name, text=text) for name, text in texts.items()],
            )
        )
        wanted = parse(texts["region.yaml"], f"{wanted}/region.yaml").data.get("inherits")
    return layers
