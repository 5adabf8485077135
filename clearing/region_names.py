"""What regions are called."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ConfigDict

from clearing.rule_fields import RuleModel
from clearing.rule_fields import Words as Text
from clearing.strict_yaml import parse, validated
from clearing.wording import Words


class _Name(RuleModel):
    zh: Text
    en: Text


class RegionNames(RuleModel):
    """Names by province and by place; a place with rules is called what its rules call it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provinces: Mapping[str, _Name]
    places: Mapping[str, _Name]

    def named(self, region: str) -> Words:
        """Return a region's name with its province, as far as known; else its code."""
        province, place = self.provinces.get(region[:2]), self.places.get(region)
        if place is not None:
            before = province.zh if province else ""
            after = f", {province.en}" if province else ""
            return Words(f"{before}{place.zh}", f"{place.en}{after}")
        if province is None:
            return Words(region, region)
        if region.endswith("0000"):
            return Words(province.zh, province.en)
        return Words(f"{province.zh} {region}", f"{region}, {province.en}")


def read_region_names(text: str, file: str) -> RegionNames:
    """Read ``names.yaml``. Raises ``RuleDataError`` with every defect."""
    return validated(RegionNames, parse(text, file))
