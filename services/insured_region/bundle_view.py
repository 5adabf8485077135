"""A bundle as it is shown: who it is, how far it is, what happened to it."""

from __future__ import annotations

import json
from typing import Any

from clearing.benefits.bundles.bundle_life import BundleAct, BundleState, life_of
from clearing.benefits.bundles.publications import Publication, superseded_from
from clearing.errors import NotFound
from services.insured_region.bundle_answers import ActSeen, Bundle, PublicationSeen
from services.insured_region.publishing import acts_on
from services.insured_region.records import KeptBundle
from services.insured_region.rules import RegionRules, RulesInForce, publications
from services.node.context import Context
from services.node.scanning import every

SUPERSEDED = "superseded"


def all_bundles(context: Context, rules: RegionRules) -> tuple[Bundle, ...]:
    """Return those that decide in the order they are asked, then the others, newest first."""
    in_force = [each.bundle_hash for each in rules.in_force(context.uow).publications]
    acted = [act.bundle_hash for act in every(context.uow, BundleAct, ("sequence",))]
    hashes = dict.fromkeys([*in_force, *reversed(acted)])
    return tuple(bundle_seen(bundle_hash, context, rules) for bundle_hash in hashes)


def bundle_seen(bundle_hash: str, context: Context, rules: RegionRules) -> Bundle:
    """Return one bundle. Raises ``NotFound`` (``bundle_unknown``)."""
    region = _region_file(bundle_hash, context, rules)
    in_force = rules.in_force(context.uow)
    acts = acts_on(context.uow, bundle_hash)
    published = [
        _publication(each, in_force)
        for each in _known(context, in_force)
        if each.bundle_hash == bundle_hash
    ]
    state = life_of(acts).state or BundleState.PUBLISHED  # configured, and nothing decided yet
    superseded = published and published[-1].superseded_from_on is not None
    shown = SUPERSEDED if state is BundleState.PUBLISHED and superseded else str(state)
    return Bundle(
        rules.region,
        region["name"]["zh"],
        region["name"]["en"],
        bundle_hash,
        region.get("illustrative") == "true",
        shown,
        tuple(published),
        tuple(ActSeen(str(act.kind), act.by, act.at, act.why, act.from_on) for act in acts),
    )


def _known(context: Context, in_force: RulesInForce) -> list[Publication]:
    """Return every publication, with the configuration that is not recorded yet."""
    known = publications(context.uow)
    return [*known, *(each for each in in_force.publications if each.number > len(known))]


def _publication(publication: Publication, in_force: RulesInForce) -> PublicationSeen:
    until = superseded_from(publication, in_force.publications)
    return PublicationSeen(publication.number, publication.from_on, until, publication.configured)


def _region_file(bundle_hash: str, context: Context, rules: RegionRules) -> Any:
    kept = context.table(KeptBundle).get(bundle_hash)
    if kept is None and bundle_hash != rules.policy.bundle_hash:
        raise NotFound(
            "bundle_unknown",
            f"there is no bundle {bundle_hash!r}",
            f"没有规则包 {bundle_hash!r}",
            field="policy_bundle",
        )
    # The whole policy is not built for its name.
    canonical = rules.policy.canonical if kept is None else kept.canonical
    return json.loads(canonical)["files"]["region.yaml"]
