"""Automatic, bulk and other special mails as systems write them, each with its kind."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

from storage.messages import MailKind

_HEAD = "To: tom@acme.example\nDate: Mon, 2 Mar 2026 10:12:00 +0100\nMIME-Version: 1.0\n"
_DSN = """Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail system could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@gone.example
Action: {action}
Status: {status}
--b
Content-Type: {returned}

From: Tom <tom@acme.example>
To: anna@gone.example
Subject: Offer

Hello
--b--
"""
_ICS = "BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:1@x\nDTSTART:20260310T090000Z\nSUMMARY:Meeting\nEND:VEVENT\nEND:VCALENDAR\n"


def _mail(sender: str, subject: str, headers: str = "", body: str = "Hello\n") -> bytes:
    separator = "" if body.startswith("Content-Type") else "\n"
    return f"From: {sender}\nSubject: {subject}\n{_HEAD}{headers}{separator}{body}".encode()


def _calendar(method: str, extra: str = "") -> str:
    return f'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nMeeting\n--b\nContent-Type: text/calendar; method={method}{extra}\n\n{_ICS.format(method=method)}--b--\n'


PERSON = "Anna Kern <anna@kern.example>"
ROBOT = "Mail Delivery System <MAILER-DAEMON@mx.example>"

KINDS: tuple[tuple[str, MailKind, bytes], ...] = (
    ("plain", "personal", _mail(PERSON, "Offer")),
    ("reply", "personal", _mail(PERSON, "Re: Offer", "In-Reply-To: <1@x>\n")),
    ("auto-submitted-no", "personal", _mail(PERSON, "Offer", "Auto-Submitted: no\n")),
    ("talk-of-office", "personal", _mail(PERSON, "Out of office next week?")),
    ("answer-to-automatic", "personal", _mail(PERSON, "Re: Automatic reply: Offer", "In-Reply-To: <1@x>\n")),
    ("failed-delivery-talk", "personal", _mail(PERSON, "Delivery failed twice, please help")),
    ("postmaster-person", "personal", _mail("Postmaster <postmaster@kern.example>", "Your question about DNS")),
    ("ics-file", "personal", _mail(PERSON, "Dates", "", 'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nsee file\n--b\nContent-Type: application/ics; name=dates.ics\nContent-Disposition: attachment; filename=dates.ics\n\n' + _ICS.format(method="PUBLISH") + "--b--\n")),
    ("oof-exchange", "auto-reply", _mail(PERSON, "Automatic reply: Offer", "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nIn-Reply-To: <1@x>\n")),
    ("oof-de", "auto-reply", _mail(PERSON, "Automatische Antwort: Angebot", "Auto-Submitted: auto-replied\n")),
    ("vacation", "auto-reply", _mail(PERSON, "Re: Offer", "Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n")),
    ("gmail-vacation", "auto-reply", _mail(PERSON, "Out of office Re: Offer", "Precedence: bulk\nX-Autoreply: yes\n")),
    ("cpanel", "auto-reply", _mail(PERSON, "Re: Offer", "X-Autorespond: Re: Offer\nPrecedence: auto_reply\n")),
    ("subject-en", "auto-reply", _mail(PERSON, "Out of Office: Offer")),
    ("subject-fr", "auto-reply", _mail(PERSON, "Réponse automatique : Offre")),
    ("subject-es", "auto-reply", _mail(PERSON, "Respuesta automática: Oferta")),
    ("subject-it", "auto-reply", _mail(PERSON, "Risposta automatica: Offerta")),
    ("subject-nl", "auto-reply", _mail(PERSON, "Automatisch antwoord: Offerte")),
    ("subject-ru", "auto-reply", _mail(PERSON, "Автоматический ответ: Счёт")),
    ("subject-pl", "auto-reply", _mail(PERSON, "Odpowiedź automatyczna: Oferta")),
    ("subject-sv", "auto-reply", _mail(PERSON, "Autosvar: Offert")),
    ("subject-fi", "auto-reply", _mail(PERSON, "Automaattinen vastaus: Tarjous")),
    ("subject-cs", "auto-reply", _mail(PERSON, "Automatická odpověď: Nabídka")),
    ("subject-hu", "auto-reply", _mail(PERSON, "Automatikus válasz: Ajánlat")),
    ("subject-tr", "auto-reply", _mail(PERSON, "Otomatik yanıt: Teklif")),
    ("subject-ja", "auto-reply", _mail(PERSON, "自動応答: 見積")),
    ("subject-zh", "auto-reply", _mail(PERSON, "自动答复: 报价")),
    ("subject-pt", "auto-reply", _mail(PERSON, "Resposta automática: Proposta")),
    ("subject-da", "auto-reply", _mail(PERSON, "Automatisk svar: Tilbud")),
    ("ticket", "auto-reply", _mail("Support <help@x.example>", "[#12] We have got your request", "Auto-Submitted: auto-generated\n")),
    ("suppress", "auto-reply", _mail("Support <help@x.example>", "Ticket 12", "X-Auto-Response-Suppress: OOF, AutoReply\n")),
    ("read-receipt", "auto-reply", _mail(PERSON, "Read: Offer", "", 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n--b\nContent-Type: text/plain\n\nread\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n')),
    ("postfix", "bounce", _mail(ROBOT, "Undelivered Mail Returned to Sender", "Auto-Submitted: auto-replied\n", _DSN.format(action="failed", status="5.1.1", returned="message/rfc822"))),
    ("delayed", "bounce", _mail(ROBOT, "Warning: could not send message for past 4 hours", "", _DSN.format(action="delayed", status="4.4.1", returned="text/rfc822-headers"))),
    ("exchange", "bounce", _mail("Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example>", "Undeliverable: Offer", "", _DSN.format(action="failed", status="5.1.10", returned="message/rfc822"))),
    ("gmail", "bounce", _mail("Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)", "X-Failed-Recipients: anna@gone.example\nAuto-Submitted: auto-replied\n")),
    ("qmail", "bounce", _mail("MAILER-DAEMON@mx.example", "failure notice", "Return-Path: <>\n")),
    ("exim", "bounce", _mail("Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender", "X-Failed-Recipients: a@b.example\n")),
    ("bounce-de", "bounce", _mail("Postmaster <postmaster@kern.example>", "Unzustellbar: Angebot", "Return-Path: <>\n")),
    ("bounce-ru", "bounce", _mail("mailer-daemon@yandex.example", "Недоставленное сообщение")),
    ("newsletter", "bulk", _mail("News <news@shop.example>", "Our March offers", "List-Unsubscribe: <mailto:u@shop.example>\n")),
    ("precedence", "bulk", _mail("Shop <info@shop.example>", "Sale", "Precedence: bulk\n")),
    ("list", "bulk", _mail(PERSON, "[users] Question", "List-Id: <users.lists.example>\nPrecedence: list\n")),
    ("github", "bulk", _mail("notifications <notifications@github.example>", "[repo] Bug (#1)", "List-ID: repo <r.github.example>\nPrecedence: list\nX-Auto-Response-Suppress: All\n")),
    ("footer-only", "bulk", _mail("newsletter@shop.example", "March", "", "Great things.\n\nUnsubscribe here\n")),
    ("arf", "feedback", _mail("feedback@isp.example", "complaint", "", 'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\nContent-Type: text/plain\n\nAn abuse report\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b\nContent-Type: message/rfc822\n\nFrom: tom@acme.example\nSubject: x\n\nHello\n--b--\n')),
    ("dmarc", "feedback", _mail("noreply-dmarc@isp.example", "Report Domain: acme.example Submitter: isp.example Report-ID: 1")),
    ("invitation", "calendar", _mail(PERSON, "Meeting", "", _calendar("REQUEST"))),
    ("google-invitation", "calendar", _mail(PERSON, "Invitation: Meeting @ Tue 10 Mar", "Auto-Submitted: auto-generated\n", _calendar("REQUEST", "; charset=UTF-8"))),
    ("accepted", "calendar", _mail(PERSON, "Accepted: Meeting", "", _calendar("REPLY"))),
    ("cancelled", "calendar", _mail(PERSON, "Canceled: Meeting", "", _calendar("CANCEL"))),
    ("forwarded-bounce", "personal", _mail("Tom <tom@acme.example>", "Fwd: Undelivered Mail Returned to Sender", "", 'Content-Type: multipart/mixed; boundary="o"\n\n--o\nContent-Type: text/plain\n\nwhat is this?\n--o\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n' + _DSN.format(action="failed", status="5.1.1", returned="message/rfc822") + "--o--\n")),
)  # fmt: skip
