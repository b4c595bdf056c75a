"""DKIM checked by ourselves: mails signed for real, keys from a DNS server on loopback, and forgeries."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import dkim
import dns.message
import dns.rcode
import dns.rrset
import pytest

from bot.mail_in import MailIn
from mail.dkim_keys import KeyFinder
from mail.parse import parse_mail
from mail.prepare import MailParser
from tests.house import TestHouse

NAME = "s1._domainkey.firma.example"
MAIL = (
    b"From: Max Kern <max@firma.example>\r\nTo: crm@firma.example\r\nSubject: Order\r\n"
    b"Date: Mon, 23 Nov 2026 09:55:00 +0100\r\nMessage-ID: <o1@firma.example>\r\n\r\nnew lead Tom Baker\r\n"
)
AUTHSERV = frozenset({"mx.firma.example"})


@pytest.fixture(scope="session")
def pair() -> tuple[bytes, str]:
    """An RSA key of 1,024 bits: the private part (PKCS #1, PEM), and the record that publishes the other."""
    dice = random.Random(7)
    public = 65_537
    first, second = _prime(dice, public), _prime(dice, public)
    modulus = first * second
    private = pow(public, -1, (first - 1) * (second - 1))
    rest = (private % (first - 1), private % (second - 1), pow(second, -1, first))
    der = _sequence(*map(_number, (0, modulus, public, private, first, second, *rest)))
    bits = b"\0" + _sequence(_number(modulus), _number(public))
    info = _sequence(bytes.fromhex("300d06092a864886f70d0101010500"), b"\x03" + _length(bits) + bits)
    pem = b"-----BEGIN RSA PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END RSA PRIVATE KEY-----\n"
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(info).decode()}"


def _prime(dice: random.Random, public: int) -> int:
    while True:
        number = dice.getrandbits(512) | 3 << 510 | 1
        if number % public != 1 and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)):
            return number


def _sequence(*items: bytes) -> bytes:
    data = b"".join(items)
    return b"\x30" + _length(data) + data


def _number(value: int) -> bytes:
    data = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\x02" + _length(data) + data


def _length(data: bytes) -> bytes:
    size = len(data)
    return bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")


def signed(raw: bytes, private: bytes, domain: str = "firma.example", **more: bool) -> bytes:
    """The mail with its signature."""
    return bytes(dkim.sign(raw, b"s1", domain.encode(), private, **more)) + raw


class TestTheSignature:
    def test_it_proves_the_sender(self, pair: tuple[bytes, str]) -> None:
        raw = signed(MAIL, pair[0])
        assert parse_mail(raw).dkim_keys == (NAME,)
        mail = parse_mail(raw, keys={NAME: pair[1]})
        assert mail.authentic
        assert "trust: DKIM signature of the sender's domain" in mail.because

    def test_it_holds_with_the_line_ends_of_a_pipe(self, pair: tuple[bytes, str]) -> None:
        assert parse_mail(signed(MAIL, pair[0]).replace(b"\r\n", b"\n"), keys={NAME: pair[1]}).authentic

    def test_it_holds_of_a_domain_above(self, pair: tuple[bytes, str]) -> None:
        raw = signed(MAIL.replace(b"max@firma", b"max@sales.firma"), pair[0])
        assert parse_mail(raw, keys={NAME: pair[1]}).authentic

    @pytest.mark.parametrize(
        ("what", "by"),
        [
            (b"Tom Baker", b"Tom Faker"),  # another text
            (b"Subject: Order", b"Subject: Other"),
            (b"From: Max Kern", b"From: Eva Kern"),
            (b"\r\nTo:", b"\r\nSubject: Above\r\nTo:"),  # a second one, above the signed
            (b"d=firma.example", b"d=forma.example"),
        ],
    )
    def test_what_was_changed_proves_nothing(self, pair: tuple[bytes, str], what: bytes, by: bytes) -> None:
        raw = signed(MAIL, pair[0])
        assert what in raw
        assert not parse_mail(raw.replace(what, by, 1), keys={NAME: pair[1]}).authentic

    def test_a_second_subject_that_was_not_signed_proves_nothing(self, pair: tuple[bytes, str]) -> None:
        raw = b"Subject: Above\r\n" + signed(MAIL, pair[0])
        assert not parse_mail(raw, keys={NAME: pair[1]}).authentic

    def test_another_domains_signature_proves_nothing(self, pair: tuple[bytes, str]) -> None:
        raw = signed(MAIL, pair[0], "evil.example")
        assert parse_mail(raw).dkim_keys == ()
        assert not parse_mail(raw, keys={"s1._domainkey.evil.example": pair[1], NAME: pair[1]}).authentic

    def test_a_signature_of_the_beginning_alone_proves_nothing(self, pair: tuple[bytes, str]) -> None:
        raw = signed(MAIL, pair[0], length=True)
        assert b"l=" in raw.partition(b"\r\nFrom")[0]
        assert parse_mail(raw).dkim_keys == ()

    def test_two_senders_prove_nothing(self, pair: tuple[bytes, str]) -> None:
        raw = signed(MAIL.replace(b"<max@firma.example>", b"<max@firma.example>, eva@firma.example"), pair[0])
        assert parse_mail(raw).dkim_keys == ()
        assert not parse_mail(raw, keys={NAME: pair[1]}).authentic

    @pytest.mark.parametrize("key", ["", "v=DKIM1; p=", "v=DKIM1; p=!!!", "p=AAAA", "v=DKIM2; p=AAAA", "\udcff;p=\x00"])
    def test_a_key_that_is_none_proves_nothing(self, pair: tuple[bytes, str], key: str) -> None:
        assert not parse_mail(signed(MAIL, pair[0]), keys={NAME: key.encode("utf-8", "replace").decode()}).authentic

    def test_a_key_that_is_only_tested_proves_nothing(self, pair: tuple[bytes, str]) -> None:
        assert not parse_mail(signed(MAIL, pair[0]), keys={NAME: pair[1].replace("k=rsa", "k=rsa; t=s:y")}).authentic

    def test_what_a_believed_server_calls_forged_stays_so(self, pair: tuple[bytes, str]) -> None:
        raw = b"Authentication-Results: mx.firma.example; dmarc=fail\r\n" + signed(MAIL, pair[0])
        mail = parse_mail(raw, authserv=AUTHSERV, keys={NAME: pair[1]})
        assert not mail.authentic
        assert mail.dkim_keys == ()

    @pytest.mark.parametrize(
        "value",
        [
            b"",
            b"v=1",
            b"v=1; a=rsa-sha256; d=firma.example; s=s1",
            b"v=1; a=rsa-sha256; d=firma.example; s=s1; h=from; bh=!!; b=!!",
            b"v=1; a=rsa-sha256; d=firma.example; s=s1; h=from; bh=AAAA; b=AAAA; x=-1; t=99999999999999999999",
            b"v=1; a=rsa-sha256; d=firma.example; s=s1; h=:::; bh=AAAA; b=AAAA; c=nothing/at/all",
            b"=;=;=" * 1_000,
            b"v=1; a=rsa-sha256; d=firma.example; s=s1; h=" + b"from:" * 50_000 + b"; bh=AAAA; b=" + b"A" * 50_000,
        ],
    )
    def test_nonsense_breaks_nothing(self, pair: tuple[bytes, str], value: bytes) -> None:
        assert not parse_mail(b"DKIM-Signature: " + value + b"\r\n" + MAIL, keys={NAME: pair[1]}).authentic


class TestTheKeys:
    async def test_they_come_from_the_dns(self, pair: tuple[bytes, str]) -> None:
        async with dns_server({NAME: pair[1]}) as (server, asked):
            finder = KeyFinder(server)
            missing = "none._domainkey.firma.example"
            assert await finder.find([NAME, missing]) == {NAME: pair[1]}
            assert await finder.find([NAME]) == {NAME: pair[1]}
        assert sorted(asked) == sorted([NAME, missing]), "what is known isn't asked again"

    async def test_a_resolver_that_is_not_there_finds_nothing(self) -> None:
        async with dns_server({}) as (server, _):
            pass
        assert await KeyFinder(server).find([NAME, "", "." * 300, "ä" * 300]) == {}


@pytest.mark.parametrize("sender", ["max@firma.example", "anna@firma.example"])
async def test_a_members_signed_mail_is_obeyed_and_nobody_elses_key_is_asked_for(
    house: TestHouse, pair: tuple[bytes, str], sender: str
) -> None:
    raw = signed(MAIL.replace(b"max@firma.example", sender.encode()), pair[0])
    async with dns_server({NAME: pair[1]}) as (server, asked), MailParser() as parser:
        await MailIn(house.flow, parser, house.clock, KeyFinder(server)).take(raw)
    await house.handles()
    if sender.startswith("max"):
        assert asked == [NAME]
        assert [row["name"] for row in await house.rows("contacts")] == ["Tom Baker"]
    else:
        assert asked == []
        assert await house.rows("contacts") == []


@asynccontextmanager
async def dns_server(records: dict[str, str]) -> AsyncIterator[tuple[tuple[str, int], list[str]]]:
    """A DNS server on loopback, and what it was asked."""
    asked: list[str] = []

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            query = dns.message.from_wire(data)
            name = query.question[0].name
            asked.append(name.to_text().rstrip("."))
            answer = dns.message.make_response(query)
            if record := records.get(asked[-1]):
                pieces = " ".join(f'"{record[at : at + 200]}"' for at in range(0, len(record), 200))
                answer.answer.append(dns.rrset.from_text(name, 300, "IN", "TXT", pieces))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.transport.sendto(answer.to_wire(), addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    try:
        host, port = transport.get_extra_info("sockname")
        yield (host, port), asked
    finally:
        transport.close()
