"""What a signature tells of its writer: numbers, title, firm, address and website, in many languages."""

# ruff: noqa: E501, ISC004 - signatures are longer than code
from __future__ import annotations

import pytest

from mail.parse import parse_mail
from storage.messages import Signed

HEAD = "From: {} <{}>\r\nTo: crm@firma.example\r\nSubject: Offer\r\nDate: Mon, 23 Nov 2026 09:30:00 +0100\r\n"


def signed(body: str, name: str = "Anna Kern", address: str = "anna@kern.example", more: str = "") -> Signed | None:
    """What is read from a mail with this body."""
    head = HEAD.format(name if name.isascii() else f'"{name}"', address)
    raw = f"{head}{more}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\n"
    return parse_mail(raw.encode()).signed


CARDS = {
    "de": (
        "Hallo Max,\n\nhier das Angebot.\n\nMit freundlichen Grüßen\nAnna Kern\nVertriebsleiterin\n\nKern Druck GmbH & Co. KG\n"
        "Hafenstr. 12a\n20457 Hamburg\nTel.: 040 123456-78\nMobil: +49 171 1234567\nFax: 040 123456-79\n"
        "anna@kern.example\nwww.kern.example\n\nSitz der Gesellschaft: Hamburg, HRB 12345\nGeschäftsführer: Bo Kern",
        Signed(
            ("040 123456-78", "+49 171 1234567"),
            "Vertriebsleiterin",
            "Kern Druck GmbH & Co. KG",
            "Hafenstr. 12a, 20457 Hamburg",
            "www.kern.example",
        ),
    ),
    "en": (
        "Hi,\n\nsee attached.\n\nBest regards,\n\nAnna Kern | Head of Sales | Kern Print Ltd\nT: +44 20 7946 0018 | M: +44 7700 900123\n"
        "12 High Street, Leeds, LS1 4AP\nhttps://kern.example/team",
        Signed(
            ("+44 20 7946 0018", "+44 7700 900123"),
            "Head of Sales",
            "Kern Print Ltd",
            "12 High Street, Leeds, LS1 4AP",
            "kern.example/team",
        ),
    ),
    "us": (
        "Hi,\n\nok.\n\n-- \nAnna Kern\nChief Technology Officer, Globex, Inc.\n(415) 555-0134\n500 Market Street, San Francisco, CA 94105",
        Signed(
            ("(415) 555-0134",),
            "Chief Technology Officer",
            "Globex, Inc.",
            "500 Market Street, San Francisco, CA 94105",
            "",
        ),
    ),
    "fr": (
        "Bonjour,\n\nvoici l'offre.\n\nCordialement,\nAnna Kern\nResponsable commerciale\nKern Imprimerie SARL\n12 rue de la Paix, 75002 Paris\n"
        "Tél. : 01 44 55 66 77 - Port. : 06 12 34 56 78\nSite web : kern.example",
        Signed(
            ("01 44 55 66 77", "06 12 34 56 78"),
            "Responsable commerciale",
            "Kern Imprimerie SARL",
            "12 rue de la Paix, 75002 Paris",
            "kern.example",
        ),
    ),
    "es": (
        "Hola,\n\nadjunto la oferta.\n\nSaludos cordiales,\nAnna Kern\nDirectora de ventas\nKern Impresión S.L.\nMóvil: +34 600 123 456\nFax: +34 91 555 00 11",
        Signed(("+34 600 123 456",), "Directora de ventas", "Kern Impresión S.L.", "", ""),
    ),
    "it": (
        "Buongiorno,\n\necco.\n\nCordiali saluti\nAnna Kern\nUfficio Acquisti\nKern Stampa S.r.l.\nCell. 333 1234567\nVia Roma 12, 20121 Milano",
        Signed(("333 1234567",), "Ufficio Acquisti", "Kern Stampa S.r.l.", "Via Roma 12, 20121 Milano", ""),
    ),
    "pt": (
        "Olá,\n\nsegue.\n\nAtenciosamente,\nAnna Kern\nGerente Comercial\nKern Gráfica Ltda.\nTel.: (11) 5555-1234\nCelular: (11) 95555-1234",
        Signed(("(11) 5555-1234", "(11) 95555-1234"), "Gerente Comercial", "Kern Gráfica Ltda.", "", ""),
    ),
    "nl": (
        "Hallo,\n\nbijgaand.\n\nMet vriendelijke groet,\nAnna Kern\nAccountmanager\nKern Druk B.V.\nKeizersgracht 12\n1015 CJ Amsterdam\nTelefoon: 020 123 45 67",
        Signed(("020 123 45 67",), "Accountmanager", "Kern Druk B.V.", "Keizersgracht 12, 1015 CJ Amsterdam", ""),
    ),
    "pl": (
        "Dzień dobry,\n\nw załączeniu.\n\nPozdrawiam\nAnna Kern\nKierownik działu sprzedaży\nKern Druk Sp. z o.o.\nul. Długa 12\n00-238 Warszawa\ntel. kom. 600 123 456",
        Signed(
            ("600 123 456",), "Kierownik działu sprzedaży", "Kern Druk Sp. z o.o.", "ul. Długa 12, 00-238 Warszawa", ""
        ),
    ),
    "cs": (
        "Dobrý den,\n\nposílám.\n\nS pozdravem\nAnna Kern\nobchodní zástupce\nKern Tisk s.r.o.\nMobil: +420 601 123 456\nFax: +420 2 1234 5678",
        Signed(("+420 601 123 456",), "obchodní zástupce", "Kern Tisk s.r.o.", "", ""),
    ),
    "sv": (
        "Hej,\n\nbifogat.\n\nMed vänliga hälsningar\nAnna Kern\nSäljchef\nKern Tryck AB\nStorgatan 5\n111 51 Stockholm\nVäxel: 08-123 456 78",
        Signed(("08-123 456 78",), "Säljchef", "Kern Tryck AB", "Storgatan 5, 111 51 Stockholm", ""),
    ),
    "fi": (
        "Hei,\n\nohessa.\n\nYstävällisin terveisin\nAnna Kern\nToimitusjohtaja\nKern Paino Oy\nPuh. 040 123 4567",
        Signed(("040 123 4567",), "Toimitusjohtaja", "Kern Paino Oy", "", ""),
    ),
    "ru": (
        "Добрый день!\n\nВысылаю счёт.\n\nС уважением,\nАнна Керн\nменеджер по продажам\nООО «Керн Принт»\n127015, Москва, ул. Бутырская, д. 5\n"
        "Тел.: +7 (495) 123-45-67, моб.: 8 916 123-45-67\nФакс: +7 (495) 123-45-68\nсайт: www.kern.example",
        Signed(
            ("+7 (495) 123-45-67", "8 916 123-45-67"),
            "менеджер по продажам",
            "ООО «Керн Принт»",
            "127015, Москва, ул. Бутырская, д. 5",
            "www.kern.example",
        ),
    ),
    "uk": (
        "Доброго дня!\n\nНадсилаю.\n\nЗ повагою,\nАнна Керн\nДиректор\nТОВ «Керн»\nмоб. 067 123 45 67",
        Signed(("067 123 45 67",), "Директор", "ТОВ «Керн»", "", ""),
    ),
    "tr": (
        "Merhaba,\n\nekte.\n\nSaygılarımla\nAnna Kern\nSatış Müdürü\nKern Baskı Ltd. Şti.\nCep: 0532 123 45 67",
        Signed(("0532 123 45 67",), "Satış Müdürü", "Kern Baskı Ltd. Şti.", "", ""),
    ),
    "hu": (
        "Üdv,\n\nküldöm.\n\nÜdvözlettel:\nAnna Kern\nértékesítési vezető\nKern Nyomda Kft.\nMobil: +36 20 123 4567",
        Signed(("+36 20 123 4567",), "értékesítési vezető", "Kern Nyomda Kft.", "", ""),
    ),
    "ja": (
        "お世話になっております。\n添付します。\n\n-- \nAnna Kern\n営業部長\n株式会社ケルン\n電話：03-1234-5678\n携帯：090-1234-5678\nFAX：03-1234-5679",
        Signed(("03-1234-5678", "090-1234-5678"), "営業部長", "株式会社ケルン", "", ""),
    ),
}


@pytest.mark.parametrize("language", CARDS)
def test_the_card_is_read(language: str) -> None:
    body, wanted = CARDS[language]
    assert signed(body, "Анна Керн" if language in ("ru", "uk") else "Anna Kern") == wanted


@pytest.mark.parametrize(
    "body",
    [
        "Call me at +49 30 901820 tomorrow.",
        "The offer is 1.234.567,89 EUR, order 20261123.\n\nBest regards\nAnna Kern",
        "ok\n\nBest regards\nAnna",
        "ok\n\nBest regards\nAnna Kern\nIBAN DE12 5001 0517 0648 4898 90\nUSt-IdNr. DE123456789\nFax +49 30 901821",
        "ok\n\n> Best regards\n> Max\n> Sales Manager\n> Firma GmbH\n> Tel. +49 30 1112223",
        "ok\n\nOn Mon, 23 Nov 2026 at 9:00, Max <max@firma.example> wrote:\n> Tel. +49 30 1112223",
        "ok\n\nFrom: Max Kern\nSent: Monday\nTo: Anna\nSubject: x\n\nTel. +49 30 1112223\nFirma GmbH",
        "ok\n\nSent from my iPhone",
        "ok\n\n-- \nYour sales team\nwww.linkedin.com/in/anna",
    ],
)
def test_what_says_nothing_of_its_writer(body: str) -> None:
    assert signed(body) is None


def test_a_reply_below_quotes_and_the_quoted_card_of_another() -> None:
    body = (
        "Passt.\n\nViele Grüße\nAnna Kern\nTel. +49 40 7654321\n\nAm 23.11.2026 schrieb Max Kern <max@firma.example>:\n"
        "> Hallo\n> -- \n> Max Kern\n> Vertrieb\n> Tel. +49 30 1112223\n"
    )
    assert signed(body) == Signed(("+49 40 7654321",))


def test_of_a_forward_it_is_the_originals() -> None:
    body = (
        "fyi\n\n-- \nMax Kern\nTel. +49 30 1112223\n\n---------- Forwarded message ---------\nFrom: Anna Kern <anna@kern.example>\n"
        "Date: Mon, Nov 23, 2026 at 9:30 AM\nSubject: Offer\nTo: Max Kern <max@firma.example>\n\n\nHere.\n\nBest regards\n"
        "Anna Kern\nCEO\nTel. +49 40 7654321\n"
    )
    assert signed(body, "Max Kern", "max@firma.example") == Signed(("+49 40 7654321",), "CEO")


def test_no_program_has_a_card() -> None:
    body, _ = CARDS["de"]
    assert signed(body, more="Auto-Submitted: auto-replied\r\n") is None
    assert signed(body, more="List-Unsubscribe: <https://x.example>\r\n") is None


@pytest.mark.parametrize(
    "line",
    ["1" * 50_000, "+4" + " 9" * 20_000, "a." * 20_000, "Tel " * 9_000, "| " * 20_000, "(" * 9_000, "12 " * 9_000],
)
def test_endless_lines_are_left(line: str) -> None:
    assert signed(f"ok\n\nBest regards\nAnna Kern\nTel. +49 40 7654321\n{line}") in (Signed(("+49 40 7654321",)), None)
