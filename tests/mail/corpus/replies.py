"""Replies in the style of each mail program and language: the attribution, the quote, and what is new."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.mail.corpus.forwards import OUTLOOK, OUTLOOK_ORDER, PEOPLE, block, quoted


@dataclass(frozen=True)
class Reply:
    """A reply's text and its newest part."""

    label: str
    text: str
    newest: str


NAME, ADDRESS = "Anna Kern", "anna@kern.example"

ATTRIBUTIONS = {
    "gmail-en": "On Mon, Mar 2, 2026 at 10:12 AM Anna Kern <anna@kern.example> wrote:",
    "gmail-en-wrapped": "On Mon, Mar 2, 2026 at 10:12 AM Anna Kern, Kern Druck\n<anna@kern.example> wrote:",
    "gmail-en-gb": "On Mon, 2 Mar 2026 at 10:12, Anna Kern <anna@kern.example> wrote:",
    "gmail-de": "Am Mo., 2. März 2026 um 10:12 Uhr schrieb Anna Kern <anna@kern.example>:",
    "gmail-de-wrapped": "Am Mo., 2. März 2026 um 10:12 Uhr schrieb Anna Kern <\nanna@kern.example>:",
    "gmail-fr": "Le lun. 2 mars 2026 à 10:12, Anna Kern <anna@kern.example> a écrit :",
    "gmail-es": "El lun, 2 mar 2026 a las 10:12, Anna Kern (<anna@kern.example>)\nescribió:",
    "gmail-it": "Il giorno lun 2 mar 2026 alle ore 10:12 Anna Kern <anna@kern.example>\nha scritto:",
    "gmail-pt": "Em seg., 2 de mar. de 2026 às 10:12, Anna Kern <anna@kern.example>\nescreveu:",
    "gmail-nl": "Op ma 2 mrt 2026 om 10:12 schreef Anna Kern <anna@kern.example>:",
    "gmail-pl": "pon., 2 mar 2026 o 10:12 Anna Kern <anna@kern.example> napisał(a):",
    "gmail-ru": "пн, 2 мар. 2026 г. в 10:12, Anna Kern <anna@kern.example>:",
    "gmail-uk": "пн, 2 бер. 2026 р. о 10:12 Anna Kern <anna@kern.example> пише:",
    "gmail-sv": "Den mån 2 mars 2026 kl 10:12 skrev Anna Kern <anna@kern.example>:",
    "gmail-da": "Den man. 2. mar. 2026 kl. 10.12 skrev Anna Kern <anna@kern.example>:",
    "gmail-no": "man. 2. mars 2026 kl. 10:12 skrev Anna Kern <anna@kern.example>:",
    "gmail-fi": "ma 2. maalisk. 2026 klo 10.12 Anna Kern (anna@kern.example) kirjoitti:",
    "gmail-cs": "po 2. 3. 2026 v 10:12 odesílatel Anna Kern <anna@kern.example> napsal:",
    "gmail-sk": "po 2. 3. 2026 o 10:12 Anna Kern <anna@kern.example> napísal(a):",
    "gmail-hu": "Anna Kern <anna@kern.example> ezt írta (időpont: 2026. márc. 2., H, 10:12):",
    "gmail-ro": "În lun., 2 mar. 2026 la 10:12, Anna Kern <anna@kern.example> a scris:",
    "gmail-tr": "Anna Kern <anna@kern.example>, 2 Mar 2026 Pzt, 10:12 tarihinde şunu yazdı:",
    "gmail-el": "Στις Δευ 2 Μαρ 2026 στις 10:12 π.μ., ο χρήστης Anna Kern <\nanna@kern.example> έγραψε:",
    "gmail-hr": "pon, 2. ožu 2026. u 10:12 Anna Kern <anna@kern.example> napisao je:",
    "gmail-ja": "2026年3月2日(月) 10:12 Anna Kern <anna@kern.example>:",
    "gmail-ko": "2026년 3월 2일 (월) 오전 10:12, Anna Kern <anna@kern.example>님이 작성:",
    "gmail-zh": "Anna Kern <anna@kern.example> 于2026年3月2日周一 10:12写道：",
    "gmail-tw": "Anna Kern <anna@kern.example> 於 2026年3月2日 週一 上午10:12寫道：",
    "gmail-th": "ในวันที่ จ. 2 มี.ค. 2026 เวลา 10:12 Anna Kern <anna@kern.example> เขียนว่า:",
    "gmail-vi": "Vào Th 2, 2 thg 3, 2026 vào lúc 10:12 Anna Kern <anna@kern.example> đã viết:",
    "gmail-id": "Pada tanggal Sen, 2 Mar 2026 pukul 10.12 Anna Kern <anna@kern.example> menulis:",
    "gmail-bg": "На пн, 2.03.2026 г. в 10:12 Anna Kern <anna@kern.example> написа:",
    "gmail-he": "בתאריך יום ב׳, 2 במרץ 2026 ב-10:12 מאת Anna Kern <anna@kern.example>:",
    "gmail-ar": "في الاثنين، 2 مارس 2026 في 10:12 ص تمت كتابة ما يلي بواسطة Anna Kern <anna@kern.example>:",
    "apple-en": "On 2 Mar 2026, at 10:12, Anna Kern <anna@kern.example> wrote:",
    "apple-de": "Am 02.03.2026 um 10:12 schrieb Anna Kern <anna@kern.example>:",
    "apple-fr": "Le 2 mars 2026 à 10:12, Anna Kern <anna@kern.example> a écrit :",
    "apple-ru": "2 марта 2026 г., в 10:12, Anna Kern <anna@kern.example> написал(а):",
    "apple-ja": "2026/03/02 10:12、Anna Kern <anna@kern.example>のメール:",
    "apple-nl": "Op 2 mrt. 2026 om 10:12 heeft Anna Kern <anna@kern.example> het volgende geschreven:",
    "apple-pl": "Wiadomość napisana przez Anna Kern <anna@kern.example> w dniu 02.03.2026, o godz. 10:12:",
    "thunderbird-en": "On 02/03/2026 10:12, Anna Kern wrote:",
    "thunderbird-de": "Am 02.03.26 um 10:12 schrieb Anna Kern:",
    "thunderbird-fr": "Le 02/03/2026 à 10:12, Anna Kern a écrit :",
    "thunderbird-ru": "02.03.2026 10:12, Anna Kern пишет:",
    "thunderbird-it": "Il 02/03/2026 10:12, Anna Kern ha scritto:",
    "yahoo-en": "On Monday, March 2, 2026 at 10:12:00 AM GMT+1, Anna Kern <anna@kern.example> wrote:",
    "yandex": '02.03.2026, 10:12, "Anna Kern" <anna@kern.example>:',
    "zoho": "---- On Mon, 02 Mar 2026 10:12:00 +0100 Anna Kern <anna@kern.example> wrote ----",
    "proton": "On Monday, March 2nd, 2026 at 10:12 AM, Anna Kern <anna@kern.example> wrote:",
    "mutt": "On Mon, Mar 02, 2026 at 10:12:00AM +0100, Anna Kern wrote:",
    "plain": "Anna Kern wrote:",
}

DEVICES = {
    "en": "Sent from my iPhone", "de": "Von meinem iPhone gesendet", "fr": "Envoyé de mon iPhone", "es": "Enviado desde mi iPhone",
    "it": "Inviato da iPhone", "pt": "Enviado do meu iPhone", "nl": "Verstuurd vanaf mijn iPhone", "ru": "Отправлено с iPhone",
    "pl": "Wysłane z iPhone'a", "sv": "Skickat från min iPhone", "da": "Sendt fra min iPhone", "no": "Sendt fra min iPhone",
    "fi": "Lähetetty iPhonesta", "cs": "Odesláno z iPhonu", "hu": "Elküldve az iPhone-omról", "tr": "iPhone'umdan gönderildi",
    "ja": "iPhoneから送信", "ko": "나의 iPhone에서 보냄", "zh": "发自我的iPhone", "uk": "Надіслано з iPhone",
    "outlook-en": "Get Outlook for iOS<https://aka.ms/o0ukef>", "outlook-de": "Outlook für iOS<https://aka.ms/o0ukef> beziehen",
    "samsung-de": "Von meinem Samsung Galaxy Smartphone gesendet.", "proton": "Sent with Proton Mail secure email.",
    "samsung": "Sent from my Galaxy", "mail": "Sent from Mail for Windows",
}  # fmt: skip

TOP = "Thanks, that works.\n\nTwo points:\n- black frames\n- delivery in May"


def replies() -> Iterator[Reply]:
    """Every attribution with the answer above, below and between; every Outlook block; every device line."""
    old = "Hello Tom,\n\ncan we meet on Friday?\n\nAnna"
    for label, line in ATTRIBUTIONS.items():
        yield Reply(f"{label}-top", f"{TOP}\n\n{line}\n\n{quoted(old)}\n", TOP)
        yield Reply(f"{label}-tight", f"{TOP}\n\n{line}\n{quoted(old)}\n>\n>> older\n", TOP)
        yield Reply(f"{label}-bottom", f"{line}\n{quoted(old)}\n\nFriday is fine.\n\nTom\n", "Friday is fine.\n\nTom")
        between = f"{line}\n> can we meet on Friday?\n\nYes.\n\n> At ten?\n\nRather at eleven.\n"
        yield Reply(f"{label}-between", between, "Yes.\n\nRather at eleven.")
        if label != "plain":
            yield Reply(f"{label}-unquoted", f"{TOP}\n\n{line}\n\n{old}\n", TOP)
    for code, words in OUTLOOK.items():
        lines = block(words, PEOPLE[0], OUTLOOK_ORDER, separator="; ")
        yield Reply(f"outlook-{code}", f"{TOP}\n\n" + "\n".join(lines) + f"\n\n{old}\n", TOP)
        yield Reply(f"outlook-rule-{code}", f"{TOP}\n\n{'_' * 32}\n" + "\n".join(lines) + f"\n\n{old}\n", TOP)
    for label, line in DEVICES.items():
        yield Reply(f"device-{label}", f"{TOP}\n\n{line}\n\n{ATTRIBUTIONS['apple-en']}\n\n{quoted(old)}\n", TOP)
        yield Reply(f"device-{label}-alone", f"{TOP}\n\n{line}", TOP)
    yield from SIGNATURES


SIGNATURES = (
    Reply(
        "card-with-register",
        f"{TOP}\n\nMit freundlichen Grüßen\nAnna Kern\n\nKern Druck GmbH\nGeschäftsführer: Anna Kern\nAmtsgericht Köln HRB 1234\nUSt-IdNr. DE123456789",
        TOP,
    ),
    Reply(
        "legal-fr",
        f"{TOP}\n\nCe message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires. Toute utilisation non conforme est interdite.",
        TOP,
    ),
    Reply(
        "legal-ru",
        f"{TOP}\n\nЭто сообщение содержит конфиденциальную информацию и предназначено только адресату. Если вы получили его по ошибке, удалите его.",
        TOP,
    ),
    Reply(
        "t-online",
        f"{TOP}\n\n-----Original-Nachricht-----\nBetreff: x\nDatum: 2026-03-02T10:12:00+0100\nVon: Anna <anna.kern@kern-druck.example>\nAn: tom@acme.example\n\nHallo",
        TOP,
    ),
    Reply("ionos", f"{TOP}\n\nAnna Kern <anna@kern.example> hat am 02.03.2026 10:12 CET geschrieben:\n\n \nHallo", TOP),
    Reply("wp", f"{TOP}\n\nDnia 2 marca 2026 10:12 Anna Kern <anna@kern.example> napisał(a):\n\nhej", TOP),
    Reply(
        "orange",
        f"{TOP}\n\n> Message du 02/03/26 10:12\n> De : Anna <anna@kern.example>\n> A : tom@acme.example\n> Objet : x\n>\n> Salut",
        TOP,
    ),
    Reply("delimiter", f"{TOP}\n\n-- \nTom Berg\nAcme GmbH\n+49 30 1234567\n", TOP),
    Reply("delimiter-trimmed", f"{TOP}\n\n--\nTom Berg\nAcme GmbH\n", TOP),
    Reply("greeting-kept", f"{TOP}\n\nBest regards,\nTom", f"{TOP}\n\nBest regards,\nTom"),
    Reply("greeting-and-delimiter", f"{TOP}\n\nViele Grüße\nTom\n\n-- \nTom Berg, Acme", f"{TOP}\n\nViele Grüße\nTom"),
    Reply(
        "card",
        f"{TOP}\n\nMit freundlichen Grüßen\n\nTom Berg\nVertrieb\nAcme GmbH\nTel. +49 30 1234567\nwww.acme.example",
        TOP,
    ),
    Reply("card-ru", f"{TOP}\n\nС уважением,\nИван Петров\nменеджер по продажам\nтел. +7 495 123-45-67", TOP),
    Reply(
        "legal",
        f"{TOP}\n\nThis e-mail is confidential and may be privileged. If you have received this e-mail in error, please notify the sender and delete it.",
        TOP,
    ),
    Reply(
        "legal-de",
        f"{TOP}\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte den Absender und vernichten Sie diese Mail.",
        TOP,
    ),
    Reply("dash-name", "You can call delete for each.\n\n-Anna Kern", "You can call delete for each."),
    Reply(
        "hyphens",
        "We need:\n\n- chairs\n- tables\n-- round ones\n- lamps",
        "We need:\n\n- chairs\n- tables\n-- round ones\n- lamps",
    ),
    Reply(
        "not-a-device",
        "Here is another one.\n\nSent from my desk, is much easier then my mobile phone.",
        "Here is another one.\n\nSent from my desk, is much easier then my mobile phone.",
    ),
    Reply(
        "list-footer",
        f"{TOP}\n\n_______________________________________________\nusers mailing list\nusers@lists.example\nhttps://lists.example/users",
        TOP,
    ),
    Reply(
        "wrote-in-text",
        "As I wrote yesterday:\nthe price is fine.\n\nOn Monday we wrote to them.",
        "As I wrote yesterday:\nthe price is fine.\n\nOn Monday we wrote to them.",
    ),
    Reply("colon-lines", "From: Berlin\nTo: Munich\nFriday", "From: Berlin\nTo: Munich\nFriday"),
    Reply("greater", "Sales were > 5 and\nprofit was fine.", "Sales were > 5 and\nprofit was fine."),
    Reply(
        "told-what-somebody-wrote",
        "On 2 March 2026 Anna wrote:\nplease come.\nSo we did.",
        "On 2 March 2026 Anna wrote:\nplease come.\nSo we did.",
    ),
    Reply(
        "memo",
        "To: All\nFrom: Anna\nDate: 2 March 2026\nSubject: Holidays\n\nClosed.",
        "To: All\nFrom: Anna\nDate: 2 March 2026\nSubject: Holidays\n\nClosed.",
    ),
    Reply("dash-names-listed", "Guests:\n-Anna Kern\n-Tom Berg", "Guests:\n-Anna Kern\n-Tom Berg"),
    Reply(
        "dashes-in-a-story",
        "We met.\n--\nThen we left and walked to the station, where the train was late again, so that we took a taxi.\n\nFine.",
        "We met.\n--\nThen we left and walked to the station, where the train was late again, so that we took a taxi.\n\nFine.",
    ),
    Reply(
        "greeting-in-two-languages",
        f"{TOP}\n\nMit freundlichen Grüßen / Best regards\n\nTom Berg\nAcme GmbH\nTel. 030 123456",
        TOP,
    ),
    Reply("greeting-from-somewhere", f"{TOP}\n\nViele Grüße aus Köln\nTom Berg\nAcme GmbH\nTel. 030 123456", TOP),
    Reply(
        "address-asked-for",
        "My address is:\n\nAnna Kern\nHauptstr. 1\n+49 30 1234567\nanna@kern.example",
        "My address is:\n\nAnna Kern\nHauptstr. 1\n+49 30 1234567\nanna@kern.example",
    ),
    Reply("old-gmail", f"{TOP}\n\n2026/3/2 Anna Kern <anna@kern.example>\n\n> Hello\n", TOP),
    Reply(
        "apple-quoted", f"{TOP}\n\n> On 2 Mar 2026, at 10:12, Anna Kern <anna@kern.example> wrote:\n> \n> Hello\n", TOP
    ),
    Reply(
        "qq",
        f'{TOP}\n\n\n------------------ 原始邮件 ------------------\n发件人: "Anna" <anna.kern@kern-druck.example>;\n发送时间: 2026年3月2日(星期一) 上午10:12\n收件人: "Tom"<tom@acme.example>;\n主题: x\n\n你好',
        TOP,
    ),
    Reply("original-message", f"{TOP}\n\n-----Original Message-----\nFrom: Anna Kern\nSent: Monday\n\nHello", TOP),
    Reply("empty", "", ""),
)
