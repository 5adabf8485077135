"""Reading a submitted bundle, and looking for what is wrong with it.

Both take a while and depend on nothing but the texts, so the service does them ahead, outside
the node's transactions; the command then finds the result here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from clearing.benefits.check import check_region
from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from clearing.errors import Malformed
from clearing.strict_yaml import Finding, RuleDataError
from services.insured_region.records import RuleLayer

MAX_TEXT = 1 << 20
RESULTS = 8
"""So many results are remembered: each is used once or twice, soon."""

ResultT = TypeVar("ResultT")
Check = Callable[[Mapping[str, str], str], tuple[Finding, ...]]


class BundleReader:
    """Reads and checks submissions, each at most once in a while.

    ``shared`` are texts of the node's own, by path: what every region inherits, and the list of
    source documents. A submission may bring a longer list; nobody brings other national rules.
    """

    def __init__(
        self, shared: Mapping[str, str] | None = None, check: Check = check_region
    ) -> None:
        self._shared = dict(shared or {})
        self._check = check
        self._policies: dict[str, Policy] = {}
        self._findings: dict[str, tuple[Finding, ...]] = {}

    def policy(self, layers: Sequence[RuleLayer], region: str) -> Policy:
        """Return the policy that the texts make for a region.

        Raises ``Malformed``: ``layer_missing``, or ``rule_data`` with every defect, its file
        and its line.
        """
        texts = self._texts(layers)
        return _once(self._policies, _key(texts, region), lambda: _policy(texts, region))

    def findings(self, layers: Sequence[RuleLayer], region: str) -> tuple[Finding, ...]:
        """Return what is wrong with a bundle that loads; nothing where it may be signed off."""
        texts = self._texts(layers)
        return _once(self._findings, _key(texts, region), lambda: self._check(texts, region))

    def _texts(self, layers: Sequence[RuleLayer]) -> dict[str, str]:
        national = {path: text for path, text in self._shared.items() if "/" in path}
        return {**self._shared, **texts_of(layers), **national}


class _Submitted:
    """The texts of a submission as the library of policies asks for them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def regions(self) -> Sequence[str]:
        codes = {path.split("/")[0] for path in self._texts if path.endswith("/region.yaml")}
        return sorted(codes)

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        paths = {name: f"{region}/{name}" for name in names}
        return {name: self._texts[path] for name, path in paths.items() if path in self._texts}


def texts_of(layers: Sequence[RuleLayer]) -> dict[str, str]:
    """Return the texts by path.

    Raises ``Malformed`` where a file is given twice or a text is too long.
    """
    texts: dict[str, str] = {}
    for index, layer in enumerate(layers):
        for number, file in enumerate(layer.files):
            field = f"layers[{index}].files[{number}]"
            path = f"{layer.region}/{file.name}".lstrip("/")
            if path in texts:
                raise Malformed(
                    "given_twice", f"{path} is given twice", f"{path} 重复", field=f"{field}.name"
                )
            if len(file.text) > MAX_TEXT:
                raise Malformed(
                    "text_too_long",
                    f"a rule file has at most {MAX_TEXT} characters",
                    f"规则文件最长{MAX_TEXT}字符",
                    field=f"{field}.text",
                )
            texts[path] = file.text
    return texts


def _policy(texts: Mapping[str, str], region: str) -> Policy:
    try:
        policy = Library(_Submitted(texts)).policy(region)
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


def _key(texts: Mapping[str, str], region: str) -> str:
    content = json.dumps([region, sorted(texts.items())])
    return hashlib.sha256(content.encode()).hexdigest()


def _once(results: dict[str, ResultT], key: str, make: Callable[[], ResultT]) -> ResultT:
    result = results.get(key)
    if result is None:
        # Two threads may both make it: it comes out the same.
        result = results[key] = make()
        while len(results) > RESULTS:
            results.pop(next(iter(results)), None)
    return result
