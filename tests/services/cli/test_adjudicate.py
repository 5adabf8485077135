"""``yidi adjudicate``: the contract's example, chains, and every kind of malformed claim."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from services.cli.adjudicate import adjudicate_command

EXAMPLE: dict[str, Any] = {
    "insured_region": "330213",
    "scheme": "resident",
    "member": {"category": "adult_a", "birth_date": "1960-05-01", "identities": []},
    "care_region": "310000",
    "hospital_level": "tertiary",
    "care_type": "inpatient",
    "admitted_on": "2020-06-01",
    "discharged_on": "2020-06-10",
    "filing": "referral",
    "selected_institution": False,
    "amounts": {
        "total": "40000.00",
        "own_pay": "500.00",
        "over_limit": "0.00",
        "first_pay": "0.00",
    },
    "accumulators": {},
}


def changed(**fields: Any) -> dict[str, Any]:
    """The example with fields set; ``member__category`` reaches inside, ``...`` removes."""
    result = deepcopy(EXAMPLE)
    for path, value in fields.items():
        *parents, name = path.split("__")
        place = result
        for parent in parents:
            place = place[parent]
        if value is ...:
            del place[name]
        else:
            place[name] = value
    return result


class Run:
    """Runs the command on a document and keeps what it printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._file = folder / "claims.json"
        self._capsys = capsys

    def __call__(self, document: Any, *, chain: bool = False) -> tuple[int, Any, str]:
        text = document if isinstance(document, str) else json.dumps(document)
        self._file.write_text(text, encoding="utf-8")
        code = adjudicate_command(str(self._file), chain)
        printed = self._capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


def test_the_example_of_the_contract(run: Run) -> None:
    code, result, error = run(EXAMPLE)
    assert (code, error) == (0, "")
    assert result["outcome"] == "paid"
    assert result["code"] is None
    assert result["flags"] == []
    assert (result["fund"], result["personal"]) == ("22980.00", "17020.00")
    assert result["deductible"] == "1200.00"
    assert result["by_fund"] == {"pooled": "22980.00"}
    assert result["illustrative"] is False
    assert result["bundles"]["policy"].startswith("sha256:")
    wanted = {"step", "table", "edition", "source", "rule", "inputs", "amount", "running"}
    assert all(set(step) == wanted for step in result["explanation"])
    assert result["explanation"][-1]["amount"] == "22980.00"
    assert "S3:138" in {step["source"] for step in result["explanation"]}


def test_defaults_are_the_contracts(run: Run) -> None:
    short = changed(member__identities=..., accumulators=..., selected_institution=...)
    short["amounts"] = {"total": "40000.00", "own_pay": "500.00"}
    assert run(short)[1] == run(EXAMPLE)[1]


def test_refused_and_manual_leave_the_accumulators_as_they_were(run: Run) -> None:
    paid = run(EXAMPLE)[1]["accumulators"]
    manual = run(changed(accumulators=paid))[1]
    assert (manual["outcome"], manual["code"]) == ("manual", "second_admission")
    assert [manual[name] for name in ("fund", "personal", "deductible")] == [None, None, None]
    assert manual["by_fund"] == {}
    assert manual["accumulators"] == paid
    assert manual["explanation"][0]["source"] == "S3:88"
    assert manual["explanation"][0]["amount"] is None
    visit = {"care_type": "outpatient", "discharged_on": "2020-06-01"}
    refused = run(changed(accumulators=paid, **visit))[1]
    assert (refused["outcome"], refused["code"]) == ("refused", "remote_outpatient_excluded")
    assert (refused["fund"], refused["personal"]) == ("0.00", "40000.00")
    assert refused["accumulators"] == paid
    assert refused["explanation"][0]["source"] == "S3:136"


def test_a_chain_hands_the_accumulators_on(run: Run) -> None:
    visit = changed(
        care_region="330213", filing="local", care_type="outpatient", discharged_on="2020-06-01",
        amounts={"total": "3000.00"},
    )  # fmt: skip
    code, results, _ = run([visit, visit, visit], chain=True)
    assert code == 0
    assert [result["fund"] for result in results] == ["900.00", "300.00", "0.00"]
    apart = run([visit, visit])[1]
    assert [result["fund"] for result in apart] == ["900.00", "900.00"]
    second = run(changed(**visit | {"accumulators": results[0]["accumulators"]}))[1]
    assert second == results[1]


def test_accumulators_of_regions_and_years_stay_apart(run: Run) -> None:
    visit = changed(
        insured_region="140100", care_region="140100", filing="local", care_type="outpatient",
        member__category="adult", admitted_on="2021-12-31", discharged_on="2021-12-31",
        amounts={"total": "120.00"},
    )  # fmt: skip
    later = {**visit, "admitted_on": "2022-01-01", "discharged_on": "2022-01-01"}
    other = {**visit, "insured_region": "140300", "care_region": "140300"}
    _, results, _ = run([visit, later, other], chain=True)
    assert [result["fund"] for result in results] == ["50.00"] * 3
    assert sorted(results[2]["accumulators"]) == ["140100/2021", "140100/2022", "140300/2021"]
    assert results[0]["illustrative"] is True


def test_standard_input_and_empty_array(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"[]"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)
    assert adjudicate_command("-", chain=False) == 0
    assert capsys.readouterr().out == "[]\n"


def test_unknown_region_is_manual(run: Run) -> None:
    unknown = changed(insured_region="999999", member__category="adult")
    code, result, _ = run(unknown)
    assert code == 0
    assert (result["outcome"], result["code"]) == ("manual", "region_missing")
    assert result["bundles"] == {"policy": None}


MALFORMED: list[tuple[dict[str, Any], str]] = [
    (changed(insured_region="33021"), "insured_region"),
    (changed(insured_region=330213), "insured_region"),
    (changed(care_region="31000a"), "care_region"),
    (changed(care_region="３１００００"), "care_region"),
    (changed(scheme="residents"), "scheme"),
    (changed(scheme=None), "scheme"),
    (changed(member="adult_a"), "member"),
    (changed(member__category="adult"), "member.category"),
    (changed(member__category="active"), "member.category"),
    (changed(scheme="employee"), "member.category"),
    (changed(member__birth_date="2020-06-02"), "member.birth_date"),
    (changed(member__birth_date="1960-13-01"), "member.birth_date"),
    (changed(member__birth_date="19600501"), "member.birth_date"),
    (changed(member__birth_date=...), "member.birth_date"),
    (changed(member__identities="orphan"), "member.identities"),
    (changed(member__identities=["orphan", "poor"]), "member.identities[1]"),
    (changed(member__identities=None), "member.identities"),
    (changed(member__name="x"), "member.name"),
    (changed(hospital_level="level_3"), "hospital_level"),
    (changed(care_type="inpatients"), "care_type"),
    (changed(care_type=["inpatient"]), "care_type"),
    (changed(admitted_on="2020-6-1"), "admitted_on"),
    (changed(admitted_on="2020-02-30"), "admitted_on"),
    (changed(admitted_on="2020-W23-1"), "admitted_on"),
    (changed(discharged_on="2020-05-31"), "discharged_on"),
    (changed(care_type="outpatient"), "discharged_on"),
    (changed(care_type="outpatient_special"), "discharged_on"),
    (changed(filing="local"), "filing"),
    (changed(filing="none"), "filing"),
    (changed(filing=...), "filing"),
    (changed(selected_institution="true"), "selected_institution"),
    (changed(selected_institution=None), "selected_institution"),
    (changed(selected_institution=1), "selected_institution"),
    (changed(amounts=...), "amounts"),
    (changed(amounts__total=...), "amounts.total"),
    (changed(amounts__total=40000), "amounts.total"),
    (changed(amounts__total=40000.0), "amounts.total"),
    (changed(amounts__total="40000"), "amounts.total"),
    (changed(amounts__total="40000.0"), "amounts.total"),
    (changed(amounts__total="40000.000"), "amounts.total"),
    (changed(amounts__total="-1.00"), "amounts.total"),
    (changed(amounts__total="-0.00"), "amounts.total"),
    (changed(amounts__total="+1.00"), "amounts.total"),
    (changed(amounts__total="4e4"), "amounts.total"),
    (changed(amounts__total=" 40000.00"), "amounts.total"),
    (changed(amounts__total="40,000.00"), "amounts.total"),
    (changed(amounts__total="100000000.00"), "amounts.total"),
    (changed(amounts__total=None), "amounts.total"),
    (changed(amounts__total=True), "amounts.total"),
    (changed(amounts__own_pay="40000.01"), "amounts.own_pay"),
    (changed(amounts__over_limit="20000.00", amounts__first_pay="19500.01"), "amounts.first_pay"),
    (changed(amounts__own_pay="-5.00"), "amounts.own_pay"),
    (changed(amounts__fund="1.00"), "amounts.fund"),
    (changed(extra="x"), "extra"),
    (changed(accumulators=[]), "accumulators"),
    (changed(accumulators={"2020": {}}), "accumulators.2020"),
    (changed(accumulators={"330213/2020": 5}), "accumulators.330213/2020"),
    (
        changed(accumulators={"330213/2020": {"inpatient/fees": -1}}),
        "accumulators.330213/2020.inpatient/fees",
    ),
    (
        changed(accumulators={"330213/2020": {"inpatient/fees": 1.5}}),
        "accumulators.330213/2020.inpatient/fees",
    ),
    (
        changed(accumulators={"330213/2020": {"inpatient/admissions": True}}),
        "accumulators.330213/2020.inpatient/admissions",
    ),
]


@pytest.mark.parametrize(("document", "field"), MALFORMED)
def test_malformed_claims_name_their_field(run: Run, document: Any, field: str) -> None:
    code, result, error = run(document)
    assert (code, result) == (2, None)
    assert error.startswith("error: ")
    assert f": field {field}: " in error
    code, result, error = run([EXAMPLE, EXAMPLE, document, EXAMPLE], chain=True)
    assert (code, result) == (2, None)
    assert f": field [2].{field}: " in error


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "document"),
        ("{", "document"),
        ("nonsense", "document"),
        ('"claim"', "document"),
        ("7", "document"),
        ("null", "document"),
        ("[" * 100_000, "document"),
        ("9" * 5000, "document"),
        (json.dumps(EXAMPLE).replace('"40000.00"', "NaN"), "document"),
        (json.dumps(EXAMPLE).replace('"40000.00"', "-Infinity"), "document"),
        (json.dumps(EXAMPLE)[:-1] + ', "filing": "local"}', "filing"),
        (json.dumps(EXAMPLE).replace('"own_pay"', '"total"'), "amounts.total"),
        ("[" + json.dumps(EXAMPLE).replace('"own_pay"', '"total"') + "]", "[0].amounts.total"),
        ("[null]", "[0]"),
        ("[[]]", "[0]"),
    ],
)
def test_documents_that_are_no_claims(run: Run, text: str, field: str) -> None:
    code, result, error = run(text)
    assert (code, result) == (2, None)
    assert f": field {field}: " in error


def test_a_thousand_claims_in_a_process_that_speaks_no_chinese(tmp_path: Path) -> None:
    visits = [
        changed(
            care_region="330213", filing="local", care_type="outpatient",
            discharged_on="2020-06-01", amounts={"total": f"{i}.00"},
        )
        for i in range(1_000)
    ]  # fmt: skip
    (tmp_path / "claims.json").write_text(json.dumps(visits), encoding="utf-8")
    call = "import sys; from services.cli.adjudicate import adjudicate_command as run; "
    done = subprocess.run(
        [sys.executable, "-c", f"{call} sys.exit(run(sys.argv[1], chain=False))", "claims.json"],
        cwd=tmp_path,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )
    results = json.loads(done.stdout.decode("utf-8"))
    assert [r["fund"] for r in results] == [
        f"{i * 30 // 100}.{i * 30 % 100:02d}" for i in range(1_000)
    ]
    assert "政策范围内费用" in results[1]["explanation"][0]["rule"]


def test_unreadable_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert adjudicate_command(str(tmp_path / "none.json"), chain=False) == 2
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xff"}')
    assert adjudicate_command(str(tmp_path / "latin.json"), chain=False) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "not_utf8" in printed.err
