"""Reading a submitted bundle, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from clearing.errors import Malformed
from clearing.strict_yaml import Finding, RuleDataError
from services.insured_region.records import RuleLayer

MAX_TEXT = 1 << 20


class SubmittedTexts:
    """The texts of a submission, as the library of policies reads them."""

    def __init__(self, layers: Sequence[RuleLayer]) -> None:
        """Raises ``Malformed`` where a region or file is given twice, or a text is too long."""
        self._layers: dict[str, dict[str, str]] = {}
        for index, layer in enumerate(layers):
            at = f"layers[{index}]"
            if layer.region in self._layers:
                raise _twice(f"{at}.region", layer.region)
            files: dict[str, str] = {}
            for number, file in enumerate(layer.files):
                where = f"{at}.files[{number}]"
                if file.name in files:
                    raise _twice(f"{where}.name", file.name)
                if len(file.text) > MAX_TEXT:
                    raise Malformed(
                        "text_too_long",
                        f"a rule file has at most {MAX_TEXT} characters",
                        f"规则文件最长{MAX_TEXT}字符",
                        field=f"{where}.text",
                    )
                files[file.name] = file.text
            self._layers[layer.region] = files

    def regions(self) -> Sequence[str]:
        """Return the codes of all regions submitted, in order."""
        return sorted(self._layers)

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        """Return those of the named files that were submitted for a region."""
        files = self._layers.get(region, {})
        return {name: files[name] for name in names if name in files}


def read_submission(layers: Sequence[RuleLayer], region: str) -> Policy:
    """Return the policy that the texts make for a region.

    Raises ``Malformed``: ``layer_missing``, or ``rule_data`` with every defect, its file and
    its line.
    """
    library = Library(SubmittedTexts(layers))
    try:
        policy = library.policy(region)
    except RuleDataError as error:
        raise Malformed("rule_data", error.message_en, error.message_zh, field="layers") from error
    if policy is None:
        raise Malformed(
            "layer_missing",
            f"the files of {region} itself are not there",
            f"缺少 {region} 的规则文件",
            field="layers",
        )
    return policy


def findings_of(policy: Policy, layers: Sequence[RuleLayer]) -> Sequence[Finding]:
    """Return what is wrong with a bundle that loads; nothing where it may be signed off."""
    del policy, layers
    return ()


def _twice(field: str, name: str) -> Malformed:
    return Malformed("given_twice", f"{name} is given twice", f"{name} 重复", field=field)
