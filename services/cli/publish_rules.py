"""``yidi rules publish REGION``: walk a bundle from its files to being in force.

Goes on from wherever the bundle is and stops at the first refusal; without somebody who signs
off it stops there. Afterwards it waits for the re-run of what was settled before.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from clearing.errors import Conflict
from protos.insured.v1 import insured_pb2
from services.cli import exit_codes
from services.cli.connection import Connection
from services.cli.rule_desk import as_dict, at_desk, header
from services.cli.rule_folder import bundle_of, layers_of
from services.cli.rule_reruns import rerun_of, show_rerun

_LONG_S = 600
"""A check and a large answer may take their time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be published, from which care day, and who stands for it."""

    region: str
    from_on: date
    by: str
    why: str
    signed_off_by: str = ""
    folder: Path | None = None
    wait_s: int = 600


def publish_command(wanted: Wanted, data: Path, as_json: bool) -> int:
    """Publish a region's rules; the exit code is 1 where a check or a person is in the way."""

    async def work(connection: Connection) -> int:
        return await _Walk(wanted, connection, as_json).go()

    return at_desk(data, wanted.region, work)


class _Walk:
    def __init__(self, wanted: Wanted, connection: Connection, as_json: bool) -> None:
        self._wanted = wanted
        self._desk = connection.insured
        self._connection = connection
        self._as_json = as_json
        self._steps: list[str] = []
        self._bundle = bundle_of(wanted.folder, wanted.region)

    async def go(self) -> int:
        state = await self._state()
        if state == "published":
            raise Conflict("already_published", "these very rules are in force", "该规则包已在执行")
        if state in ("", "superseded", "draft"):
            await self._submit()
            findings = await self._check()
            if findings:
                return self._stopped(findings)
            state = "checked"
        if state == "checked":
            if not self._wanted.signed_off_by:
                return self._stopped([])
            await self._sign_off()
        published = await self._publish()
        rerun = await rerun_of(
            self._connection, self._wanted.region, published.rerun_id, self._wanted.wait_s
        )
        self._say(published, rerun)
        return exit_codes.OK

    async def _state(self) -> str:
        listed = await self._desk.ListBundles(
            insured_pb2.ListBundlesRequest(insured_region=self._wanted.region)
        )
        found = (b.state for b in listed.bundles if b.policy_bundle == self._bundle)
        return str(next(found, ""))

    async def _submit(self) -> None:
        draft = await self._desk.SubmitBundle(
            insured_pb2.SubmitBundleRequest(
                header=header(self._wanted.region, "submit"),
                by=self._wanted.by,
                why=self._wanted.why,
                layers=layers_of(self._wanted.folder, self._wanted.region),
            ),
            timeout=_LONG_S,
        )
        self._bundle = draft.policy_bundle  # with the national layer of the node
        self._steps.append("submitted")

    async def _check(self) -> list[Any]:
        checked = await self._desk.CheckBundle(
            insured_pb2.CheckBundleRequest(
                header=header(self._wanted.region, "check"),
                policy_bundle=self._bundle,
                by=self._wanted.by,
            ),
            timeout=_LONG_S,
        )
        self._steps.append("check_failed" if checked.findings else "checked")
        return list(checked.findings)

    async def _sign_off(self) -> None:
        await self._desk.SignOffBundle(
            insured_pb2.SignOffBundleRequest(
                header=header(self._wanted.region, "sign-off"),
                policy_bundle=self._bundle,
                by=self._wanted.signed_off_by,
                why=self._wanted.why,
            )
        )
        self._steps.append("signed_off")

    async def _publish(self) -> Any:
        published = await self._desk.PublishBundle(
            insured_pb2.PublishBundleRequest(
                header=header(self._wanted.region, "publish"),
                policy_bundle=self._bundle,
                from_on=self._wanted.from_on.isoformat(),
                by=self._wanted.by,
                why=self._wanted.why,
            )
        )
        self._steps.append("published")
        return published

    def _stopped(self, findings: list[Any]) -> int:
        """Say where the walk stopped: at a check's findings, or for want of a signature."""
        if self._as_json:
            found = [as_dict(finding) for finding in findings]
            told = {"policy_bundle": self._bundle, "steps": self._steps, "findings": found}
            print(json.dumps(told, ensure_ascii=False, indent=2))
        for finding in findings:
            print(f"{finding.file}:{finding.line}: {finding.message}", file=sys.stderr)
        if not findings and not self._as_json:
            print(f"{self._bundle}")
            print("checked; somebody else signs it off (--signed-off-by) / 已检查, 待他人签发")
        return exit_codes.DIFFERENCE

    def _say(self, published: Any, rerun: Any) -> None:
        if self._as_json:
            told = {
                "policy_bundle": self._bundle,
                "steps": self._steps,
                "number": published.number,
                "from_on": self._wanted.from_on.isoformat(),
                "rerun": as_dict(rerun.rerun),
                "items": [as_dict(item) for item in rerun.items],
            }
            print(json.dumps(told, ensure_ascii=False, indent=2))
            return
        console = Console()
        console.print(
            f"{self._bundle} published for care from {self._wanted.from_on} on / "
            f"自 {self._wanted.from_on} 起执行"
        )
        show_rerun(rerun, console)
