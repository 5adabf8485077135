"""Writing acts and publications of bundles: the acts are one chain, nothing of it is changed."""

from __future__ import annotations

from datetime import date

from clearing.benefits.bundles.bundle_life import ActKind, BundleAct, Life, check_act, life_of
from clearing.benefits.bundles.publications import Publication
from clearing.benefits.policy import Policy
from clearing.chain import GENESIS, ChainHead, link
from clearing.ports import UnitOfWork
from services.insured_region.records import KeptBundle
from services.insured_region.rules import RegionRules, publications
from services.node.context import Context

ACTS = "bundle_acts"
BY_CONFIGURATION = "configuration"


def act_on(
    context: Context,
    bundle_hash: str,
    kind: ActKind,
    by: str,
    why: str,
    from_on: date | None = None,
) -> BundleAct:
    """Record an act on a bundle. Raises what ``check_act`` raises where it isn't allowed now."""
    check_act(life(context.uow, bundle_hash), kind, by)
    heads = context.table(ChainHead)
    head = heads.get(ACTS) or ChainHead(ACTS, 0, GENESIS)
    act = link(BundleAct(0, bundle_hash, kind, by, why, context.business_time, from_on), head)
    context.table(BundleAct).put(act)
    heads.put(ChainHead(ACTS, act.sequence, act.hash))
    return act


def life(uow: UnitOfWork, bundle_hash: str) -> Life:
    """Return how far a bundle is."""
    return life_of(acts_on(uow, bundle_hash))


def acts_on(uow: UnitOfWork, bundle_hash: str) -> list[BundleAct]:
    """Return what happened to a bundle, oldest first."""
    return list(uow.table(BundleAct).select(bundle_hash=bundle_hash))


def publish(context: Context, act: BundleAct) -> Publication:
    """Put a bundle in force by the act that published or configured it."""
    publication = Publication(
        len(publications(context.uow)) + 1,
        act.bundle_hash,
        act.from_on,
        act.sequence,
        act.kind is ActKind.CONFIGURED,
    )
    context.table(Publication).put(publication)
    return publication


def stand_on_rules(context: Context) -> None:
    """Let what is decided now stand on the publications as they are.

    Another process may publish meanwhile: then this is decided anew, or is committed first and
    is there when the publication's re-run looks for it.
    """
    context.table(ChainHead).hold(ACTS)


def keep(context: Context, policy: Policy) -> None:
    """Keep a bundle whole: what it decides can be decided again and explained for good."""
    bundles = context.table(KeptBundle)
    if bundles.get(policy.bundle_hash) is None:
        bundles.put(KeptBundle(policy.bundle_hash, policy.canonical))


def record_configured(context: Context, rules: RegionRules) -> None:
    """Record the rules the process was started with, the first time it decides anything.

    They decide what nothing published decides; that a process is started with others later
    never overrides what people published.
    """
    if rules.configured.are_recorded(rules.policy.bundle_hash, publications(context.uow)):
        return
    keep(context, rules.policy)
    bundle = rules.policy.bundle_hash
    act = act_on(context, bundle, ActKind.CONFIGURED, BY_CONFIGURATION, "")
    publish(context, act)
