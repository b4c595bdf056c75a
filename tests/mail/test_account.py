"""RAPPORT_IMAP, and the names of folders on the wire."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import load_settings
from mail.account import Account, parse_accounts
from mail.folder_name import decode_folder, encode_folder
from storage.errors import WrongSetting


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("imaps://max:pw@mail.example", Account("mail.example", 993, "max", "pw")),
        ("imaps://max:pw@mail.example/", Account("mail.example", 993, "max", "pw")),
        (
            "IMAPS://max%40firma.example:p%2Fa%23s%20s%25@mail.example:9993/CRM/New%20leads",
            Account("mail.example", 9993, "max@firma.example", "p/a#s s%", "CRM/New leads"),
        ),
        (
            "imap+starttls://max:pw@mail.example/Entw%C3%BCrfe",
            Account("mail.example", 143, "max", "pw", "Entwürfe", "starttls"),
        ),
        ("imap://max:pw@127.0.0.1:1143/INBOX", Account("127.0.0.1", 1143, "max", "pw", security="plain")),
        ("imap://max:pw@[::1]:1143", Account("::1", 1143, "max", "pw", security="plain")),
        ("imaps://max:pw@mail.example/%5CSent", Account("mail.example", 993, "max", "pw", "\\Sent")),
        ("imaps+oauth://max@mail.example", Account("mail.example", 993, "max", oauth=True)),
    ],
)
def test_what_an_account_says(url: str, account: Account) -> None:
    assert parse_accounts(url) == (account,)


def test_several_are_separated_by_blanks() -> None:
    assert len(parse_accounts("imaps://a:b@c.example \n imaps://a:b@c.example/Sent")) == 2


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("imaps://max:hunter/2@mail.example", "write / as %2F"),
        ("imaps://max:hunter#2@mail.example", "write / as %2F, # as %23"),
        ("imaps://max@firma.example:hunter2@mail.example", "@ as %40"),
        ("imaps://max:hunter@2@mail.example", "@ as %40"),
        ("imaps://max:hunter 2@mail.example", "a blank as %20"),
        ("imaps://max:hunter?2@mail.example", "write /"),
        ("imaps://max:hunter%2@mail.example", "% as %25"),
        ("imaps://max:hunter2@mail.example:99999", "a port"),
        ("imaps://max:hunter2@", "a host"),
        ("imaps://max@mail.example", "the password is missing"),
        ("imaps://max:hunter%0A2@mail.example", "control character"),
        ("imap://max:hunter2@mail.example", "this machine alone"),
        ("imaps+oauth://max:hunter2@mail.example", "takes no password"),
        ("pop3://max:hunter2@mail.example", "imaps://"),
        ("max:hunter2@mail.example", "imaps://"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_hint_and_without_the_password(url: str, hint: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        parse_accounts(url)
    assert "RAPPORT_IMAP" in str(caught.value)
    assert hint in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_an_account_never_shows_its_password() -> None:
    assert "hunter2" not in repr(parse_accounts("imaps://max:hunter2@mail.example"))


def test_a_token_needs_its_command(tmp_path: Path) -> None:
    environment = {"RAPPORT_DATABASE": str(tmp_path / "x.db"), "RAPPORT_IMAP": "imaps+oauth://max@mail.example"}
    with pytest.raises(WrongSetting, match="RAPPORT_OAUTH_COMMAND"):
        load_settings(environment, tmp_path)
    settings = load_settings({**environment, "RAPPORT_OAUTH_COMMAND": "oauth2l fetch"}, tmp_path)
    assert settings.imap[0].oauth
    assert settings.oauth_command == "oauth2l fetch"


def test_names_as_in_the_rfc() -> None:
    assert encode_folder("~peter/mail/台北/日本語") == "~peter/mail/&U,BTFw-/&ZeVnLIqe-"  # RFC 3501 5.1.3
    assert encode_folder("Entwürfe & mehr") == "Entw&APw-rfe &- mehr"


@given(st.text())
def test_a_name_comes_back_as_it_was(name: str) -> None:
    wire = encode_folder(name)
    assert wire.isascii()
    assert decode_folder(wire) == name
