"""Backtests a claim set from Parquet to a written report, on one core; prints what that took.

The what-if touches every region that has tables, so that almost all claims are decided twice.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from adapters.files.claim_files import read_claim_set
from adapters.files.corpus_files import write_text
from adapters.files.region_files import RegionFiles
from clearing.benefits.check.files import BOUNDS
from clearing.benefits.overlay.overlay import overlay_of
from clearing.benefits.policies import Library
from services.backtest.backtest import (
    BothDecided,
    decide_after,
    decide_before,
    rules_of,
    summed_up,
)
from services.backtest.checking import what_if_findings
from services.backtest.page import page_of
from services.backtest.report import report_of

OVERLAY = """\
what_if: {zh: 各地待遇略有提高, en: slightly better benefits everywhere}
regions:
  "330213":
    inpatient:
      fee_cap: [{from: 2020-01-01, set: [{category: any, value: 320000.00}]}]
    outpatient:
      fee_cap: [{from: 2020-01-01, set: [{category: any, value: 4500.00}]}]
  "440700":
    outpatient:
      monthly_cap: [{from: 2022-07-01, set: [{tier: level_1, value: 90.00}]}]
  "140000":
    outpatient:
      year_cap: [{from: 2021-01-01, set: [{value: 250.00}]}]
  "990100":
    outpatient:
      ratio: [{from: 2023-01-01, set: [{category: adult, tier: basic, value: 65%}]}]
    inpatient:
      deductible: [{from: 2024-01-01, set: [{tier: tertiary, admission: first, value: 1000.00}]}]
  "980100":
    outpatient:
      year_cap: [{from: 2023-01-01, set: [{category: active, value: 5200.00}]}]
  "970100":
    outpatient:
      year_cap: [{from: 2023-01-01, set: [{category: adult, value: 700.00}]}]
"""


def main() -> None:
    """Measure the file named first; the report goes to the folder named second."""
    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    used_s = time.process_time()
    marks = [time.perf_counter()]
    overlay = overlay_of(OVERLAY, "bench.yaml")
    files = RegionFiles()
    before, after = Library(files), overlay.policies(files)
    before.all_policies()
    marks.append(time.perf_counter())
    claims = read_claim_set(path, before.categories)
    marks.append(time.perf_counter())
    findings = what_if_findings(before, after, files.text(BOUNDS))
    marks.append(time.perf_counter())
    regions = rules_of(claims, before, after)
    members, old = decide_before(before, claims)
    marks.append(time.perf_counter())
    new = decide_after(after, claims, members, old, regions)
    marks.append(time.perf_counter())
    decided = BothDecided(members, old, new)
    words = overlay.content.what_if
    result = summed_up(words, (before, after), claims, decided, regions, 10, findings)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "report.html", page_of(result))
    write_text(folder / "report.json", json.dumps(report_of(result), ensure_ascii=False))
    marks.append(time.perf_counter())
    names = ("rules", "read", "check", "before", "after", "report")
    took = {f"{name}_s": marks[i + 1] - marks[i] for i, name in enumerate(names)}
    figures = {
        **took,
        "total_s": marks[-1] - marks[0],
        "cpu_s": time.process_time() - used_s,
        "claims": len(claims),
        "members": result.members,
        "changed": result.effect.total.changed,
        "touched": sum(each.claims for each in regions if each.touched),
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
