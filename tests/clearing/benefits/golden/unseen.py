"""Changes that no claim can show, each with its reason; by region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def _local_away_from_home(file: str, table: str, edition: str) -> tuple[Sequence[str], str]:
    row = f"{file} {table} {edition} where=away, filing=local"
    return (
        [f"{row}: given", f"{row}: local_away_from_home renamed"],
        "a claim that is local and away from home is malformed and reaches no table; "
        "the row is there because every table answers every key",
    )


_OUTSIDE_EXCLUDED = (
    ["policy.yaml where: outside_mainland moved to home"],
    "care outside the mainland is refused before anything asks where it was",
)


UNSEEN: Mapping[str, Sequence[tuple[Sequence[str], str]]] = {
    "140000": (
        (
            [
                "outpatient.yaml ratio 2021-01-01: +1 day",
                "outpatient.yaml ratio 2021-01-01: given",
                "outpatient.yaml ratio 2021-01-01: ratio_not_given renamed",
            ],
            "the province decides nothing itself, and each city has a ratio of its own",
        ),
        (
            [
                "outpatient.yaml visit_cap 2021-01-01: 50.00 +0.01",
                "outpatient.yaml visit_cap 2021-01-01: 50.00 +1.00",
                "outpatient.yaml resident step 2 cap_payment: visit_cap taken out",
            ],
            "50 a visit and 50 a day both hold: the day's cap still cuts to 50",
        ),
    ),
    "330213": (
        _local_away_from_home("policy.yaml", "unfiled_points", "2020-01-01"),
        (
            [
                "inpatient.yaml maternity_quota 2020-01-01 delivery=none: 0.00 +0.01",
                "inpatient.yaml maternity_quota 2020-01-01 delivery=none: 0.00 +1.00",
            ],
            "nobody applies for a birth that wasn't; the row is there because every table answers "
            "every key",
        ),
        (
            [
                "inpatient.yaml deductible 2020-01-01 special_disease=yes, level=any: "
                f"another for {level}"
                for level in ("unrated", "primary", "secondary")
            ],
            "the ratio of these levels isn't stated, so that a person decides with any deductible",
        ),
        (
            ["inpatient.yaml ratio 2020-01-01 category=adult_b, level=tertiary: 40000.00 -0.01"],
            "0.05 分 less, which never crosses a half 分: the one stay paid in a year comes "
            "to whole tenths of a 分; 1.00 is seen",
        ),
        (
            [
                "outpatient.yaml resident long_term_outpatient_not_given: where taken out",
                "outpatient.yaml resident long_term_outpatient_not_given: filing taken out",
            ],
            "what the condition leaves out was refused before: long-term filing at home, and any "
            "other filing away from home",
        ),
        (
            ["policy.yaml unfiled_points 2020-01-01 where=home, filing=any: another for long_term"],
            "who is filed for long-term residence elsewhere is refused at home",
        ),
    ),
    "970100": (
        _local_away_from_home("policy.yaml", "remote_share", "2023-01-01"),
        _OUTSIDE_EXCLUDED,
    ),
    "980100": (
        _local_away_from_home("policy.yaml", "remote_factor", "2023-01-01"),
        _local_away_from_home("inpatient.yaml", "raised", "2023-01-01"),
        _OUTSIDE_EXCLUDED,
        (
            ["pharmacy.yaml resident pharmacy_not_covered: scheme taken out"],
            "the exclusion stands among the resident scheme's benefits already",
        ),
    ),
    "990100": (
        _local_away_from_home("policy.yaml", "remote_points", "2023-01-01"),
        _OUTSIDE_EXCLUDED,
    ),
}
