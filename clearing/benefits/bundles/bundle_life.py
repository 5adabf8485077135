"""A rule bundle's life: draft → checked → signed off → published; never edited, only superseded.

A bundle is known by the hash of its content, so there is nothing to edit: other content is
another bundle. What happens to it are acts, each with who, when and why, kept in one chain for
a region; a bundle's state is what its acts make of it. Whoever signs off is somebody else than
whoever submitted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clearing.calendar import Instant
from clearing.errors import Conflict, Malformed, Rejected, YidiError


class BundleState(StrEnum):
    """How far a bundle is."""

    DRAFT = "draft"
    CHECKED = "checked"  # nothing was found wrong with it
    SIGNED_OFF = "signed_off"
    PUBLISHED = "published"


class ActKind(StrEnum):
    """What is done to a bundle."""

    CONFIGURED = "configured"  # the node was started with these rules
    SUBMITTED = "submitted"
    CHECKED = "checked"
    CHECK_FAILED = "check_failed"
    SIGNED_OFF = "signed_off"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class BundleAct:
    """One act of a bundle's life, in the region's chain of acts (``clearing.chain``).

    ``from_on`` is the first care day that a publication decides; ``None`` on other acts, and
    on a configuration, which decides every day that nothing published decides.
    """

    sequence: int
    bundle_hash: str
    kind: ActKind
    by: str
    why: str
    at: Instant
    from_on: date | None
    previous_hash: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """What the acts on a bundle come to; ``state`` is ``None`` before the first.

    A bundle that was published may be submitted anew, to bring rules back that another bundle
    superseded: its life then starts over, and what was published stays so.
    """

    state: BundleState | None = None
    submitted_by: str = ""
    signed_off_by: str = ""


_AFTER = {
    ActKind.CONFIGURED: BundleState.PUBLISHED,
    ActKind.CHECKED: BundleState.CHECKED,
    ActKind.CHECK_FAILED: BundleState.DRAFT,
    ActKind.SIGNED_OFF: BundleState.SIGNED_OFF,
    ActKind.PUBLISHED: BundleState.PUBLISHED,
}


def life_of(acts: Iterable[BundleAct]) -> Life:
    """Return a bundle's life after its acts, oldest first.

    Raises what ``check_act`` raises where one of them could not follow the ones before it.
    """
    life = Life()
    for act in acts:
        life = after(life, act)
    return life


def after(life: Life, act: BundleAct) -> Life:
    """Return the life after one more act. Raises what ``check_act`` raises."""
    check_act(life, act.kind, act.by)
    if act.kind is ActKind.SUBMITTED:
        return Life(BundleState.DRAFT, act.by)
    if act.kind is ActKind.CONFIGURED and life.state is not None:
        return life  # its own road through the service goes on
    signed = act.by if act.kind is ActKind.SIGNED_OFF else life.signed_off_by
    return Life(_AFTER[act.kind], life.submitted_by, signed)


def check_act(life: Life, kind: ActKind, by: str) -> None:
    """Tell whether somebody may do this to a bundle now.

    Raises ``Malformed`` (``field_missing``) where nobody is named, ``Rejected``
    (``same_person``) where a second pair of eyes is missing, and ``Conflict`` where the bundle is
    not that far, or is farther: ``bundle_unknown``, ``already_submitted``,
    ``bundle_not_checked``, ``bundle_not_signed_off``, ``already_signed_off``,
    ``already_published``.
    """
    if kind is ActKind.CONFIGURED:
        return
    if not by.strip():
        raise Malformed("field_missing", "say who does it", "必填项缺失", field="by")
    if kind is ActKind.SUBMITTED:
        # A draft may come once more: its comments or cases were mended, its content was not.
        if life.state not in (None, BundleState.DRAFT, BundleState.PUBLISHED):
            raise _in_the_way(life.state)
        return
    if life.state is None:
        raise Conflict("bundle_unknown", "the bundle was never submitted", "规则包尚未提交")
    allowed = _ALLOWED[kind]
    if life.state not in allowed:
        raise _too_early(life.state) if _is_before(life.state, allowed) else _in_the_way(life.state)
    if kind is ActKind.SIGNED_OFF and _same(by, life.submitted_by):
        raise Rejected(
            "same_person",
            f"{by} submitted this bundle; somebody else signs it off",
            f"规则包由 {by} 提交, 须由他人签发",
            field="by",
        )


_ALLOWED = {
    # Checking again is always harmless, and a check may know more than the one before it.
    ActKind.CHECKED: (BundleState.DRAFT, BundleState.CHECKED),
    ActKind.CHECK_FAILED: (BundleState.DRAFT, BundleState.CHECKED),
    ActKind.SIGNED_OFF: (BundleState.CHECKED,),
    ActKind.PUBLISHED: (BundleState.SIGNED_OFF,),
}


def _same(one: str, other: str) -> bool:
    """Tell whether two names are one person's; how a name is spelt makes nobody another."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _is_before(state: BundleState, allowed: tuple[BundleState, ...]) -> bool:
    order = list(BundleState)
    return order.index(state) < min(order.index(each) for each in allowed)


def _too_early(state: BundleState) -> YidiError:
    if state is BundleState.DRAFT:
        return Conflict(
            "bundle_not_checked",
            "the bundle has not been checked, or did not pass",
            "规则包尚未检查或检查未通过",
        )
    return Conflict("bundle_not_signed_off", "nobody has signed the bundle off", "规则包尚未签发")


def _in_the_way(state: BundleState | None) -> YidiError:
    if state is BundleState.PUBLISHED:
        return Conflict("already_published", "the bundle is published", "规则包已发布")
    if state is BundleState.SIGNED_OFF:
        return Conflict("already_signed_off", "the bundle is signed off", "规则包已签发")
    return Conflict("already_submitted", f"the bundle was submitted and is {state}", "规则包已提交")
