"""The desk for rule bundles: submit, check, sign off, publish, list, show."""

from __future__ import annotations

from clearing.benefits.bundles.bundle_life import ActKind
from clearing.benefits.policy import Policy
from clearing.errors import Conflict, NotFound, Rejected
from services.insured_region import bundle_commands as commands
from services.insured_region import reruns
from services.insured_region.bundle_answers import (
    Bundle,
    BundleChecked,
    BundleContent,
    BundlePublished,
    Bundles,
    RuleFinding,
)
from services.insured_region.bundle_view import all_bundles, bundle_seen
from services.insured_region.publishing import act_on, keep, publish, record_configured
from services.insured_region.records import BundleTexts, KeptBundle
from services.insured_region.rules import RegionRules, RulesInForce
from services.node.context import Context


def submit_bundle(
    command: commands.SubmitBundle, context: Context, *, rules: RegionRules
) -> Bundle:
    """Take a region's rule files as a draft; one with a defect isn't taken at all."""
    policy = rules.reader.policy(command.layers, rules.region)
    record_configured(context, rules)
    in_force = rules.in_force(context.uow)
    if in_force.publications[0].bundle_hash == policy.bundle_hash:
        raise Conflict(
            "already_published", "these very rules are in force", "该规则包已在执行", field="layers"
        )
    act_on(context, policy.bundle_hash, ActKind.SUBMITTED, command.by, command.why)
    keep(context, policy)
    rules.shelf.put(policy)
    context.table(BundleTexts).put(BundleTexts(policy.bundle_hash, command.layers))
    return bundle_seen(policy.bundle_hash, context, rules)


def check_bundle(
    command: commands.CheckBundle, context: Context, *, rules: RegionRules
) -> BundleChecked:
    """Check a bundle; with findings it stays, or becomes again, a draft."""
    policy = _policy(command.policy_bundle, context, rules)
    texts = context.table(BundleTexts).get(command.policy_bundle)
    if texts is None:
        raise Conflict(
            "already_published", "the node was started with these rules", "该规则包为节点配置规则"
        )
    findings = rules.reader.findings(texts.layers, rules.region)
    kind = ActKind.CHECK_FAILED if findings else ActKind.CHECKED
    why = f"{len(findings)} findings" if findings else ""
    act_on(context, policy.bundle_hash, kind, command.by, why)
    return BundleChecked(
        bundle_seen(policy.bundle_hash, context, rules),
        tuple(RuleFinding(each.file, each.line, each.code, each.message) for each in findings),
    )


def sign_off_bundle(
    command: commands.SignOffBundle, context: Context, *, rules: RegionRules
) -> Bundle:
    """Record that somebody else than who submitted a checked bundle stands for it."""
    policy = _policy(command.policy_bundle, context, rules)
    act_on(context, policy.bundle_hash, ActKind.SIGNED_OFF, command.by, command.why)
    return bundle_seen(policy.bundle_hash, context, rules)


def publish_bundle(
    command: commands.PublishBundle, context: Context, *, rules: RegionRules
) -> BundlePublished:
    """Put a bundle in force: claims of its days are decided by it from now on.

    What was settled before of those days is run again, and listed with the difference.
    """
    policy = _policy(command.policy_bundle, context, rules)
    record_configured(context, rules)
    _check_categories(policy, rules.in_force(context.uow))
    act = act_on(
        context,
        policy.bundle_hash,
        ActKind.PUBLISHED,
        command.by,
        command.why,
        command.from_on,
    )
    publication = publish(context, act)
    rerun_id = reruns.start(publication, context)
    return BundlePublished(
        bundle_seen(policy.bundle_hash, context, rules), publication.number, rerun_id
    )


def list_bundles(command: commands.ListBundles, context: Context, *, rules: RegionRules) -> Bundles:
    """Show all bundles: those that decide in the order they are asked, then the others."""
    del command
    return Bundles(all_bundles(context, rules))


def get_bundle(
    command: commands.GetBundle, context: Context, *, rules: RegionRules
) -> BundleContent:
    """Show a bundle whole."""
    seen = bundle_seen(command.policy_bundle, context, rules)
    kept = context.table(KeptBundle).get(command.policy_bundle)
    texts = context.table(BundleTexts).get(command.policy_bundle)
    canonical = rules.policy.canonical if kept is None else kept.canonical
    return BundleContent(seen, canonical, texts.layers if texts else ())


def _policy(bundle_hash: str, context: Context, rules: RegionRules) -> Policy:
    if context.table(KeptBundle).get(bundle_hash) is None:
        raise NotFound(
            "bundle_unknown",
            f"there is no bundle {bundle_hash!r}",
            f"没有规则包 {bundle_hash!r}",
            field="policy_bundle",
        )
    return rules.policy_of(bundle_hash, context.uow)


def _check_categories(policy: Policy, in_force: RulesInForce) -> None:
    """Refuse a bundle that no longer knows members that are registered under those in force."""
    for scheme in policy.rules.keys.categories:
        known = policy.categories(scheme)
        gone = [name for name in in_force.categories(policy.region, scheme) if name not in known]
        if gone:
            raise Rejected(
                "categories_dropped",
                f"members of scheme {scheme} have the categories {', '.join(gone)}, which the "
                "bundle does not know; a bundle holds the editions of all days",
                f"规则包缺少已有参保人员类别 {', '.join(gone)}",
                field="policy_bundle",
            )
