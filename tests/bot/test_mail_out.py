"""Rapport as it runs: a mail handed in at the drop is answered over TLS, once the mail server is up again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from sqlalchemy import Connection, select

from bot.settings import Settings, load_settings
from storage.errors import WrongSetting
from storage.opening import open_database
from storage.tables import outbox
from storage.users import add_user
from tests.bot.telegram_house import bot_running, until
from tests.fakes.mail_server import Certificates, FakeMailServer, make_certificates
from tests.survival.program import free_port


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("ca"))


def settings_for(folder: Path, server: FakeMailServer, certificates: Certificates) -> Settings:
    password = folder / "smtp"
    password.write_text(server.setting + "\n", encoding="utf-8")
    environment = {
        "RAPPORT_DATABASE": str(folder / "rapport.db"),
        "RAPPORT_MAIL_FROM": "crm@firma.example",
        "RAPPORT_AUTHSERV": "mx.firma.example",
        "RAPPORT_DROP": f"127.0.0.1:{free_port()}",
        "RAPPORT_SMTP_FILE": str(password),
        "RAPPORT_TLS_CA": certificates.ca,
    }
    return load_settings(environment, folder)


async def add_max(settings: Settings) -> None:
    def add(connection: Connection) -> None:
        add_user(connection, "Max Kern", at=datetime.now(UTC), role="owner", email="max@firma.example")

    async with open_database(settings.database) as database:
        await database.write(add)


def instruction(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Authentication-Results"] = "mx.firma.example; dmarc=pass header.from=firma.example"
    mail["From"], mail["To"], mail["Message-ID"] = "max@firma.example", "crm@firma.example", "<m1@firma.example>"
    mail["Subject"] = "Anna"
    mail.set_content(text)
    return mail


async def test_a_mail_at_the_drop_is_answered_when_the_server_is_up_again(
    tmp_path: Path, certificates: Certificates
) -> None:
    async with FakeMailServer(security="starttls", tls=certificates) as server:
        settings = settings_for(tmp_path, server, certificates)
    await add_max(settings)  # the server is down by now
    assert settings.drop is not None
    async with bot_running(settings) as house:
        host, port = settings.drop
        await aiosmtplib.send(instruction("new lead Anna Kern"), hostname=host, port=port, start_tls=False)
        failed = select(outbox.c.error).where(outbox.c.state == "queued", outbox.c.error != "")
        error = await until(house, lambda connection: connection.execute(failed).scalar())
        assert "at connecting" in str(error)
        async with server:
            taken = await server.takes(1)
            assert await until(house, lambda connection: connection.execute(select(outbox.c.sent_at)).scalar())
    assert taken.recipients == ("max@firma.example",)
    assert taken.text.startswith("👤 Anna Kern: new lead")
    assert taken.mail["In-Reply-To"] == "<m1@firma.example>"
    assert len(server.mails) == 1


def test_a_wrong_mail_server_and_a_wrong_ca_are_both_named_and_no_password(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    environment = {
        "RAPPORT_SMTP": "smtp://crm:secret@mail.example.com",
        "RAPPORT_TLS_CA": str(tmp_path / "empty.pem"),
        "RAPPORT_MAIL_FROM": "crm@firma..example",
    }
    with pytest.raises(WrongSetting) as caught:
        load_settings(environment, tmp_path)
    for name in environment:
        assert f"{name}:" in str(caught.value)
    assert "secret" not in str(caught.value)
