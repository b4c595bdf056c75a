"""Domains under which anybody gets a mailbox: what holds for one of their senders says nothing of the others."""

from __future__ import annotations

_NAMES = frozenset(
    ("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com",
     "mac.com", "aol.com", "ymail.com", "rocketmail.com", "gmx.com", "gmx.net", "gmx.de", "gmx.at", "gmx.ch",
     "web.de", "t-online.de", "freenet.de", "arcor.de", "posteo.de", "mailbox.org", "tutanota.com", "tuta.io",
     "proton.me", "protonmail.com", "pm.me", "fastmail.com", "hey.com", "zoho.com", "mail.com", "mail.ru", "bk.ru",
     "inbox.ru", "list.ru", "internet.ru", "yandex.ru", "ya.ru", "yandex.com", "rambler.ru", "lenta.ru", "ukr.net",
     "i.ua", "orange.fr", "free.fr", "laposte.net", "sfr.fr", "wanadoo.fr", "libero.it", "virgilio.it", "tin.it",
     "wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz", "centrum.cz", "qq.com", "163.com", "126.com",
     "sina.com", "naver.com", "daum.net", "comcast.net", "verizon.net", "att.net", "sbcglobal.net",
     "btinternet.com", "sky.com", "virginmedia.com", "bluewin.ch", "telenet.be", "ziggo.nl", "kpnmail.nl",
     "bigpond.com", "duck.com")
)  # fmt: skip
_MANY = ("yahoo.", "hotmail.", "outlook.", "live.")  # of many countries: yahoo.co.uk, hotmail.fr


def is_freemail(domain: str) -> bool:
    """Can anybody have a mailbox under this domain (small letters)?"""
    return domain in _NAMES or domain.startswith(_MANY)
