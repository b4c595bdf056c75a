"""`rapport import` and `rapport export` as scripts call them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from storage.importing.sheets import read_workbook

PEOPLE = (
    "First Name,Last Name,Email,Phone\n"
    "Ole,Berg,ole@berg.example,+47 22 00 11 22\n"
    "Ida,Moe,not an address,+47 22 00 11 23\n"
    ",,,\n"
    ",,wrong,\n"
)


class Script:
    """Runs commands on a database of its own; what they said."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        self.said = ""
        self.complained = ""

    def runs(self, *args: str) -> int:
        code = main(args)
        self.said, self.complained = self.capture.readouterr()
        return code

    def file(self, content: str, name: str = "people.csv") -> str:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    def contacts(self) -> list[dict[str, Any]]:
        assert self.runs("export") == 0
        records = [json.loads(line) for line in self.said.splitlines()]
        return [record for record in records if record["type"] == "contact"]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Script:
    monkeypatch.setenv("RAPPORT_DATABASE", str(tmp_path / "rapport.db"))
    monkeypatch.setenv("RAPPORT_COUNTRY", "DE")
    monkeypatch.chdir(tmp_path)
    made = Script(tmp_path, capfd)
    assert made.runs("user", "add", "Max Kern", "--role", "owner") == 0
    return made


def test_bad_rows_are_told_by_their_lines_and_the_counts_come_last(script: Script) -> None:
    assert script.runs("import", script.file(PEOPLE)) == 0
    assert script.said.splitlines() == [
        "line 3: “not an address” is no mail address",
        "line 5: “wrong” is no mail address",
        "line 5: the row has no name, address or number",
        "contacts: added 2, updated 0, unchanged 0, skipped 1",
    ]
    assert script.complained == ""
    assert [contact["name"] for contact in script.contacts()] == ["Ole Berg", "Ida Moe"]


def test_a_dry_run_says_the_same_and_changes_nothing(script: Script) -> None:
    assert script.runs("import", script.file(PEOPLE), "--dry-run") == 0
    assert "line 3: “not an address” is no mail address" in script.said
    assert script.said.splitlines()[-1] == "contacts: would be added 2, updated 0, unchanged 0, skipped 1"
    assert script.contacts() == []
    with sqlite3.connect(script.folder / "rapport.db") as connection:
        assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (0,)


def test_again_adds_nothing(script: Script) -> None:
    script.runs("import", script.file(PEOPLE))
    script.runs("import", script.file(PEOPLE))
    assert script.said.splitlines()[-1] == "contacts: added 0, updated 0, unchanged 2, skipped 1"
    assert len(script.contacts()) == 2


def test_what_cant_be_read_and_wrong_usage(script: Script) -> None:
    assert script.runs("import", script.file("")) == 1
    assert script.complained == "rapport: people.csv: the file is empty.\n"
    assert script.runs("import", "nothing.csv") == 1
    assert script.runs("import", script.file(PEOPLE), "--as", "nosuch") == 2
    assert "hubspot" in script.complained
    assert script.runs("import", script.file(PEOPLE), "--user", "Nobody") == 2
    assert script.contacts() == []


def test_exports_hold_no_formulas_and_come_back(script: Script) -> None:
    dangers = ["=1+1", "+4930", "-3", "@sum", "\tx"]
    rows = "".join(f'"A {n}",a{n}@n.example,"{danger}"\n' for n, danger in enumerate(dangers))
    script.runs("import", script.file("Name,Email,Company\n" + rows))
    before = script.contacts()
    assert [contact["company"] for contact in before] == ["=1+1", "+4930", "-3", "@sum", "x"]
    assert script.runs("export", "--format", "csv") == 0
    cells = [row[3] for row in csv.reader(io.StringIO(script.said))][1:]
    assert cells == ["'=1+1", "'+4930", "'-3", "'@sum", "x"]
    assert script.runs("export", "--format", "xlsx", "--out", "all.xlsx") == 0
    assert [row[3] for _, row in read_workbook(Path("all.xlsx"))][1:] == cells
    assert script.runs("export", "--format", "csv", "--out", "all.csv") == 0
    assert script.runs("export", "--format", "vcard", "--out", "all.vcf") == 0
    for name in ("all.csv", "all.xlsx", "all.vcf"):
        assert script.runs("import", name) == 0
        assert script.said.splitlines()[-1].endswith("added 0, updated 0, unchanged 5, skipped 0")
    assert script.contacts() == before


def test_an_export_fills_an_empty_database(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    script.runs("import", script.file('Name,Email,Birthday,Colour,Notes\nÄnne,a@n.example,17.05.1986,red,"x\ny"\n'))
    script.runs("export", "--out", "all.jsonl")
    first = Path("all.jsonl").read_text(encoding="utf-8")
    monkeypatch.setenv("RAPPORT_DATABASE", str(script.folder / "fresh.db"))
    assert script.runs("import", "all.jsonl") == 0
    assert script.runs("export") == 0
    assert script.said == first
    assert script.runs("export", "--format", "vcard") == 0
    assert "\r\nNOTE:x\\ny\r\n" in script.said or "NOTE:x\\ny" in script.said


def test_long_lines_of_vcards_are_folded(script: Script) -> None:
    script.runs("import", script.file(f"Name,Email,Notes\nÄnne,a@n.example,{'ö' * 200}; z\n"))
    script.runs("export", "--format", "vcard", "--out", "all.vcf")
    octets = Path("all.vcf").read_bytes()
    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    script.runs("import", "all.vcf")
    assert script.said.splitlines()[-1] == "vCard: added 0, updated 0, unchanged 1, skipped 0"
