"""Replies and automatic mails put together at random: whatever they quote or list, none of them is a forward."""
# ruff: noqa: E501 - mails are longer than code

from __future__ import annotations

import html
import random
from collections.abc import Callable

from tests.mail.corpus.forwards import APPLE, GMAIL, OTHERS, OUTLOOK, THUNDERBIRD, Original, Words, block, build, quoted
from tests.mail.corpus.replies import ATTRIBUTIONS

ANNA = ("Anna Kern", "anna@kern.example")
TOM = ("Tom Berg", "tom@acme.example")
WORDS: list[Words] = [words for group in (OUTLOOK, GMAIL, APPLE, THUNDERBIRD, OTHERS) for words in group.values()]
ANSWERS = (
    "Thanks, that works for us.",
    "Hallo Anna,\n\nam Donnerstag passt es.\n\nViele Grüße\nTom",
    "Oui, parfait.\n\n-- \nTom Berg\nAcme GmbH\n+49 30 1234567",
    "Да, хорошо.\n\nОтправлено с iPhone",
    "See my answers below.",
    "OK",
    "了解しました。",
    "Dear Anna,\n\nfrom: Berlin\nto: Leeds\nwould be fine.\n\nBest,\nTom",
    "",
)
OLD = (
    "Hello Tom,\n\ncan we meet on Friday?\n\nAnna",
    "Guten Tag,\n\nanbei das Angebot.\n\nVon: Lager\nAn: Halle 3\n\nMit freundlichen Grüßen\nAnna Kern",
    "Добрый день!\n\nПришлите счёт.",
)
REPLIED = {"en": "Re", "de": "AW", "sv": "SV", "da": "SV", "no": "SV", "fi": "VS", "pl": "Odp", "it": "R", "es": "RE", "tr": "YNT", "hu": "Vá", "nl": "Antw"}  # fmt: skip
THREAD = "In-Reply-To: <q@x.example>\r\nReferences: <p@x.example> <q@x.example>\r\n"


def harmless(seed: int) -> tuple[str, bytes]:
    """What it is and the mail, the same for the same seed."""
    chance = random.Random(seed)
    make = chance.choice(_MAKERS)
    return f"{make.__name__.strip('_')}-{seed}", make(chance)


def _subject(chance: random.Random, threaded: bool) -> str:
    bare = chance.choice(("Offer", "Angebot 12", "Счёт", "Fwd: Offer", "Order: 5 chairs"))
    if not threaded or chance.random() < 0.85 or bare.startswith("Fwd"):
        return f"{chance.choice(list(REPLIED.values()))}: {bare}"
    return bare


def _head(chance: random.Random) -> tuple[str, str]:
    """The headers of the thread, sometimes lost, and the recipients: the writer of what is quoted among them."""
    to = chance.choice(
        ("Anna Kern <anna@kern.example>", "anna@kern.example", "Anna Kern <anna@kern.example>, Bo <bo@part.example>")
    )
    return (THREAD if chance.random() < 0.85 else ""), to


def _attributed(chance: random.Random) -> bytes:
    """A line that says who wrote, above the quote; the quote marked or not, the answer above or below."""
    line = chance.choice(list(ATTRIBUTIONS.values()))
    answer, old = chance.choice(ANSWERS), chance.choice(OLD)
    body = quoted(old) if chance.random() < 0.8 else old
    text = f"{line}\n{body}\n\n{answer}" if chance.random() < 0.2 else f"{answer}\n\n{line}\n\n{body}\n"
    head, to = _head(chance)
    return build(_subject(chance, bool(head)), text, headers=head, to=to)


def _blocked(chance: random.Random) -> bytes:
    """Outlook's header block below the answer, in text or HTML, with or without a separator."""
    words = chance.choice(WORDS)
    original = Original(*ANNA, "Offer", chance.choice(OLD), (TOM, ("Bo", "bo@part.example")))
    order = chance.choice(
        (
            ("from", "date", "to", "cc", "subject"),
            ("from", "subject", "date", "to", "cc"),
            ("subject", "date", "from", "to"),
        )
    )
    lines = block(
        words, original, order, separator=chance.choice(("; ", ", ")), dress=chance.choice(("{}", "*{}*")).format
    )
    separator = chance.choice(
        (
            "",
            "",
            "_" * 32,
            "-----Original Message-----",
            "-----Ursprüngliche Nachricht-----",
            "-------- Message d'origine --------",
        )
    )
    answer = chance.choice(ANSWERS)
    head, to = _head(chance)
    subject = _subject(chance, bool(head))
    if not head and not subject.startswith(tuple(REPLIED.values())):
        subject = f"Re: {subject}"
    if chance.random() < 0.5:
        shown = "".join(
            f"<b>{html.escape(line.partition(':')[0])}:</b>{html.escape(line.partition(':')[2])}<br>" for line in lines
        )
        page = f"<div>{html.escape(answer)}</div><hr><div id='divRplyFwdMsg'>{shown}</div><div>{html.escape(original.body)}</div>"
        return build(subject, None, html_text=page, headers=head, to=to)
    inner = "\n".join(lines) + "\n\n" + original.body
    inner = quoted(inner) if chance.random() < 0.2 else inner
    return build(subject, f"{answer}\n\n{separator}\n{inner}\n", headers=head, to=to)


def _about_a_forward(chance: random.Random) -> bytes:
    """An answer to somebody's forward, which is quoted with its separator."""
    words = chance.choice(WORDS)
    original = Original("Carla Cohen", "carla@part.example", "Offer", chance.choice(OLD), (ANNA,))
    forward = (
        f"see below\n\n{words.separator}\n"
        + "\n".join(block(words, original, ("from", "date", "to", "subject")))
        + f"\n\n{original.body}"
    )
    line = chance.choice([line for name, line in ATTRIBUTIONS.items() if name != "plain"])
    body = quoted(forward) if chance.random() < 0.7 else forward
    return build(
        f"Re: {words.prefix}: Offer",
        f"{chance.choice(ANSWERS)}\n\n{line}\n\n{body}\n",
        headers=THREAD,
        to="anna@kern.example",
    )


def _absence(chance: random.Random) -> bytes:
    """An automatic reply that quotes what it answers."""
    words = chance.choice(WORDS)
    original = Original(*ANNA, "Offer", chance.choice(OLD))
    text = (
        "I am away until 9 March.\n\n"
        + chance.choice(("", "-----Original Message-----\n"))
        + "\n".join(block(words, original, ("from", "date", "to", "subject")))
        + f"\n\n{original.body}"
    )
    subject = chance.choice(
        (
            "Automatic reply: Offer",
            "Automatische Antwort: Angebot",
            "Out of Office Re: Offer",
            "Réponse automatique : Offre",
            "Re: Offer",
        )
    )
    return build(subject, text, headers="Auto-Submitted: auto-replied\r\n" + THREAD, to="anna@kern.example")


def _bounce(chance: random.Random) -> bytes:
    """A mail system's refusal with the mail that it refused, in plain text."""
    copy = "Return-Path: <tom@acme.example>\nReceived: from a by b; 2 Mar 2026 09:12:00 -0000\nFrom: Tom Berg <tom@acme.example>\nTo: anna@kern.example\nSubject: Offer\nDate: Mon, 2 Mar 2026 10:12:00 +0100\n\nHello\n"
    why = chance.choice(
        (
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<anna@kern.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n",
            "This message was created automatically by mail delivery software.\n\n  anna@kern.example\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n",
            "   ----- The following addresses had permanent fatal errors -----\n<anna@kern.example>\n\n   ----- Transcript of session follows -----\n550 5.1.1 User unknown\n\n   ----- Original message follows -----\n\n",
        )
    )
    sender = chance.choice(
        (
            "MAILER-DAEMON@mx.example",
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        )
    )
    subject = chance.choice(
        (
            "failure notice",
            "Mail delivery failed: returning message to sender",
            "Returned mail: see transcript for details",
        )
    )
    return build(subject, why + copy, headers="Return-Path: <>\r\n", sender=sender, to="tom@acme.example")


def _ticket(chance: random.Random) -> bytes:
    """A ticket system or form tells of somebody's message."""
    field = chance.choice(
        (
            "From: Anna Kern <anna@kern.example>\nDate: 2 March 2026 10:12\nSubject: Printer\nTo: support@acme.example\n\nIt does not print.",
            "Requester: Anna Kern <anna@kern.example>\nSubject: Printer\nCreated: 2 March 2026 10:12\nPriority: high\n\nIt does not print.",
            "##- Please type your reply above this line -##\n\nYour request (12) was updated.\n\nAnna Kern, Mar 2, 2026, 10:12 AM:\nIt does not print.",
            "Name: Anna Kern\nE-Mail: anna@kern.example\nSubject: Printer\nMessage: It does not print.",
        )
    )
    sender = chance.choice(
        (
            "Support <no-reply@desk.example>",
            "notifications@desk.example",
            "Acme Forms <forms@acme.example>",
            "Jira <notifications@jira.example>",
            "WordPress <wordpress@acme.example>",
        )
    )
    extra = chance.choice(
        ("", "Auto-Submitted: auto-generated\r\n", "X-Auto-Response-Suppress: All\r\n", "Precedence: bulk\r\n")
    )
    return build(
        chance.choice(("[#12] Printer", "New message", "Ticket 12: Printer", "New entry: contact form")),
        field,
        headers=extra,
        sender=sender,
    )


def _bulk(chance: random.Random) -> bytes:
    """A newsletter or digest with lines that look like a header."""
    text = chance.choice(
        (
            "Message: 1\nDate: Mon, 2 Mar 2026 10:12:00 +0100\nFrom: Anna Kern <anna@kern.example>\nTo: users@lists.example\nSubject: [users] Printer\n\nIt does not print.\n\n------------------------------\n\nMessage: 2\nDate: Mon, 2 Mar 2026 11:12:00 +0100\nFrom: Bo <bo@part.example>\nTo: users@lists.example\nSubject: Re: [users] Printer\n\nMine does.",
            "From: Acme Store <news@acme.example>\nTo: you\nDate: 2 March 2026\nSubject: Our offers\n\nFive chairs.\n\nUnsubscribe here",
            "Forward this mail to a friend.\n\nFrom the shop to you: five chairs.\n\nUnsubscribe",
        )
    )
    return build(
        "users Digest, Vol 12, Issue 3",
        text,
        headers="List-Id: <users.lists.example>\r\nList-Unsubscribe: <mailto:u@lists.example>\r\n",
        sender="users-request@lists.example",
    )


def _receipt(chance: random.Random) -> bytes:
    """A read receipt in plain text, an answer to an invitation, a phone's notice."""
    text = chance.choice(
        (
            "Your message\n\n   To: Anna Kern\n   Subject: Offer\n   Sent: Monday, March 2, 2026 10:12 AM\n\nwas read on Monday, March 2, 2026 11:12 AM.",
            "Ihre Nachricht\n\n   An: Anna Kern\n   Betreff: Angebot\n   Gesendet: Montag, 2. März 2026 10:12\n\nwurde am Montag, 2. März 2026 11:12 gelesen.",
            "You received a voice message.\n\nFrom: +49 30 1234567\nTo: +49 30 7654321\nDate: 2 March 2026 10:12\nDuration: 0:31",
            "You received a fax.\n\nFrom: 030 1234567\nTo: fax@acme.example\nDate: Mon, 2 Mar 2026 10:12:00 +0100\nPages: 2",
        )
    )
    subject = chance.choice(
        ("Read: Offer", "Gelesen: Angebot", "Voicemail from +49 30 1234567", "Fax from 030 1234567")
    )
    return build(subject, text, sender=chance.choice(("Anna Kern <anna@kern.example>", "PBX <voicemail@acme.example>")))


def _prose(chance: random.Random) -> bytes:
    """A person's own mail that lists senders, addresses, journeys and appointments."""
    text = chance.choice(
        (
            "Hi Tom,\n\nplease deliver\n\nFrom: Kern Druck, Leeds\nTo: Acme GmbH, Berlin\nDate: 3 March 2026\nSubject: 5 pallets\n\nThanks\nAnna",
            "Your journey\n\nFrom: Berlin Hbf 10:12\nTo: Leeds 20:40\nDate: Monday, 2 March 2026\nPassenger: Anna Kern\n",
            "Von: Anna Kern\nAn: alle\nDatum: 2. März 2026\nBetreff: Urlaub\n\nDas Büro ist zu.",
            "Invoice\n\nFrom: Kern Druck Ltd, info@kern.example\nBill to: Acme GmbH, tom@acme.example\nDate: 2 March 2026\nInvoice number: 12\n\nTotal: 500",
            "Please change it.\nFrom: 9:00\nTo: 12:00\nOn: Friday\nWho: anna@kern.example",
            "I forwarded your message to Bo.\nThe forwarded message said: no.\n\nOriginal message: see above.",
            "Agenda\n\n- From: old office\n- To: new office\n- Date: 2 March 2026, 10:12\n- Contact: anna@kern.example\n",
        )
    )
    return build(
        chance.choice(("Delivery", "Your ticket", "Termin", "Invoice 12", "Re: Delivery")),
        text,
        sender="Anna Kern <anna@kern.example>",
        to="tom@acme.example",
    )


def _again(chance: random.Random) -> bytes:
    """Somebody writes again below their own mail, to the same people."""
    words = chance.choice(list(OUTLOOK.values()))
    original = Original(*TOM, "Offer", chance.choice(OLD), (ANNA,))
    text = (
        f"{chance.choice(ANSWERS)}\n\n"
        + "\n".join(block(words, original, ("from", "date", "to", "subject")))
        + f"\n\n{original.body}"
    )
    return build(chance.choice(("RE: Offer", "Offer")), text, headers=THREAD, to="Anna Kern <anna@kern.example>")


def _old_quoting(chance: random.Random) -> bytes:
    """The quoted mail's own header lines quoted with it."""
    text = f"> From: Anna Kern <anna@kern.example>\n> Date: Mon, 2 Mar 2026 10:12:00 +0100\n> To: tom@acme.example\n> Subject: Offer\n>\n{quoted(chance.choice(OLD))}\n\n{chance.choice(ANSWERS)}"
    if chance.random() < 0.5:
        text = f"{chance.choice(ANSWERS)}\n\n{text}"
    return build("Re: Offer", text, headers=THREAD, to="anna@kern.example")


_MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    _attributed, _attributed, _attributed, _blocked, _blocked, _blocked, _about_a_forward, _absence, _bounce,
    _ticket, _bulk, _receipt, _prose, _again, _old_quoting,
)  # fmt: skip
