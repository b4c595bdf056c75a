"""`rapport calendar`: the file on stdout, the same as before as long as nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import main


def test_a_members_calendar_on_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAPPORT_DATABASE", str(tmp_path / "rapport.db"))
    assert main(["calendar"]) == 1
    assert main(["user", "add", "Max", "--role", "owner"]) == 0
    capfdbinary.readouterr()
    written = []
    for arguments in (["calendar"], ["calendar", "--user", "max"]):
        assert main(arguments) == 0
        written.append(capfdbinary.readouterr().out)
    assert written[0].startswith(b"BEGIN:VCALENDAR\r\n")
    assert written[0] == written[1]
    assert main(["calendar", "--user", "Nobody"]) == 1
    assert b"Nobody" in capfdbinary.readouterr().err
