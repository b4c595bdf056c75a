"""Did a mail filter on the way flag it as spam? Each filter has a header of its own."""

from __future__ import annotations

import re

from mail.headers import Headers

_LONGEST = 2_000  # characters of a header that are looked at

# What the header's value says when its filter took the mail for spam (RFC 5451 knows no such word).
_VERDICTS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "x-spam-flag": r"\s{0,9}(?:yes|true)\b",  # SpamAssassin, Rspamd, Proton, Fastmail
        "x-spam-status": r"\s{0,9}yes\b",
        "x-spam": r"\s{0,9}(?:yes|true|spam)\b",  # Rspamd
        "x-spam-action": r"\s{0,9}(?:add header|rewrite subject|reject)\b",
        "x-spamd-result": r"[^\[\]\r\n]{0,40}: true\b",  # default: False [1.2 / 15.0]
        "x-bogosity": r"\s{0,9}(?:spam|yes)\b",  # Bogofilter
        "x-dspam-result": r"\s{0,9}(?:spam|bl[ao]cklisted)\b",
        "x-barracuda-spam-flag": r"\s{0,9}yes\b",
        "x-klms-antispam-status": r"\s{0,9}(?:probable )?spam\b",
        "x-drweb-spamstate": r"\s{0,9}(?:yes|spam)\b",
        "x-tm-as-result": r"\s{0,9}yes\b",
        "x-barracuda-spam-status": r"\s{0,9}yes\b",
        "x-proofpoint-spam-details": r"[^\r\n]{0,40}\brule=\S{0,40}spam\b(?!_?(?:not|low))",
        "x-gmx-antispam": r"\s{0,9}[1-9]",
        "x-yandex-spam": r"\s{0,9}[4-9]",
        "x-ms-exchange-organization-scl": r"\s{0,9}[5-9]\b",
        "x-forefront-antispam-report": r"[^\r\n]{0,1500}\bSFV:(?:SPM|SKS|SKB)\b",
        "x-microsoft-antispam-mailbox-delivery": r"[^\r\n]{0,500}\bdest:J\b",  # the junk folder
        "x-apple-movetofolder": r"\s{0,9}junk\b",
        "x-vr-spamstate": r"\s{0,9}spam\b",
        "x-cmae-verdict": r"\s{0,9}spam\b",
    }.items()
}
_SUBJECT = re.compile(
    r"\s{0,9}(?:\*{2,5}|\[|\{)\s?(?:spam|junk|(?:possible|suspected) spam|spam\?)\s?(?:\*{2,5}|\]|\})", re.IGNORECASE
)


def find_spam(headers: Headers) -> str:
    """Which header flags it as spam, for people; empty when none does."""
    for name, verdict in _VERDICTS.items():
        if any(verdict.match(raw[:_LONGEST].decode("latin-1")) for raw in headers.every(name)[:3]):
            return f"spam: {name}"
    return "spam: the subject says so" if _SUBJECT.match(headers.text("subject")) else ""
