"""Forwards of rarer programs and harder shapes, and mails that look like forwards and are none."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

from dataclasses import dataclass

from tests.mail.corpus.forwards import build


@dataclass(frozen=True)
class Special:
    """A forward and its meaning; `to` and `date` only where they matter."""

    label: str
    raw: bytes
    sender: tuple[str, str]
    subject: str
    body: str
    comment: str = ""
    to: tuple[tuple[str, str], ...] | None = None
    date: str | None = None


ANNA = ("Anna Kern", "anna@kern.example")
THREAD = "In-Reply-To: <q@x.example>\r\nReferences: <q@x.example>\r\n"
BLOCK = "From: Anna Kern <anna@kern.example>\nSent: Monday, March 2, 2026 10:12 AM\nTo: Tom Berg <tom@acme.example>\nSubject: Offer\n\nHello\n"
GMAIL = "---------- Forwarded message ---------\nFrom: {}\nDate: Mon, Mar 2, 2026 at {}\nSubject: {}\nTo: <{}>\n\n\n"
ATTACHED = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{}\r\n--b\r\n{}\r\n\r\nFrom: Anna Kern <anna@kern.example>\r\nTo: tom@acme.example\r\nSubject: Offer\r\nDate: Mon, 2 Mar 2026 10:12:00 +0100\r\n\r\nHello\r\n--b--\r\n"


def attached(subject: str, comment: str, head: str = "Content-Type: message/rfc822") -> bytes:
    """A mail with another one attached."""
    top = f"From: Tom <tom@acme.example>\r\nTo: crm@acme.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
    return (top + ATTACHED.format(comment, head)).encode()


def html(text: str, subject: str = "WG: Angebot") -> bytes:
    return build(subject, None, html_text=text)


SPECIAL = (
    Special("yandex", build("Fwd: Счёт", "Позвони ей\n\n-------- Пересылаемое сообщение --------\n02.03.2026, 10:12, \"Ирина Соколова\" <irina@sokol.example>:\n\nДобрый день!\nСчёт.\n\n-------- Конец пересылаемого сообщения --------\n"), ("Ирина Соколова", "irina@sokol.example"), "Счёт", "Добрый день!\nСчёт.", "Позвони ей", date="2026-03-02T10:12:00"),
    Special("mailmate", build("Fwd: Offer", "see below\n\nForwarded message:\n\n> From: Anna Kern <anna@kern.example>\n> To: Tom <tom@acme.example>\n> Subject: Offer\n> Date: Mon, 2 Mar 2026 10:12:00 +0100\n>\n> Hello\n> there\n\ncall her\n"), ANNA, "Offer", "Hello\nthere", "see below\n\ncall her", (("Tom", "tom@acme.example"),), "2026-03-02T10:12:00+01:00"),
    Special("notes", build("Fw: Offer", "FYI\n\n----- Forwarded by Tom Berg/ACME on 03/03/2026 09:00 AM -----\n\nFrom:\tAnna Kern <anna@kern.example>\nTo:\tTom Berg/ACME@ACME\nDate:\t03/02/2026 10:12 AM\nSubject:\tOffer\n\nHello\n"), ANNA, "Offer", "Hello", "FYI", (("Tom Berg", ""),), "2026-03-02T10:12:00"),
    Special("mutt", build("Offer (fwd)", "----- Forwarded message from Anna Kern <anna@kern.example> -----\n\nDate: Mon, 2 Mar 2026 10:12:00 +0100\nFrom: Anna Kern <anna@kern.example>\nTo: tom@acme.example\nSubject: Offer\n\nHello\n\n----- End forwarded message -----\n\n-- \nTom"), ANNA, "Offer", "Hello"),
    Special("kmail", build("Fwd: Offer", "----------  Forwarded Message  ----------\n\nSubject: Offer\nDate: Monday, 2 March 2026, 10:12:00\nFrom: Anna Kern <anna@kern.example>\nTo: tom@acme.example\n\nHello\n-----------------------------------------\n"), ANNA, "Offer", "Hello", date="2026-03-02T10:12:00"),
    Special("name-only", build("FW: Offer", "call\n\nFrom: Kern, Anna\nSent: Monday, March 2, 2026 10:12 AM\nTo: Berg, Tom; Alt, Bo\nSubject: Offer\n\nHello\n"), ("Kern, Anna", ""), "Offer", "Hello", "call", (("Berg, Tom", ""), ("Alt, Bo", ""))),
    Special("name-only-unprefixed", build("Offer", "call\n\n" + BLOCK.replace(" <anna@kern.example>", "")), ("Anna Kern", ""), "Offer", "Hello", "call"),
    Special("outlook-2010", build("Offer", "x\n\n" + BLOCK.replace("<anna@kern.example>", "[mailto:anna@kern.example]"), headers=THREAD), ANNA, "Offer", "Hello", "x"),
    Special("missing-bracket", build("FW: Offer", BLOCK.replace("<anna@kern.example>", "<anna@kern.example")), ANNA, "Offer", "Hello"),
    Special("address-twice", build("FW: Offer", BLOCK.replace("Anna Kern <anna@kern.example>", "anna@kern.example <anna@kern.example>")), ("", "anna@kern.example"), "Offer", "Hello"),
    Special("apostrophes", build("FW: Offer", BLOCK.replace("Anna Kern <", "'Anna Kern' <")), ANNA, "Offer", "Hello"),
    Special("quoted-comma", build("FW: Offer", BLOCK.replace("Anna Kern <", '"Kern, Anna" <')), ("Kern, Anna", "anna@kern.example"), "Offer", "Hello"),
    Special("bold", build("FW: Offer", "\n".join(f"*{line.replace(': ', ':* ', 1)}" if ": " in line else line for line in BLOCK.split("\n"))), ANNA, "Offer", "Hello"),
    Special("no-space", build("FW: Offer", BLOCK.replace(": ", ":", 4)), ANNA, "Offer", "Hello"),
    Special("indented", build("FW: Offer", "\n".join("    " + line for line in BLOCK.split("\n"))), ANNA, "Offer", "Hello"),
    Special("wrapped-recipients", build("Fwd: Offer", GMAIL.format("Anna Kern <anna@kern.example>", "10:12 AM", "Offer", "tom@acme.example").replace("<tom@acme.example>", "Tom Berg <tom@acme.example>, Bo Alt <bo@acme.example>, Carla\nCohen <carla@acme.example>") + "Hello"), ANNA, "Offer", "Hello", "", (("Tom Berg", "tom@acme.example"), ("Bo Alt", "bo@acme.example"), ("Carla Cohen", "carla@acme.example"))),
    Special("values-below", build("WG: Angebot", "Von:\nAnna Kern <anna@kern.example>\nGesendet:\nMontag, 2. März 2026 10:12\nAn:\nTom\nBetreff:\nAngebot\n\nHallo\n"), ANNA, "Angebot", "Hallo"),
    Special("nested", build("Fwd: Fwd: Offer", "look\n\n" + GMAIL.format("Bo Alt <bo@part.example>", "11:12 AM", "Fwd: Offer", "tom@acme.example") + "Tom, for you\n\n" + GMAIL.format("Anna Kern <anna@kern.example>", "10:12 AM", "Offer", "bo@part.example") + "Hello"), ANNA, "Offer", "Hello", "look", (("", "bo@part.example"),)),
    Special("nested-outlook", build("FW: Offer", "x\n\nFrom: Bo <bo@part.example>\nSent: Monday, March 2, 2026 11:12 AM\nTo: Tom\nSubject: FW: Offer\n\nfor you\n\n" + BLOCK), ANNA, "Offer", "Hello", "x"),
    Special("nested-apple-in-gmail", build("Fwd: Offer", "x\n\n" + GMAIL.format("Bo <bo@part.example>", "11:12 AM", "Fwd: Offer", "tom@acme.example") + "Begin forwarded message:\n\n> From: Anna Kern <anna@kern.example>\n> Subject: Offer\n> Date: 2 March 2026 at 10:12:00 GMT+1\n> To: bo@part.example\n>\n> Hello\n"), ANNA, "Offer", "Hello", "x"),
    Special("forwarded-reply", build("FW: Offer", "x\n\nFrom: Bo <bo@part.example>\nSent: Monday, March 2, 2026 11:12 AM\nTo: Anna\nSubject: RE: Offer\n\nyes fine\n\n" + BLOCK), ("Bo", "bo@part.example"), "RE: Offer", "yes fine\n\n" + BLOCK.rstrip(), "x"),
    Special("separator-alone", build("Fwd: Offer", "---------- Forwarded message ---------\n\nHello\n"), ("", ""), "Offer", "Hello"),
    Special("unknown-language", build("Fwd: Offer", "---- Nyirbal ----\nZor: Anna Kern <anna@kern.example>\nKon: 2026-03-02 10:12\nHej: tom@acme.example\nPol: Offer\n\nHello\n"), ANNA, "Offer", "Hello", "", (("", "tom@acme.example"),), "2026-03-02T10:12:00"),
    Special("apple-attribution", build("Fwd: Offer", "look\n\nOn 2 Mar 2026, at 10:12, Anna Kern <anna@kern.example> wrote:\n\n> Hello\n> there\n"), ANNA, "Offer", "Hello\nthere", "look", date="2026-03-02T10:12:00"),
    Special("own-mail-to-a-colleague", build("Offer", "FYI\n\n" + BLOCK.replace("Anna Kern <anna@kern.example>", "Tom Berg <tom@acme.example>").replace("To: Tom Berg <tom@acme.example>", "To: Anna Kern <anna@kern.example>")), ("Tom Berg", "tom@acme.example"), "Offer", "Hello", "FYI", (ANNA,)),
    Special("lost-prefix-of-a-reply", build("Re: Offer", "please log\n\n" + BLOCK.replace("Subject: Offer", "Subject: Re: Offer")), ANNA, "Re: Offer", "Hello", "please log"),
    Special("table", html("<p>Bitte anrufen</p><hr><table><tr><td><b>Von:</b></td><td>Anna Kern &lt;<a href='mailto:anna@kern.example'>anna@kern.example</a>&gt;</td></tr><tr><td><b>Gesendet:</b></td><td>Montag, 2. März 2026 10:12</td></tr><tr><td><b>An:</b></td><td>Tom</td></tr><tr><td><b>Betreff:</b></td><td>Angebot</td></tr></table><p>Hallo</p>"), ANNA, "Angebot", "Hallo", "Bitte anrufen"),
    Special("word-html", html("<div class=WordSection1><p class=MsoNormal>Bitte anrufen<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Von:</b> Anna Kern &lt;anna@kern.example&gt; <br><b>Gesendet:</b> Montag, 2. März 2026 10:12<br><b>An:</b> Tom Berg &lt;tom@acme.example&gt;<br><b>Betreff:</b> Angebot<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Hallo Tom,<o:p></o:p></p><p class=MsoNormal>ok<o:p></o:p></p></div>", "Angebot"), ANNA, "Angebot", "Hallo Tom,\n\nok", "Bitte anrufen"),
    Special("hidden-address", html("<div>x<br><br>Von: <a href='mailto:anna@kern.example'>Anna Kern</a><br>Gesendet: Montag, 2. März 2026 10:12<br>An: Tom<br>Betreff: Angebot<br><br>Hallo</div>"), ANNA, "Angebot", "Hallo", "x"),
    Special("text-below-in-html", html("<div dir=ltr>oben<br><br><div class='gmail_quote'><div dir='ltr' class='gmail_attr'>---------- Forwarded message ---------<br>Von: <strong>Anna Kern</strong> <span>&lt;<a href='mailto:anna@kern.example'>anna@kern.example</a>&gt;</span><br>Date: Mo., 2. März 2026 um 10:12 Uhr<br>Subject: Angebot<br>To:  &lt;<a>tom@acme.example</a>&gt;<br></div><br><br>Hallo</div><div>unten</div></div>"), ANNA, "Angebot", "Hallo", "oben\n\nunten"),
    Special("blockquote", html("<div>Anfang der weitergeleiteten Nachricht:</div><br><blockquote type=cite><div><b>Von: </b>Anna Kern &lt;anna@kern.example&gt;</div><div><b>Betreff: </b>Angebot</div><div><b>Datum: </b>2. März 2026 um 10:12:00 MEZ</div><div><b>An: </b>tom@acme.example</div><br><div>Hallo</div></blockquote><div>unten</div>"), ANNA, "Angebot", "Hallo", "unten", date="2026-03-02T10:12:00+01:00"),
    Special("only-a-card-above", build("Fwd: Offer", "Tom Berg\nSales Manager\nAcme Ltd\n+44 20 1234 567\n\n" + GMAIL.format("Anna Kern <anna@kern.example>", "10:12 AM", "Offer", "tom@acme.example") + "Hello"), ANNA, "Offer", "Hello"),
    Special("zoho", html('<div>look</div><div class="zmail_extra">============ Forwarded message ============<br>From: Anna Kern &lt;anna@kern.example&gt;<br>To: &lt;tom@acme.example&gt;<br>Date: Mon, 02 Mar 2026 10:12:00 +0100<br>Subject: Offer<br>============ Forwarded message ============<br><blockquote><div>Hello</div></blockquote></div>', "Fwd: Offer"), ANNA, "Offer", "Hello", "look"),
    Special("three-deep", build("Fwd: Fwd: Fwd: x", "a\n\n" + GMAIL.format("C <c@part.example>", "12:12 PM", "Fwd: Fwd: x", "tom@acme.example") + "b\n\n-----Original Message-----\nFrom: B <b@part.example>\nSent: Monday, March 2, 2026 11:12 AM\nTo: C <c@part.example>\nSubject: Fwd: x\n\nc\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Anna Kern <anna@kern.example>\n> Betreff: x\n> Datum: 2. März 2026 um 10:12:00 MEZ\n> An: b@part.example\n> \n> Hallo\n"), ANNA, "x", "Hallo", "a", (("", "b@part.example"),)),
    Special("attached", attached("Fwd: Offer", "look at this"), ANNA, "Offer", "Hello", "look at this"),
    Special("attached-unprefixed", attached("for the CRM", "look at this"), ANNA, "Offer", "Hello", "look at this"),
    Special("attached-as-file", attached("Fwd: Offer", "x", 'Content-Type: application/octet-stream; name="Offer.eml"\r\nContent-Disposition: attachment; filename="Offer.eml"'), ANNA, "Offer", "Hello", "x"),
)  # fmt: skip

NOT_FORWARDS = (
    ("outlook-reply", build("RE: Offer", "ok\n\n" + BLOCK, headers=THREAD, to="anna@kern.example")),
    ("outlook-reply-unprefixed", build("Offer", "ok\n\n" + BLOCK, headers=THREAD, to="anna@kern.example")),
    ("outlook-reply-to-the-crm-too", build("RE: Offer", "ok\n\n-----Original Message-----\n" + BLOCK, headers=THREAD)),
    ("outlook-reply-de", build("AW: Offer", "ok\n\n" + BLOCK, headers=THREAD)),
    ("outlook-reply-without-thread", build("RE: Offer", "ok\n\n" + BLOCK, to="Anna <anna@kern.example>")),
    ("follow-up-on-own-mail", build("Offer", "and?\n\n" + BLOCK.replace("Anna Kern <anna@kern.example>", "Tom Berg <tom@acme.example>").replace("To: Tom Berg <tom@acme.example>", "To: Bo <bo@part.example>"), to="bo@part.example")),
    ("reply-to-a-forward", build("Re: Fwd: Offer", "Thanks!\n\nOn Mon, Mar 2, 2026 at 10:12 AM Tom <tom@acme.example> wrote:\n\n> see below\n>\n> ---------- Forwarded message ---------\n> From: Anna <anna@kern.example>\n> Date: Mon, Mar 2, 2026 at 10:12 AM\n> Subject: Offer\n> To: <tom@acme.example>\n>\n> Hello\n", headers=THREAD)),
    ("reply-to-a-forward-unquoted", build("Re: Offer", "Thanks!\n\nOn Mon, Mar 2, 2026 at 10:12 AM Tom <tom@acme.example> wrote:\n\nsee below\n\n" + GMAIL.format("Anna <anna@kern.example>", "10:12 AM", "Offer", "tom@acme.example") + "Hello", headers=THREAD)),
    ("answer-to-all-under-a-new-subject", build("New idea", "what about\n\n" + BLOCK.replace("To: Tom Berg <tom@acme.example>", "To: Tom Berg <tom@acme.example>; Bo <bo@part.example>"), headers=THREAD, to="bo@part.example")),
    ("form-by-a-robot", build("New entry", "From: Anna <anna@kern.example>\nTo: sales@acme.example\nDate: 2 March 2026 10:12\nSubject: Question\n\nHello\n", sender="no-reply@forms.example")),
    ("bill", build("Order 12", "Dear Tom,\n\nFrom: Shop Ltd\nTo: Tom Berg\nDate: 2 March 2026\nSubject: Invoice 12\n\nTotal: 5,000\n")),
    ("minutes", build("Minutes", "Date: 2 March 2026\nFrom: 10:00\nTo: 11:00\nSubject: Budget\nPresent: Anna, Tom\n")),
    ("memo", build("Memo", "MEMO\n\nTo: All staff\nFrom: Anna Kern\nDate: 2 March 2026\nSubject: Holidays\n\nThe office is closed.\n")),
    ("travel-plan", build("Trip", "Hi,\n\nFrom: Berlin\nTo: Munich\nDate: 3 March 2026\n\nok?\n")),
    ("contact-form", build("New message", "From: Anna <anna@kern.example>\nSubject: Question\n\nMessage Body:\nHello\n\n--\nSent from a contact form", sender="wordpress@acme.example")),
    ("form-fields", build("Anfrage", "Name: Anna Kern\nE-Mail: anna@kern.example\nDatum: 02.03.2026\nNachricht: Hallo\n")),
    ("reply-encloses-a-mail", attached("Re: Offer", "as agreed\r\n\r\nOn 2 Mar 2026, at 10:12, Anna <anna@kern.example> wrote:\r\n> Hello")),
    ("reply-that-keeps-the-prefix", build("Fwd: Offer", "Thanks!\n\nOn Mon, Mar 2, 2026 at 10:12 AM Anna Kern <anna@kern.example> wrote:\n\n> see below\n>\n> ---------- Forwarded message ---------\n> From: Carla <carla@part.example>\n> Date: Mon, Mar 2, 2026 at 9:12 AM\n> Subject: Offer\n> To: <anna@kern.example>\n>\n> Hello", headers=THREAD, to="anna@kern.example")),
    ("outlook-reply-that-keeps-the-prefix", build("FW: Offer", "Thanks!\n\n" + BLOCK.replace("Subject: Offer", "Subject: FW: Offer"), headers=THREAD, to="anna@kern.example")),
    ("order", build("Order", "Order 12\n\nFrom: Anna Kern (anna@kern.example)\nDate: 2 March 2026 10:12\nSubject: 5 chairs\nShip to: Berlin\n", sender="Shop <shop@shop.example>", to="tom@acme.example")),
    ("spam-report", build("Spam report", "You have 2 messages\n\nFrom: a@b.example\nTo: tom@acme.example\nSubject: win\nDate: 2 March 2026 10:12\nRelease\n", sender="Quarantine <quarantine@gw.example>", to="tom@acme.example")),
    ("talk-about-forwarding", build("Question", "I got your forwarded message: it is fine.\nForwarded message\nis what they call it.\n")),
)  # fmt: skip
