"""From the texts of a region's files to its policy: parse, inherit, validate, build, hash.

Nothing loads half: every defect of every file is reported at once, with file and line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from clearing.benefits import schema
from clearing.benefits.cell import CareRules, Rules
from clearing.benefits.claim import CareType
from clearing.benefits.keys import Keys, build_keys
from clearing.benefits.policy import Policy
from clearing.benefits.references import check_conditions, check_references
from clearing.benefits.table import Table, TableBuilder
from clearing.benefits.vocabulary import IDENTITY_KEY
from clearing.strict_yaml import Document, Finding, Path, RuleDataError, parse, validated

ModelT = TypeVar("ModelT", bound=BaseModel)
_MERGED_BY_NAME = ("tables", "groups", "schemes", "benefits", "causes")
_SEVERABLE = ("tables", "benefits", "exclusions", "flags", "bounds", "waivers")
"""Sections whose parts stand by themselves: the others can be checked without one of them."""

_FORMAT = "1"

NATIONAL: Final = "national"
NATIONAL_FILE: Final = "policy.yaml"
"""The folder and file of what holds for every region's benefits."""


@dataclass(slots=True)
class LayeredDocument(Document):
    """A file laid over its parent's file of the same name; a line is told in its own file."""

    own: Document | None = None
    under: Document | None = None

    def finding(self, path: Path, message: str, code: str = "bad_value") -> Finding:
        """Return a finding in that file of the two that says what is at ``path``."""
        for document in (self.own, self.under):
            if document is not None and _has(document.data, path[:2]):
                return document.finding(path, message, code)
        nearest = self.own or self.under
        if nearest is None:
            return Finding(self.file, 1, message, code)
        return nearest.finding(path, message, code)


def parse_files(texts: Mapping[str, str], folder: str) -> dict[str, Document]:
    """Parse those files of a region's folder that decide benefits.

    ``texts`` is by file name; other files are left alone. Raises ``RuleDataError``.
    """
    documents: dict[str, Document] = {}
    findings: list[Finding] = []
    for name in schema.FILES:
        if name not in texts:
            continue
        try:
            document = parse(texts[name], f"{folder}/{name}")
        except RuleDataError as error:
            findings.extend(error.findings)
            continue
        if isinstance(document.data, dict):
            documents[name] = document
        else:
            message = "a rule file is a mapping of keys: <key>: <value>"
            findings.append(document.finding((), message, "no_mapping"))
    if "region.yaml" not in texts:
        message = "the region has no region.yaml; write its code and name there"
        findings.append(Finding(f"{folder}/region.yaml", 1, message, "no_region_file"))
    if findings:
        raise RuleDataError(findings)
    return documents


def parse_layer(texts: Mapping[str, str]) -> dict[str, Document]:
    """Parse the national layer, which has no ``region.yaml``. Raises ``RuleDataError``."""
    documents = {name: parse(text, f"{NATIONAL}/{name}") for name, text in texts.items()}
    for document in documents.values():
        if not isinstance(document.data, dict):
            raise RuleDataError([document.finding((), "a rule file is a mapping of keys")])
    return documents


def inherits(documents: Mapping[str, Document]) -> str | None:
    """Return the code of the region whose rules these files are laid over."""
    return validated(schema.RegionFile, documents["region.yaml"]).inherits


def layered(
    own: Mapping[str, Document], under: Mapping[str, Document] | None
) -> dict[str, Document]:
    """Lay files over the parent's: what a child says replaces, by table, scheme and group."""
    if under is None:
        return dict(own)
    result: dict[str, Document] = {"region.yaml": own["region.yaml"]}
    for name in schema.FILES[1:]:
        mine, parents = own.get(name), under.get(name)
        nearest = mine or parents
        if nearest is None:
            continue
        data = _merged(mine.data if mine else {}, parents.data if parents else {})
        result[name] = LayeredDocument(nearest.file, data, own=mine, under=parents)
    return result


def build_policy(documents: Mapping[str, Document]) -> Policy:
    """Return the policy of a region's files. Raises ``RuleDataError`` with every defect."""
    findings: list[Finding] = []
    region = _read(schema.RegionFile, documents["region.yaml"], findings).file
    if "policy.yaml" not in documents:
        where = documents["region.yaml"]
        message = "the region has no policy.yaml, nor one to inherit"
        findings.append(where.finding((), message, "no_policy_file"))
        raise RuleDataError(findings)
    read = _read(schema.PolicyFile, documents["policy.yaml"], findings)
    policy = read.file
    care_files = {
        care_type: _read(schema.CareFile, documents[f"{care_type}.yaml"], findings)
        for care_type in CareType
        if f"{care_type}.yaml" in documents
    }
    if region is None or policy is None:
        raise RuleDataError(findings)
    # What can be read is checked on, so that all defects are told at once.
    keys = build_keys(region, policy, documents["policy.yaml"], findings)
    shared = _tables(policy.tables, documents["policy.yaml"], keys, findings)
    check_conditions(policy, keys, documents["policy.yaml"], findings)
    care: dict[CareType, CareRules] = {}
    for care_type, each in care_files.items():
        document, file = documents[f"{care_type}.yaml"], each.file
        if file is None:  # reported above
            continue
        tables = _tables(file.tables, document, keys, findings)
        care[care_type] = CareRules(file.benefits, tables)
        declared = {**policy.tables, **file.tables}
        lost = read.lost | each.lost
        under = documents["policy.yaml"]
        check_references(file, declared, policy, keys, document, under, findings, lost)
    if findings:
        raise RuleDataError(findings)
    content = {name: document.data for name, document in documents.items()}
    canonical = json.dumps(
        _in_order({"format": _FORMAT, "files": content}),
        ensure_ascii=False,
        separators=(",", ":"),
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return Policy(Rules(region, policy, keys, shared, care), canonical, f"sha256:{digest}")


def policy_from_canonical(canonical: str) -> Policy:
    """Return the policy that a stored bundle describes: same content, same hash."""
    files: dict[str, Any] = json.loads(canonical)["files"]
    return build_policy({name: Document(name, data) for name, data in files.items()})


@dataclass(frozen=True, slots=True)
class _ReadFile(Generic[ModelT]):
    """A file as far as it could be read, and the names of what of it could not."""

    file: ModelT | None
    lost: frozenset[str] = frozenset()


def _read(model: type[ModelT], document: Document, findings: list[Finding]) -> _ReadFile[ModelT]:
    """Read a file; where tables or rules of it have defects, return it without those."""
    try:
        return _ReadFile(validated(model, document))
    except RuleDataError as error:
        findings.extend(error.findings)
        cause = error.__cause__
    if not isinstance(cause, ValidationError):  # no mapping at all
        return _ReadFile(None)
    wrong = [item["loc"] for item in cause.errors(include_url=False)]
    if not all(path[0] in _SEVERABLE and len(path) > 1 for path in wrong):
        return _ReadFile(None)
    parts = {path[:2] for path in wrong}
    rest = {name: _without(name, part, parts) for name, part in document.data.items()}
    lost = frozenset(str(name) for _, name in parts)
    try:
        return _ReadFile(model.model_validate(rest), lost)
    except ValidationError:
        return _ReadFile(None)


def _without(section: str, part: Any, wrong: Collection[tuple[int | str, ...]]) -> Any:
    if isinstance(part, dict):
        return {name: value for name, value in part.items() if (section, name) not in wrong}
    if isinstance(part, list):
        return [value for i, value in enumerate(part) if (section, i) not in wrong]
    return part


def _tables(
    declared: Mapping[str, schema.Table],
    document: Document,
    keys: Keys,
    findings: list[Finding],
) -> dict[str, Table]:
    tables = {}
    for name, table in declared.items():
        domains = keys.for_scheme(table.scheme)
        built = TableBuilder(document, name, domains, findings).build(table)
        if built is not None:
            tables[name] = built
    return tables


def _merged(own: Mapping[str, Any], under: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**under, **own}
    if isinstance(own.get("flags"), list) and isinstance(under.get("flags"), list):
        merged["flags"] = _flags(own["flags"], under["flags"])
    for name in _MERGED_BY_NAME:
        if isinstance(own.get(name), dict) and isinstance(under.get(name), dict):
            merged[name] = {**under[name], **own[name]}
    return merged


def _in_order(data: Any, *, as_written: bool = False) -> Any:
    """Return content with its mappings in one order, whatever order they were written in.

    Only the classes over identities keep theirs: the first that fits a member counts.
    """
    if isinstance(data, list):
        return [_in_order(item) for item in data]
    if not isinstance(data, dict):
        return data
    first_counts = data.get("of") == IDENTITY_KEY
    return {
        name: _in_order(data[name], as_written=first_counts and name == "classes")
        for name in (data if as_written else sorted(data))
    }


def _flags(own: list[Any], under: list[Any]) -> list[Any]:
    """Add the parent's flags that the child doesn't name anew; the child's keep their places."""
    named = [flag.get("code") for flag in own if isinstance(flag, dict)]
    more = [f for f in under if not (isinstance(f, dict) and f.get("code") in named)]
    return [*own, *more]


def _has(data: Any, path: Path) -> bool:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True
