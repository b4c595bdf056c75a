"""An archive of old mail: 1 to 10 KB each, in three languages and the forms that mail programs write. All invented."""

from __future__ import annotations

import base64
import quopri
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.corpus import NAMES, address_of

_BEGAN = datetime(2024, 1, 8, 7, 0, tzinfo=UTC)
_OURS = "Max Kern <max@firma.example>"
_WORDS = {
    "en": "the delivery offer price meeting office please we you number order next week invoice thank question lamps",
    "de": "die Lieferung Angebot Preis Besprechung Büro bitte wir Sie Nummer Auftrag nächste Woche Rechnung für Größe",
    "ru": "поставка предложение цена встреча офис пожалуйста мы вы номер заказ неделя счёт спасибо вопрос лампы",
}
_GREETING = {
    "en": ("Hello Max,", "Kind regards"),
    "de": ("Hallo Max,", "Viele Grüße"),
    "ru": ("Здравствуйте, Макс!", "Спасибо"),
}
_WROTE = {
    "en": "On Sun, 7 Jan 2024 at 10:00, {} wrote:",
    "de": "Am 07.01.2024 um 10:00 schrieb {}:",
    "ru": "7 января 2024 г., 10:00, {} написал(а):",
}


def old_mail(number: int) -> bytes:
    """The n-th mail: half with contacts (a fifth of these written by Max), the rest with strangers."""
    chance = random.Random(number)
    language = ("en", "de", "ru")[number % 3]
    if number % 2:
        name = NAMES[chance.randrange(len(NAMES))]
        theirs = f"{name} <{address_of(name)}>"
    else:
        who = chance.randrange(900)
        theirs = f"Someone {who} <someone{who}@fremd{who % 60}.example>"
    ours = number % 10 == 1
    text = _text(chance, language, theirs, number)
    kind, body = _body(number % 4, text, chance)
    written = f"{_BEGAN + timedelta(minutes=17 * number):%a, %d %b %Y %H:%M:%S} +0000"
    sender, to = (_OURS, theirs) if ours else (theirs, _OURS)
    head = (
        f"Received: from mx.fremd.example by mx.firma.example with ESMTPS id {number:x}; {written}\n"
        f"From: {sender}\nTo: {to}\nSubject: {_subject(chance, language, number)}\n"
        f"Message-ID: <{number}.old@mail.example>\nDate: {written}\nMIME-Version: 1.0\n"
        f"X-Mailer: Program 7.{number % 9}\n{kind}\n"
    )
    return head.encode() + body


def write_mbox(path: Path, count: int) -> None:
    """So many mails in one file."""
    with path.open("wb") as file:
        for number in range(count):
            file.write(b"From someone@mail.example Mon Jan  8 07:00:00 2024\n")
            file.write(old_mail(number).replace(b"\nFrom ", b"\n>From ") + b"\n")


def _text(chance: random.Random, language: str, theirs: str, number: int) -> str:
    words = _WORDS[language].split()
    hello, regards = _GREETING[language]
    lines = [" ".join(chance.choice(words) for _ in range(9)) for _ in range(chance.randrange(4, 40))]
    text = f"{hello}\n\nnumber {number}: " + "\n".join(lines) + f"\n\n{regards}\n{theirs.partition(' <')[0]}\n"
    if number % 3 == 1:
        quoted = "\n".join(
            "> " + " ".join(chance.choice(words) for _ in range(8)) for _ in range(chance.randrange(5, 40))
        )
        text += f"\n{_WROTE[language].format(_OURS)}\n{quoted}\n"
    return text


def _subject(chance: random.Random, language: str, number: int) -> str:
    subject = f"{'Re: ' if number % 3 == 1 else ''}{chance.choice(_WORDS[language].split())} {number}"
    return subject if subject.isascii() else f"=?utf-8?b?{base64.b64encode(subject.encode()).decode()}?="


def _body(kind: int, text: str, chance: random.Random) -> tuple[str, bytes]:
    """The content headers and the body: 8bit, quoted-printable, base64, or text and HTML side by side."""
    octets = text.encode()
    plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
    if kind == 0:
        return plain + "8bit\n", octets
    if kind == 1:
        return plain + "quoted-printable\n", quopri.encodestring(octets)
    if kind == 2:
        return plain + "base64\n", base64.encodebytes(octets)
    html = f"<html><body><div>{text.replace(chr(10), '<br>' + chr(10))}</div></body></html>".encode()
    mark = f"=_{chance.randrange(1 << 60):x}"
    parts = (
        f"--{mark}\n{plain}quoted-printable\n\n".encode() + quopri.encodestring(octets),
        f"--{mark}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n".encode()
        + base64.encodebytes(html),
        f"--{mark}--\n".encode(),
    )
    return f'Content-Type: multipart/alternative; boundary="{mark}"\n', b"\n".join(parts)
