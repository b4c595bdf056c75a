"""Mail that a real Postfix hands over as the docs say: by LMTP to the drop of a running Rapport, and through a pipe."""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import sqlite3
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import require
from tests.mail.postfix import POSTFIX, USER, Postfix, make_rapport, own
from tests.survival.program import CRM, ROOT, Place, free_port, letter

PIPED, ALIASED = "crm@pipe.firma.example", "helpdesk@firma.example"
GUIDE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def from_the_guide(first: str, **paths: str) -> str:
    """The lines of docs/running.md's example that begins so, with the paths of this test."""
    found = re.search(rf"^( {{4}}{re.escape(first)}.*\n(?: {{4}}.*\n)*)", GUIDE, re.MULTILINE)
    assert found is not None, f"docs/running.md has no example that begins with {first!r}"
    text = re.sub("^ {4}", "", found[1], flags=re.MULTILINE)
    for name, value in paths.items():
        said = {"etc": "/etc/postfix", "place": "/var/lib/rapport", "program": "/opt/rapport/bin/rapport"}[name]
        assert said in text, f"{said} isn't in {text!r}"
        text = text.replace(said, value)
    return text


class Post:
    """A Postfix before a running Rapport (`place`) and before one that is only piped to (`piped`)."""

    def __init__(self, folder: Path) -> None:
        self.postfix = Postfix(folder)
        self.drop = free_port()
        self.place = Place(
            folder / "place",
            {"RAPPORT_DROP": f"127.0.0.1:{self.drop}", "HURRIED_BUSY_MS": "300"},
            (sys.executable, "-m", "tests.survival.hurried"),
        )
        self.piped = Place(folder / "piped", command=(str(make_rapport(folder)),))
        for place in (self.place, self.piped):
            place.folder.mkdir()
            place.team()
        for each in (self.piped.folder, *self.piped.folder.iterdir()):
            own(each)
        (self.piped.folder / "rapport.toml").write_text(
            f'database = "{self.piped.database}"\nmail_from = "{PIPED}"\ndrop = "off"\n', encoding="utf-8"
        )

    def start(self) -> None:
        """Postfix alone, set up by what the guide says."""
        etc, program = str(self.postfix.folder / "etc"), self.piped.command[0]
        place = str(self.piped.folder)
        transport = from_the_guide("crm@example.com  lmtp:").replace("crm@example.com", CRM)
        by_pipe = from_the_guide("crm@example.com  rapport:").replace("crm@example.com", PIPED)
        aliases = from_the_guide("helpdesk:", place=place, program=program)
        (self.piped.folder / "aliases").write_text(aliases, encoding="utf-8")
        own(self.piped.folder / "aliases")
        self.postfix.start(
            from_the_guide("recipient_delimiter = +", etc=etc)
            + "mydestination = firma.example, pipe.firma.example\n"
            + f"alias_maps = hash:{self.piped.folder}/aliases\n"
            + "message_size_limit = 60000000\nmailbox_size_limit = 0\n",
            from_the_guide("rapport unix", place=place, program=program).replace("user=rapport", f"user={USER}"),
            transport.replace("2525", str(self.drop)) + by_pipe,
            self.piped.folder / "aliases",
        )


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    require(Path(POSTFIX).exists() and os.geteuid() == 0, "Postfix, or the right to start it,")
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    made = Post(folder)
    try:
        made.start()
        yield made
    finally:
        made.postfix.stop()
        shutil.rmtree(folder, ignore_errors=True)


def kept(place: Place, mark: str) -> list[bytes]:
    """The raw mails in the inbox whose Message-ID carries the mark."""
    raws = [zlib.decompress(raw) for raw in place.rows("SELECT raw FROM inbox WHERE channel = 'email'")]
    return [raw for raw in raws if f"<{mark}@".encode() in raw]


def test_a_mail_by_lmtp_is_there_when_postfix_has_its_250(post: Post) -> None:
    with post.place.start("run").ready() as running:
        fate = post.postfix.fate(post.postfix.sends(letter("lmtp-1"), CRM))
        assert (fate.status, fate.why) == ("sent", "250 2.0.0 Kept")
        assert len(kept(post.place, "lmtp-1")) == 1
        assert running.stops() == 0


def test_several_recipients_are_one_mail(post: Post) -> None:
    tagged = CRM.replace("@", "+leads@")
    with post.place.start("run").ready():
        queued = post.postfix.sends(letter("several"), CRM, tagged, "someone@elsewhere.example")
        fates = {fate.recipient: fate.status for fate in (post.postfix.fate(queued, n) for n in (1, 2, 3))}
        assert fates == dict.fromkeys((CRM, tagged, "someone@elsewhere.example"), "sent")
        assert len(kept(post.place, "several")) == 1


def test_an_unknown_recipient_is_refused_at_once_or_sent_back(post: Post) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        post.postfix.sends(letter("stranger"), "stranger@firma.example")
    assert refused.value.recipients["stranger@firma.example"][0] == 550
    with post.place.start("run", mail_from="other@firma.example").ready():
        queued = post.postfix.sends(letter("not-ours"), CRM)
        fate = post.postfix.fate(queued)
        assert (fate.status, fate.code) == ("bounced", "5.1.1")
        assert post.postfix.has_bounced(queued)
    assert kept(post.place, "not-ours") == []


def test_a_database_that_is_locked_defers_and_delivers_later(post: Post) -> None:
    with post.place.start("run").ready():
        with closing(sqlite3.connect(post.place.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            queued = post.postfix.sends(letter("locked"), CRM)
            fate = post.postfix.fate(queued)
            assert (fate.status, fate.code) == ("deferred", "4.3.0")
            other.execute("ROLLBACK")
        post.postfix.try_again()
        assert post.postfix.fate(queued, 2).status == "sent"
        assert len(kept(post.place, "locked")) == 1


def test_rapport_down_defers_and_delivers_later(post: Post) -> None:
    queued = post.postfix.sends(letter("down"), CRM)
    assert post.postfix.fate(queued).status == "deferred"
    with post.place.start("run").ready():
        post.postfix.try_again()
        assert post.postfix.fate(queued, 2).status == "sent"
    assert len(kept(post.place, "down")) == 1


def test_a_mail_that_is_too_big_is_sent_back(post: Post) -> None:
    with post.place.start("run").ready():
        big = letter("big", text="x" * 70 + ("\r\n" + "y" * 70) * 375_000)  # over 25 MB, and Postfix takes 30
        queued = post.postfix.sends(big, CRM)
        assert (post.postfix.fate(queued).status, post.postfix.has_bounced(queued)) == ("bounced", True)
    assert kept(post.place, "big") == []


ODD = "Grüße aus Köln\r\n" + "lang " * 1000 + "\r\nFrom me\r\n.\r\n..\r\n.dot\r\nEnde"


@pytest.mark.parametrize("way", ["lmtp", "pipe", "alias"])
def test_eight_bits_long_lines_and_dots_come_through(post: Post, way: str) -> None:
    raw = letter(f"odd-{way}", text=ODD).replace(
        b"\r\n\r\n", b"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", 1
    )
    with post.place.start("run").ready():
        queued = post.postfix.sends(raw, {"lmtp": CRM, "pipe": PIPED, "alias": ALIASED}[way])
        assert post.postfix.fate(queued).status == "sent", post.postfix.log
    [mail] = kept(post.place if way == "lmtp" else post.piped, f"odd-{way}")
    assert mail.replace(b"\r\n", b"\n").partition(b"\n\n")[2].decode() == ODD.replace("\r\n", "\n") + "\n"


def test_by_pipe_the_mail_is_there_and_handled_once(post: Post) -> None:
    tagged = PIPED.replace("@", "+a@")
    raw = letter("pipe-1")
    for recipients in ((PIPED,), (PIPED, tagged)):
        queued = post.postfix.sends(raw, *recipients)
        assert {post.postfix.fate(queued, n).status for n in range(1, len(recipients) + 1)} == {"sent"}
    assert len(kept(post.piped, "pipe-1")) == 1
    assert post.piped.rows("SELECT count(*) FROM inbox WHERE state = 'new'") == [0]


def test_by_pipe_a_database_that_cannot_be_written_defers(post: Post) -> None:
    os.chown(post.piped.database, 0, 0)
    queued = post.postfix.sends(letter("not-mine"), PIPED)
    assert post.postfix.fate(queued).status == "deferred"
    own(post.piped.database)
    post.postfix.try_again()
    assert post.postfix.fate(queued, 2).status == "sent"
    assert len(kept(post.piped, "not-mine")) == 1


def test_by_pipe_wrong_settings_lose_no_mail(post: Post) -> None:
    settings = post.piped.folder / "rapport.toml"
    right = settings.read_text(encoding="utf-8")
    settings.write_text(right + 'timezone = "Nowhere"\n', encoding="utf-8")
    queued = post.postfix.sends(letter("unset"), PIPED)
    fate = post.postfix.fate(queued)
    settings.write_text(right, encoding="utf-8")
    assert fate.status == "deferred"
    assert "RAPPORT_TIMEZONE" in fate.why, "Postfix's log says why"
    post.postfix.try_again()
    assert post.postfix.fate(queued, 2).status == "sent"


def test_by_pipe_a_mail_that_is_refused_for_good_is_sent_back(post: Post) -> None:
    huge = letter("huge", text="x" * 70 + ("\r\n" + "y" * 70) * 750_000)  # over 50 MB
    queued = post.postfix.sends(huge, PIPED)
    fate = post.postfix.fate(queued)
    assert (fate.status, fate.code, post.postfix.has_bounced(queued)) == ("bounced", "5.6.0", True)
    assert kept(post.piped, "huge") == []
