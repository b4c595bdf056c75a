"""Which kind of mail it is: headers and MIME types decide first, multilingual subjects second."""

from __future__ import annotations

import re

from mail.headers import Headers
from mail.lexicon import key, load_lexicon
from mail.parts import Part
from mail.subject import split_subject
from storage.messages import Letter, MailKind

_AUTO_WORDS = re.compile(r"\b(auto[-_]?repl(y|ied)|autoreply|autorespond(er)?|vacation)\b", re.IGNORECASE)
_ROBOT = re.compile(
    r"(mailer-daemon|postmaster|mail-daemon|maildaemon|mailerdaemon|microsoftexchange[0-9a-f]{10,40})@?", re.IGNORECASE
)
_MAILERS = re.compile(
    r"mailchimp|sendinblue|brevo|campaign|cleverreach|mailjet|hubspot|phplist|mailman|unisender|getresponse",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\b(?:55\d[ -]|5\.\d\.\d)")
_LIST_ID = re.compile(r"<\s{0,5}([^\s<>@]{1,200}\.[^\s<>@]{1,60})\s{0,5}>")
_LIST_POST = re.compile(r"<mailto:([^\s<>?@]{1,100}@[^\s<>?@]{1,150})[>?]", re.IGNORECASE)
_METHOD = re.compile(rb"(?im)^METHOD:\s{0,5}(REQUEST|REPLY|CANCEL|COUNTER|DECLINECOUNTER|ADD|REFRESH|PUBLISH)\b")
_REPORTER = re.compile(r"reply|dmarc|report|postmaster|abuse|mailer|notif", re.IGNORECASE)
_DMARC_REPORT = re.compile(r"dmarc (aggregate )?report|\[dmarc\]", re.IGNORECASE)
_BULK_SENDERS = (
    "x-campaign",
    "x-campaignid",
    "x-csa-complaints",
    "x-mailchimp-campaign",
    "x-newsletter",
    "x-mc-user-campaign",
)
_MASS_SENDER = re.compile(
    r"(no-?_?reply|do-?not-?reply|news|newsletter|mailing|marketing|updates?|promo|offers|notifications?)[.+@_-]"
)
_LIST = (
    "list-unsubscribe",
    "list-id",
    "list-post",
    "list-unsubscribe-post",
    "list-help",
    "list-subscribe",
    "list-owner",
)


def find_kind(parts: list[Part], subject: str, sender: str, text: str) -> tuple[MailKind, str]:
    """The kind and the reason for it; the reason is empty for a personal mail. `text` is the body."""
    root = parts[0]
    own = [part for part in parts if not _is_inside_message(part, parts)]
    for decide in (_report, _bounce, _machine_reply):
        found = decide(root, own, subject, sender)
        if found:
            return found
    calendar = _calendar(own)
    if calendar:
        return "calendar", calendar
    return _automatic(root.headers, subject, sender) or _bulk(root.headers, sender, text) or ("personal", "")


def _is_inside_message(part: Part, parts: list[Part]) -> bool:
    """Does the part belong to an attached mail? Parts are in the order of their bytes."""
    return (
        any(
            other.media_type in ("message/rfc822", "message/global")
            and other.number < part.number
            and other.start <= part.start
            and part.end <= other.end
            for other in parts[:40]
        )
        and part.number > 0
    )


def _report(root: Part, parts: list[Part], subject: str, sender: str) -> tuple[MailKind, str] | None:
    """multipart/report by its report-type (RFC 6522): RFC 3464 bounces, RFC 5965 feedback, RFC 8098 read receipts."""
    types = {part.media_type for part in parts}
    report = root.parameters.get("report-type", "").lower() if root.media_type == "multipart/report" else ""
    if report == "feedback-report" or "message/feedback-report" in types:
        return "feedback", "kind: feedback report (RFC 5965)"
    if report == "tlsrpt" or _is_about_our_domain(subject, sender):
        return "feedback", "kind: a receiver's report about our domain"
    if report == "delivery-status" or "message/delivery-status" in types or "message/global-delivery-status" in types:
        return "bounce", "kind: delivery status (RFC 3464)"
    if report == "disposition-notification" or "message/disposition-notification" in types:
        return "auto-reply", "kind: read receipt (RFC 8098)"
    return None


def _is_about_our_domain(subject: str, sender: str) -> bool:
    """A DMARC report by its subject: in the agreed words, or in others when a program sends it."""
    if split_subject(subject)[0]:
        return False
    agreed = re.search(r"report[ -]domain:.{0,200}submitter:", subject[:300], re.IGNORECASE)
    return agreed is not None or (
        _DMARC_REPORT.search(subject[:300]) is not None and _REPORTER.search(sender) is not None
    )


def _bounce(root: Part, parts: list[Part], subject: str, sender: str) -> tuple[MailKind, str] | None:
    headers = root.headers
    if "x-failed-recipients" in headers:
        return "bounce", "kind: X-Failed-Recipients"
    robot = _ROBOT.match(sender) is not None or "mailer-daemon" in headers.plain("from").lower()
    titled = starts_with_phrase(subject, load_lexicon().bounces)
    returned = headers.plain("return-path").strip() == "<>"
    if titled and headers.raw("from").strip() in (b"", b"<>"):
        return "bounce", "kind: bounce by its subject, from nobody"
    if robot and (titled or sender.lower().startswith(("mailer-daemon", "mail-daemon", "microsoftexchange"))):
        return "bounce", "kind: sent by a mail system"
    if titled and (returned or root.media_type == "multipart/report" or "auto-submitted" in headers):
        return "bounce", "kind: bounce by its subject and envelope"
    if (
        titled
        and "in-reply-to" not in headers
        and any(part.media_type in ("message/rfc822", "text/rfc822-headers") for part in parts)
    ):
        return "bounce", "kind: bounce by its subject, the mail attached"
    return None


def _machine_reply(root: Part, parts: list[Part], subject: str, sender: str) -> tuple[MailKind, str] | None:
    headers = root.headers
    submitted = _first_word(headers.plain("auto-submitted"))
    if submitted == "auto-replied":
        return "auto-reply", "kind: Auto-Submitted: auto-replied"
    for name in (
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply",
        "x-mail-autoreply",
        "x-autogenerated",
    ):
        value = headers.plain(name).lower()
        if name in headers and value not in ("no", "false", "0") and (name != "x-autogenerated" or "reply" in value):
            return "auto-reply", f"kind: {name.title()}"
    if any(name in headers for name in ("x-autoreply-from", "x-cron-env", "x-fc-machinegenerated")):
        return "auto-reply", "kind: sent by a program"
    if _AUTO_WORDS.search(headers.plain("precedence")) or _first_word(headers.plain("precedence")) in (
        "auto_reply",
        "auto-reply",
    ):
        return "auto-reply", "kind: Precedence: auto_reply"
    if _AUTO_WORDS.search(headers.plain("x-precedence")) or (
        _AUTO_WORDS.search(headers.plain("delivered-to")[:60]) and "autoresponder" in headers.plain("delivered-to")
    ):
        return "auto-reply", "kind: sent by an autoresponder"
    if "autoresponder" in headers.plain("x-post-messageclass").lower():
        return "auto-reply", "kind: X-Post-Messageclass"
    if starts_with_phrase(subject, load_lexicon().auto_replies):
        return "auto-reply", "kind: automatic reply by its subject"
    return None


def _calendar(parts: list[Part]) -> str:
    """An invitation, its answer or its cancellation (RFC 6047): a text/calendar part with a method, not just a file."""
    for part in parts:
        if part.media_type != "text/calendar":
            continue
        method = part.parameters.get("method", "").upper()
        if not method:
            found = _METHOD.search(part.content(200_000)[:20_000])
            method = found[1].decode("ascii").upper() if found else ""
        if method and method != "PUBLISH":
            return f"kind: text/calendar, method {method}"
        if part.disposition != "attachment" and part.number <= 3:
            return "kind: text/calendar"
    return ""


def _automatic(headers: Headers, subject: str, sender: str) -> tuple[MailKind, str] | None:
    """RFC 3834 `auto-generated`, Microsoft's X-Auto-Response-Suppress: a machine's reply, or bulk when sent to many."""
    submitted = _first_word(headers.plain("auto-submitted"))
    suppress = headers.plain("x-auto-response-suppress").lower()
    if submitted in ("", "no") and not any(word in suppress for word in ("all", "oof", "autoreply")):
        return None
    reason = "X-Auto-Response-Suppress" if submitted in ("", "no") else f"Auto-Submitted: {submitted}"
    if any(name in headers for name in _LIST) or _first_word(headers.plain("precedence")) in ("bulk", "list", "junk"):
        return "bulk", f"kind: {reason}, sent to a list"
    return "auto-reply", f"kind: {reason}"


def _bulk(headers: Headers, sender: str, text: str) -> tuple[MailKind, str] | None:
    precedence = _first_word(headers.plain("precedence"))
    if precedence in ("bulk", "list", "junk", "mass"):
        return "bulk", f"kind: Precedence: {precedence}"
    for name in _LIST:
        if name in headers:
            return "bulk", f"kind: {'-'.join(word.title() for word in name.split('-')).replace('Id', 'ID')}"
    for name in _BULK_SENDERS:
        if name in headers:
            return "bulk", f"kind: {name.title()}, a mass mailer"
    ending = key(text[-3_000:])
    if (_MASS_SENDER.match(sender) or _is_by_mass_mailer(headers)) and any(
        phrase in ending for phrase in load_lexicon().list_footers
    ):
        return "bulk", "kind: a mass sender, and a way to unsubscribe"
    return None


def find_group(headers: Headers) -> str:
    """The id of the list or group that handed the mail on to many, where nothing says that a program wrote it."""
    if _first_word(headers.plain("auto-submitted")) not in ("", "no"):
        return ""
    if any(name in headers for name in _BULK_SENDERS) or _is_by_mass_mailer(headers):
        return ""
    found = _LIST_ID.search(headers.plain("list-id")[:500]) or _LIST_POST.search(headers.plain("list-post")[:500])
    return found[1].lower().replace("@", ".") if found else ""


def _is_by_mass_mailer(headers: Headers) -> bool:
    """Did a service for mass mail carry it? It carries single mails too."""
    if any(
        name in headers for name in ("feedback-id", "x-mc-user", "x-sg-eid", "x-mailgun-sid", "x-sib-id", "x-mj-mid")
    ):
        return True
    return _MAILERS.search(headers.plain("x-mailer")) is not None


def kind_by_words(letter: Letter) -> MailKind:
    """The kind of a mail of which only the words are left, such as the original of a forward."""
    sender, subject, lexicon = letter.sender.address, letter.subject, load_lexicon()
    if _is_about_our_domain(subject, sender):
        return "feedback"
    robot = _ROBOT.match(sender) is not None
    if robot and (sender.startswith(("mailer-daemon", "mail-daemon")) or starts_with_phrase(subject, lexicon.bounces)):
        return "bounce"
    if starts_with_phrase(subject, lexicon.auto_replies):
        return "auto-reply"
    if starts_with_phrase(subject, lexicon.bounces) and any(
        word in letter.body[:4_000] for word in ("550", "5.1.", "5.7.")
    ):
        return "bounce"
    return "bulk" if _offers_leaving(letter) else "personal"


def _offers_leaving(letter: Letter) -> bool:
    """Does the mail itself, not what it quotes, end with a way to unsubscribe, alone on its line or as a link?"""
    phrases = load_lexicon().list_footers
    ending = letter.body[-6_000:]
    word = key(ending)
    if not any(phrase in word for phrase in phrases):
        return False
    lines = [line.strip() for line in ending.split("\n")]
    if any(line.startswith(">") for line in lines):
        return False
    mass = _MASS_SENDER.match(letter.sender.address) is not None
    for at in range(max(0, len(lines) - 40), len(lines)):
        line = lines[at]
        if not 0 < len(line) <= 300 or not any(phrase in key(line) for phrase in phrases):
            continue
        if mass or "http" in line or "http" in "".join(lines[at + 1 : at + 3]) or len(line.split()) <= 4 or "|" in line:
            return True
    return False


def starts_with_phrase(subject: str, phrases: tuple[str, ...]) -> bool:
    """Is the subject one of the phrases, or headed by one: before a colon, a dash, a bracket or a `Re:`?"""
    word = key(subject[:200]).lstrip("[*( ")
    if not word.startswith(phrases):
        return False
    for phrase in phrases:
        if not word.startswith(phrase):
            continue
        rest = word[len(phrase) :].lstrip(" )]*")
        if (
            not rest
            or rest[0] in ":\uff1a-\u2013\u2014(.!\uff0c|/\"'\u201e\u201c\u300c<"
            or phrase.endswith(":")
            or rest.startswith(("re:", "aw:", "sv:"))
        ):
            return True
        if len(phrase.split()) >= 3 and rest.startswith(
            ("returned to", "(", "to ", "until ", "bis ", "from ", "vom ", "\u0434\u043e ", "\u0441 ")
        ):
            return True
    return False


def _first_word(value: str) -> str:
    return value.lower().split(";")[0].split("(")[0].strip()
