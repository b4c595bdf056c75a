"""Bytes to words: headers, addresses, charsets, transfer encodings, parts, HTML, dates."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from mail.addresses import parse_address, parse_addresses
from mail.attachments import attachment_bytes, safe_name
from mail.body import unflow
from mail.dates import parse_date, parse_header_date
from mail.errors import MailUnreadable, NoSuchPart
from mail.headers import decode_header, split_parameters
from mail.html import html_to_text, strip_marks
from mail.parse import parse_mail
from mail.subject import split_subject, without_forward
from tests.mail.corpus.forwards import build

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("Anna Kern <Anna@Kern.example>", "Anna Kern", "anna@kern.example"),
        ('"Kern, Anna" <anna@kern.example>', "Kern, Anna", "anna@kern.example"),
        ("'Anna Kern' <anna@kern.example>", "Anna Kern", "anna@kern.example"),
        ("\"'Anna Kern'\" <anna@kern.example>", "Anna Kern", "anna@kern.example"),
        ("anna@kern.example (Anna Kern)", "Anna Kern", "anna@kern.example"),
        ("Anna Kern <anna@kern.example<mailto:anna@kern.example>>", "Anna Kern", "anna@kern.example"),
        ("Anna Kern [mailto:anna@kern.example]", "Anna Kern", "anna@kern.example"),
        ("Anna Kern <mailto:anna@kern.example>", "Anna Kern", "anna@kern.example"),
        ("Anna Kern <anna@kern.example", "Anna Kern", "anna@kern.example"),
        ("<anna@kern.example>", "", "anna@kern.example"),
        ("anna@kern.example", "", "anna@kern.example"),
        ("anna@kern.example <anna@kern.example>", "", "anna@kern.example"),
        ("Anna O'Neill <anna@kern.example>", "Anna O'Neill", "anna@kern.example"),
        ("Anna Kern", "Anna Kern", ""),
        ("=?utf-8?q?J=C3=BCrgen?= =?utf-8?q?_M=C3=BCller?= <j@m.example>", "Jürgen Müller", "j@m.example"),
        ("Иван <иван@почта.рф>", "Иван", "иван@почта.рф"),
        ("*Anna Kern* <*anna@kern.example*>", "Anna Kern", "anna@kern.example"),
        ("Tom Berg/ACME@ACME", "Tom Berg", ""),
        ("", "", ""),
    ],
)
def test_a_mailbox_as_it_is_written(written: str, name: str, address: str) -> None:
    found = parse_address(written)
    assert (found.name, found.address) == (name, address)


@pytest.mark.parametrize(
    ("written", "addresses"),
    [
        ("a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
        ("A <a@x.example>; B <b@x.example>", ["a@x.example", "b@x.example"]),
        ("Kern, Anna <a@x.example>; Alt, Bo <b@x.example>", ["a@x.example", "b@x.example"]),
        ('"Kern, Anna" <a@x.example>, b@x.example', ["a@x.example", "b@x.example"]),
        ("undisclosed-recipients:;", []),
        ("Team: a@x.example, b@x.example;", ["a@x.example", "b@x.example"]),
        ("a@x.example (x, y), b@x.example", ["a@x.example", "b@x.example"]),
    ],
)
def test_lists_of_mailboxes(written: str, addresses: list[str]) -> None:
    assert [box.address for box in parse_addresses(written)] == addresses


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b" =?UTF-8?B?w7xiZXI=?= x", "über x"),
        (b" =?utf-8?B?w7w=?=\r\n =?utf-8?B?YmVy?=", "über"),
        (b" =?utf-8?B?ww==?= =?utf-8?B?vGJlcg==?=", "über"),
        (b" =?iso-8859-1?Q?=FCber_uns?=", "über uns"),
        (b" =?koi8-r?B?8NLJ18XU?=", "Привет"),
        (b" =?iso-2022-jp?B?GyRCJDMbKEI=?=", "こ"),
        (b" =?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет"),
        (b" =?x-nonsense?B?w7xiZXI=?=", "über"),
        (b" \xc3\xbcber", "über"),
        (b" \xfcber", "über"),
        (b" \xcf\xf0\xe8\xe2\xe5\xf2 \xe2\xf1\xe5\xec", "Привет всем"),
        (b" broken =?utf-8?B?!!!?= x", "broken x"),
        (b" a\x00b \xe2\x80\xaec", "ab c"),
    ],
)
def test_headers_in_every_charset(raw: bytes, text: str) -> None:
    assert decode_header(raw) == text


@pytest.mark.parametrize(
    ("charset", "label"),
    [
        ("utf-8", "utf-8"), ("cp1251", "windows-1251"), ("koi8-r", "koi8-r"), ("cp1252", "iso-8859-1"), ("utf-8", "iso-8859-1"),
        ("utf-8", "us-ascii"), ("gb18030", "gb2312"), ("big5", "big5"), ("iso2022_jp", "iso-2022-jp"), ("shift_jis", "shift_jis"),
        ("cp949", "ks_c_5601-1987"), ("utf-16", "utf-16"), ("cp1250", "windows-1250"), ("iso8859-7", "iso-8859-7"), ("cp1256", "windows-1256"),
        ("utf-8", "rot13"), ("cp1251", ""), ("cp1252", "us-ascii"),
    ],
)  # fmt: skip
def test_bodies_in_every_charset(charset: str, label: str) -> None:
    samples = {"cp1251": "Добрый день, пришлите счёт", "koi8-r": "Добрый день, пришлите", "gb18030": "请发送报价单", "big5": "請寄報價單",
               "iso2022_jp": "見積書をお送りください", "shift_jis": "見積書をお送りください", "cp949": "견적서를 보내 주세요", "cp1250": "Příliš žluťoučký kůň",
               "iso8859-7": "Καλημέρα σας", "cp1256": "صباح الخير"}  # fmt: skip
    text = samples.get(charset, "Grüße aus Köln, 5 € für Åse")
    head = f"From: a@b.example\nContent-Type: text/plain; charset={label}\nContent-Transfer-Encoding: base64\n\n"
    if not label:
        head = head.replace("; charset=", "")
    assert parse_mail(head.encode() + base64.encodebytes(text.encode(charset))).outer.body == text


def test_parameters_in_pieces() -> None:
    value = "application/pdf; name*0*=utf-8''%C3%9Cber; name*1*=sicht; name*2=\".pdf\"; x=y"
    assert split_parameters(value) == ("application/pdf", {"name": "Übersicht.pdf", "x": "y"})


def test_flowed_lines_are_joined_by_depth() -> None:
    assert unflow("Hello \nworld\n> a \n> b\nc \n-- \nx", False) == "Hello world\n> a b\nc \n-- \nx"
    assert unflow("Hel \nlo", True) == "Hello"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n>\n> > c\n\nd"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<style>x</style><script>y</script>a<span style='display:none'>z</span>", "a"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a &amp; b&nbsp;c &lt;d&gt;", "a & b c <d>"),
        ("  a\n  b  ", "a b"),
        ("<a href='mailto:x@y.example'>Anna</a>!", "Anna!"),
        ("", ""),
    ],
)
def test_html_keeps_lines_and_quotes(markup: str, text: str) -> None:
    assert strip_marks(html_to_text(markup)) == text


@pytest.mark.parametrize(
    ("written", "languages", "iso"),
    [
        ("Mon, Mar 2, 2026 at 10:12 AM", "en", "2026-03-02T10:12:00"),
        ("Montag, 2. März 2026 um 10:12 Uhr", "de", "2026-03-02T10:12:00"),
        ("mar. 5 mai 2026 à 10:12", "fr", "2026-05-05T10:12:00"),
        ("пн, 2 мар. 2026 г. в 10:12", "ru", "2026-03-02T10:12:00"),
        ("2026年3月2日 下午3:12", "zh", "2026-03-02T15:12:00"),
        ("2026년 3월 2일 (월) 오후 3:12", "ko", "2026-03-02T15:12:00"),
        ("2026. márc. 2., H, 10:12", "hu", "2026-03-02T10:12:00"),
        ("ma 2. maalisk. 2026 klo 10.12", "fi", "2026-03-02T10:12:00"),
        ("จ. 2 มี.ค. 2569 เวลา 10:12", "th", "2026-03-02T10:12:00"),
        ("1 lip 2026, 10:00", "pl", "2026-07-01T10:00:00"),
        ("1. lip 2026. 10:00", "hr", "2026-06-01T10:00:00"),
        ("3/2/2026 3:12 PM", "en", "2026-03-02T15:12:00"),
        ("02/03/2026 10:12", "en", "2026-03-02T10:12:00"),
        ("12/10/2026 10:12", "en", "2026-10-12T10:12:00"),
        ("12:30 AM 3/14/2026", "en", "2026-03-14T00:30:00"),
        ("2 March 2026 at 10:12:33 GMT+1", "en", "2026-03-02T10:12:33+01:00"),
        ("2 marca 2026 10:12:01 CET", "pl", "2026-03-02T10:12:01+01:00"),
        ("2026-03-02T10:12:00Z", "", "2026-03-02T10:12:00+00:00"),
        ("lundi 2 mars 2026 10h12", "fr", "2026-03-02T10:12:00"),
        ("2 March 2026", "en", "2026-03-02T00:00:00"),
    ],
)
def test_dates_as_programs_write_them(written: str, languages: str, iso: str) -> None:
    found = parse_date(written, [languages], BEFORE)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize(
    "written", ["", "tomorrow", "31 February 2026", "2 March 9999", "99/99/2026", "Anna", "10:12", "1" * 5000]
)
def test_what_is_no_date(written: str) -> None:
    assert parse_date(written, ["en"], BEFORE) is None


def test_date_headers() -> None:
    assert parse_header_date("Mon, 2 Mar 2026 10:12:00 -0000") == datetime(2026, 3, 2, 10, 12, tzinfo=UTC)
    assert parse_header_date("Fri, 31 Dec 9999 23:59:59 -0100") is None
    odd = parse_header_date("Mon, 2 Mar 2026 10:12:00 +9900")
    assert odd is None or odd.tzinfo is None


@pytest.mark.parametrize(
    ("subject", "prefixes", "bare"),
    [
        ("Fwd: Re: x", ("forward", "reply"), "x"), ("AW: WG: x", ("reply", "forward"), "x"), ("RE[2]: x", ("reply",), "x"),
        ("[EXTERN] WG: x", ("forward",), "x"), ("[Fwd: x]", ("forward",), "x"), ("x (fwd)", ("forward",), "x"), ("转发：x", ("forward",), "x"),
        ("VS: x", ("either",), "x"), ("I: x", ("forward",), "x"), ("Offer: x", (), "Offer: x"), ("[list] x", (), "[list] x"), ("", (), ""),
    ],
)  # fmt: skip
def test_subjects(subject: str, prefixes: tuple[str, ...], bare: str) -> None:
    assert split_subject(subject) == (prefixes, bare)


def test_only_the_outermost_forward_prefix_goes() -> None:
    assert without_forward("Fwd: Re: x") == "Re: x"
    assert without_forward("Re: x") == "Re: x"


FILES = b"""From: a@b.example
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p>See</p><img src="cid:logo@x">
--r
Content-Type: image/png; name=logo.png
Content-ID: <logo@x>
Content-Transfer-Encoding: base64

iVBORw==
--r--
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename="=?utf-8?B?w5xiZXIucGRm?="
Content-Transfer-Encoding: base64

aGVsbG8=
--m
Content-Type: text/plain; name=../../etc/notes.txt
Content-Disposition: attachment; filename="..\\\\..\\\\notes.txt"

just text
--m--
"""


def test_files_are_listed_and_read_and_logos_are_not() -> None:
    mail = parse_mail(FILES)
    assert mail.outer.body == "See"
    assert [(file.name, file.media_type) for file in mail.attachments] == [
        ("Über.pdf", "application/pdf"),
        ("notes.txt", "text/plain"),
    ]
    assert attachment_bytes(FILES, mail.attachments[0].part) == b"hello"
    assert mail.attachments[0].size == 5
    assert attachment_bytes(FILES, mail.attachments[1].part) == b"just text"
    with pytest.raises(NoSuchPart):
        attachment_bytes(FILES, 99)


def test_names_of_files_are_safe() -> None:
    assert safe_name("../../a\x00b.pdf", "application/pdf", 3) == "ab.pdf"
    assert safe_name("", "application/pdf", 3) == "part-3.pdf"
    assert safe_name("..", "text/plain", 3) == "part-3.txt"
    assert len(safe_name("a" * 500 + ".pdf", "", 1)) == 120


def test_ids_with_blanks_and_the_thread() -> None:
    mail = parse_mail(
        b"From: a@b.example\nMessage-ID: < 1 @x>\nIn-Reply-To: <2@x> (x)\nReferences: <1@x>\n <2@x>\nReply-To: c@d.example\n\nx"
    )
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("<1@x>", "<2@x>", ("<1@x>", "<2@x>"))
    assert mail.reply_to[0].address == "c@d.example"


def test_html_wins_over_a_stub() -> None:
    mail = parse_mail(
        build("x", "Please view this mail in an HTML client.", html_text="<p>" + "The offer stands. " * 20 + "</p>")
    )
    assert mail.outer.body.startswith("The offer stands.")
    assert parse_mail(build("x", "Short.", html_text="<p>Short.</p>")).outer.body == "Short."


@pytest.mark.parametrize("raw", [b"", b"  \r\n", b"\n\n"])
def test_nothing_is_unreadable(raw: bytes) -> None:
    with pytest.raises(MailUnreadable):
        parse_mail(raw)


def test_addresses_are_shown_as_written_and_compared_without_case() -> None:
    mail = parse_mail(b"From: Anna <Anna.Kern@Nordwind.Example>\nTo: CRM@firma.example, eva@firma.example\n\nHi")
    assert mail.outer.sender.address == "anna.kern@nordwind.example"
    assert mail.outer.sender.verbatim == "Anna.Kern@Nordwind.Example"
    assert [each.verbatim for each in mail.outer.to] == ["CRM@firma.example", "eva@firma.example"]
