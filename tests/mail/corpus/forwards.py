"""Inline forwards in the style of each mail program and language."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

import base64
import html
import quopri
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

CET = timezone(timedelta(hours=1))


@dataclass(frozen=True)
class Original:
    """The customer's mail that is forwarded."""

    name: str
    address: str
    subject: str
    body: str
    to: tuple[tuple[str, str], ...] = (("Tom Berg", "tom@acme.example"),)
    cc: tuple[tuple[str, str], ...] = ()
    date: datetime = datetime(2026, 3, 2, 10, 12, tzinfo=CET)


@dataclass(frozen=True)
class Case:
    """A raw mail and what it means."""

    label: str
    raw: bytes
    original: Original
    comment: str = ""
    wants: frozenset[str] = field(
        default_factory=lambda: frozenset({"address", "name", "subject", "to", "date", "body"})
    )


PEOPLE = (
    Original("Anna Kern", "anna.kern@kern-druck.example", "Angebot für 500 Flyer", "Guten Tag,\n\nkönnen Sie mir bis Freitag ein Angebot schicken?\n\nViele Grüße\nAnna Kern"),
    Original("Olivier Dupré", "o.dupre@atelier.example", "Commande n° 4711", "Bonjour,\n\nje confirme la commande : trois tables.\n\nCordialement,\nOlivier", cc=(("Marie Blanc", "marie@atelier.example"),)),
    Original("Ирина Соколова", "irina@sokol.example", "Счёт за март", "Добрый день!\n\nПришлите, пожалуйста, счёт на 12 000.\n\nС уважением,\nИрина"),
    Original("John O'Neill", "john@oneill.example", "Re: Quote: 20 chairs", "Hi Tom,\n\nthe price works for us. Three points:\n- delivery in May\n- black frames\n- invoice to Leeds\n\nBest,\nJohn", to=(("Tom Berg", "tom@acme.example"), ("", "sales@acme.example"))),
    Original("佐藤 健", "sato@kabu.example", "見積もりのお願い", "お世話になっております。\n\n見積書をお送りください。\n\n佐藤"),
)  # fmt: skip

COMMENTS = (
    "",
    "Please call her back on Thursday.",
    "Bitte anrufen.\n\nDanke\nTom",
    "deal 5k #vip\n\n-- \nTom Berg\nAcme GmbH",
)
CLEAN = ("", "Please call her back on Thursday.", "Bitte anrufen.", "deal 5k #vip")


def mailbox(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address


def boxes(people: tuple[tuple[str, str], ...], separator: str = ", ") -> str:
    return separator.join(mailbox(*person) for person in people)


def build(subject: str, text: str | None, *, html_text: str | None = None, charset: str = "utf-8", encoding: str = "base64",
          headers: str = "", sender: str = "Tom Berg <tom@acme.example>", to: str = "crm@acme.example") -> bytes:  # fmt: skip
    """A raw mail around the text."""
    head = f"From: {sender}\r\nTo: {to}\r\nDate: Tue, 03 Mar 2026 09:00:00 +0100\r\nMessage-ID: <1@acme.example>\r\n{headers}"
    word = base64.b64encode(subject.encode()).decode()
    head += f"Subject: =?utf-8?B?{word}?=\r\nMIME-Version: 1.0\r\n"
    parts = []
    for kind, content in (("plain", text), ("html", html_text)):
        if content is None:
            continue
        data = content.replace("\n", "\r\n").encode(charset, "replace")
        coded = (
            base64.encodebytes(data)
            if encoding == "base64"
            else quopri.encodestring(data)
            if encoding == "quoted-printable"
            else data
        )
        parts.append(
            f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
            + coded
        )
    if len(parts) == 1:
        return head.encode() + parts[0]
    body = b"".join(b"--bb\r\n" + part + b"\r\n" for part in parts) + b"--bb--\r\n"
    return head.encode() + b'Content-Type: multipart/alternative; boundary="bb"\r\n\r\n' + body


@dataclass(frozen=True)
class Words:
    """A program's words in one language."""

    separator: str
    sender: str
    date: str
    subject: str
    to: str
    cc: str
    prefix: str
    moment: str  # 2 March 2026, 10:12 as it writes it
    colon: str = ":"


EN, DE, FR, ES, IT, PT, NL, RU, PL = "en", "de", "fr", "es", "it", "pt", "nl", "ru", "pl"

OUTLOOK = {
    "en": Words("", "From", "Sent", "Subject", "To", "Cc", "FW", "Monday, March 2, 2026 10:12 AM"),
    "de": Words("", "Von", "Gesendet", "Betreff", "An", "Cc", "WG", "Montag, 2. März 2026 10:12"),
    "fr": Words("", "De", "Envoyé", "Objet", "À", "Cc", "TR", "lundi 2 mars 2026 10:12", " :"),
    "es": Words("", "De", "Enviado", "Asunto", "Para", "CC", "RV", "lunes, 2 de marzo de 2026 10:12"),
    "it": Words("", "Da", "Inviato", "Oggetto", "A", "Cc", "I", "lunedì 2 marzo 2026 10:12"),
    "pt": Words("", "De", "Enviada em", "Assunto", "Para", "Cc", "ENC", "segunda-feira, 2 de março de 2026 10:12"),
    "nl": Words("", "Van", "Verzonden", "Onderwerp", "Aan", "CC", "FW", "maandag 2 maart 2026 10:12"),
    "ru": Words("", "От", "Отправлено", "Тема", "Кому", "Копия", "FW", "2 марта 2026 г. 10:12"),
    "pl": Words("", "Od", "Wysłano", "Temat", "Do", "DW", "PD", "poniedziałek, 2 marca 2026 10:12"),
    "sv": Words("", "Från", "Skickat", "Ämne", "Till", "Kopia", "VB", "den 2 mars 2026 10:12"),
    "da": Words("", "Fra", "Sendt", "Emne", "Til", "Cc", "VS", "2. marts 2026 10:12"),
    "no": Words("", "Fra", "Sendt", "Emne", "Til", "Kopi", "VS", "mandag 2. mars 2026 10:12"),
    "fi": Words(
        "", "Lähettäjä", "Lähetetty", "Aihe", "Vastaanottaja", "Kopio", "VL", "maanantai 2. maaliskuuta 2026 10.12"
    ),
    "cs": Words("", "Od", "Odesláno", "Předmět", "Komu", "Kopie", "FW", "pondělí 2. března 2026 10:12"),
    "sk": Words("", "Od", "Odoslané", "Predmet", "Komu", "Kópia", "FW", "pondelok 2. marca 2026 10:12"),
    "hu": Words("", "Feladó", "Elküldve", "Tárgy", "Címzett", "Másolatot kap", "TOV", "2026. március 2., hétfő 10:12"),
    "ro": Words("", "De la", "Trimis", "Subiect", "Către", "Cc", "FW", "luni, 2 martie 2026 10:12"),
    "tr": Words("", "Kimden", "Gönderildi", "Konu", "Kime", "Bilgi", "İLT", "2 Mart 2026 Pazartesi 10:12"),
    "el": Words("", "Από", "Στάλθηκε", "Θέμα", "Προς", "Κοιν.", "ΠΡΘ", "Δευτέρα, 2 Μαρτίου 2026 10:12 πμ"),
    "uk": Words("", "Від", "Надіслано", "Тема", "Кому", "Копія", "FW", "понеділок, 2 березня 2026 р. 10:12"),
    "bg": Words("", "От", "Изпратено", "Относно", "До", "Копие", "FW", "понеделник, 2 март 2026 г. 10:12"),
    "hr": Words("", "Od", "Poslano", "Predmet", "Za", "Kopija", "PR", "2. ožujka 2026. 10:12"),
    "sl": Words("", "Od", "Poslano", "Zadeva", "Za", "Kp", "FW", "ponedeljek, 2. marec 2026 10:12"),
    "ja": Words("", "差出人", "送信日時", "件名", "宛先", "CC", "FW", "2026年3月2日 10:12"),
    "ko": Words("", "보낸 사람", "보낸 날짜", "제목", "받는 사람", "참조", "FW", "2026년 3월 2일 월요일 오전 10:12"),
    "zh": Words("", "发件人", "发送时间", "主题", "收件人", "抄送", "转发", "2026年3月2日 10:12"),
    "tw": Words("", "寄件者", "寄件日期", "主旨", "收件者", "副本", "轉寄", "2026年3月2日 上午 10:12"),
    "he": Words("", "מאת", "נשלח", "נושא", "אל", "עותק", "FW", "יום שני 02 מרץ 2026 10:12"),
    "ar": Words("", "من", "تاريخ الإرسال", "الموضوع", "إلى", "نسخة", "FW", "2 مارس, 2026 10:12 ص"),
    "th": Words("", "จาก", "ส่ง", "เรื่อง", "ถึง", "สำเนา", "FW", "2 มีนาคม 2569 10:12"),
    "vi": Words("", "Từ", "Đã gửi", "Chủ đề", "Tới", "Cc", "FW", "2 Tháng 3 2026 10:12"),
    "id": Words("", "Dari", "Dikirim", "Perihal", "Kepada", "Cc", "FW", "02 Maret 2026 10:12"),
    "et": Words("", "Saatja", "Saadetud", "Teema", "Adressaat", "Koopia", "FW", "esmaspäev, 2. märts 2026 10:12"),
    "lt": Words("", "Nuo", "Išsiųsta", "Tema", "Kam", "Kopija", "FW", "2026 m. kovo 2 d., pirmadienis 10:12"),
    "lv": Words("", "No", "Nosūtīts", "Temats", "Kam", "Kopija", "FW", "pirmdiena, 2026. gada 2. martā 10:12"),
}

GMAIL = {
    "en": Words(
        "---------- Forwarded message ---------",
        "From",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "Mon, Mar 2, 2026 at 10:12 AM",
    ),
    "de": Words(
        "---------- Forwarded message ---------",
        "Von",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "Mo., 2. März 2026 um 10:12 Uhr",
    ),
    "fr": Words(
        "---------- Forwarded message ---------",
        "De",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "lun. 2 mars 2026 à 10:12",
        " :",
    ),
    "es": Words(
        "---------- Forwarded message ---------",
        "De",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "lun, 2 mar 2026 a las 10:12",
    ),
    "ru": Words(
        "---------- Forwarded message ---------",
        "От",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "пн, 2 мар. 2026 г. в 10:12",
    ),
    "ja": Words(
        "---------- Forwarded message ---------", "From", "Date", "Subject", "To", "Cc", "Fwd", "2026年3月2日(月) 10:12"
    ),
    "hu": Words(
        "---------- Forwarded message ---------",
        "Feladó",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "2026. márc. 2., H, 10:12",
    ),
    "fi": Words(
        "---------- Forwarded message ---------",
        "Lähettäjä",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "ma 2. maalisk. 2026 klo 10.12",
    ),
    "th": Words(
        "---------- Forwarded message ---------",
        "จาก",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "จ. 2 มี.ค. 2026 เวลา 10:12",
    ),
    "vi": Words(
        "---------- Forwarded message ---------",
        "Từ",
        "Date",
        "Subject",
        "To",
        "Cc",
        "Fwd",
        "Th 2, 2 thg 3, 2026 vào lúc 10:12",
    ),
}

APPLE = {
    "en": Words(
        "Begin forwarded message:", "From", "Date", "Subject", "To", "Cc", "Fwd", "2 March 2026 at 10:12:00 GMT+1"
    ),
    "de": Words(
        "Anfang der weitergeleiteten Nachricht:",
        "Von",
        "Datum",
        "Betreff",
        "An",
        "Kopie",
        "Fwd",
        "2. März 2026 um 10:12:00 MEZ",
    ),
    "fr": Words(
        "Début du message réexpédié :", "De", "Date", "Objet", "À", "Cc", "Tr", "2 mars 2026 à 10:12:00 UTC+1", " :"
    ),
    "es": Words(
        "Inicio del mensaje reenviado:", "De", "Fecha", "Asunto", "Para", "CC", "RV", "2 de marzo de 2026, 10:12:00 CET"
    ),
    "it": Words(
        "Inizio messaggio inoltrato:", "Da", "Data", "Oggetto", "A", "Cc", "I", "2 marzo 2026 alle ore 10:12:00 CET"
    ),
    "pt": Words(
        "Início da mensagem reencaminhada:",
        "De",
        "Data",
        "Assunto",
        "Para",
        "Cc",
        "Fwd",
        "2 de março de 2026, 10:12:00 CET",
    ),
    "nl": Words(
        "Begin doorgestuurd bericht:",
        "Van",
        "Datum",
        "Onderwerp",
        "Aan",
        "Kopie",
        "Fwd",
        "2 maart 2026 om 10:12:00 CET",
    ),
    "ru": Words(
        "Начало переадресованного сообщения:",
        "От",
        "Дата",
        "Тема",
        "Кому",
        "Копия",
        "Fwd",
        "2 марта 2026 г., 10:12:00 GMT+1",
    ),
    "pl": Words(
        "Początek przekazywanej wiadomości:", "Od", "Data", "Temat", "Do", "DW", "Fwd", "2 marca 2026 10:12:00 CET"
    ),
    "sv": Words("Vidarebefordrat mejl:", "Från", "Datum", "Ämne", "Till", "Kopia", "VB", "2 mars 2026 10:12:00 CET"),
    "da": Words(
        "Start på videresendt besked:", "Fra", "Dato", "Emne", "Til", "Cc", "Vs", "2. marts 2026 kl. 10.12.00 CET"
    ),
    "no": Words("Videresendt melding:", "Fra", "Dato", "Emne", "Til", "Kopi", "Vs", "2. mars 2026 kl. 10:12:00 CET"),
    "fi": Words(
        "Välitetty viesti alkaa:",
        "Lähettäjä",
        "Päivämäärä",
        "Aihe",
        "Vastaanottaja",
        "Kopio",
        "Vl",
        "2. maaliskuuta 2026 klo 10.12.00 UTC+1",
    ),
    "cs": Words(
        "Začátek přeposlané zprávy:", "Od", "Datum", "Předmět", "Komu", "Kopie", "Fwd", "2. března 2026 10:12:00 SEČ"
    ),
    "hu": Words(
        "Továbbított levél kezdete:",
        "Feladó",
        "Dátum",
        "Tárgy",
        "Címzett",
        "Másolat",
        "Fwd",
        "2026. március 2. 10:12:00 CET",
    ),
    "ro": Words(
        "Începe mesajul redirecționat:",
        "De la",
        "Dată",
        "Subiect",
        "Către",
        "Cc",
        "Fwd",
        "2 martie 2026 la 10:12:00 EET",
    ),
    "hr": Words(
        "Započni proslijeđenu poruku:",
        "Šalje",
        "Datum",
        "Predmet",
        "Prima",
        "Kopija",
        "Fwd",
        "2. ožujka 2026. u 10:12:00 CET",
    ),
    "tr": Words("İleti başlangıcı:", "Kimden", "Tarih", "Konu", "Kime", "Bilgi", "İlt", "2 Mart 2026 10:12:00 GMT+3"),
    "uk": Words(
        "Початок листа, що пересилається:",
        "Від",
        "Дата",
        "Тема",
        "Кому",
        "Копія",
        "Fwd",
        "2 березня 2026 р. о 10:12:00 EET",
    ),
    "ja": Words("転送されたメッセージ:", "差出人", "日付", "件名", "宛先", "Cc", "Fwd", "2026年3月2日 10:12:00 JST"),
    "ko": Words(
        "전달된 메시지 시작:",
        "보낸 사람",
        "날짜",
        "제목",
        "받는 사람",
        "참조",
        "Fwd",
        "2026년 3월 2일 오전 10:12:00 GMT+9",
    ),
    "zh": Words(
        "以下是转发的邮件：", "发件人", "日期", "主题", "收件人", "抄送", "转发", "2026年3月2日 GMT+8 10:12:00"
    ),
}

THUNDERBIRD = {
    "en": Words(
        "-------- Forwarded Message --------",
        "From",
        "Date",
        "Subject",
        "To",
        "CC",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "de": Words(
        "-------- Weitergeleitete Nachricht --------",
        "Von",
        "Datum",
        "Betreff",
        "An",
        "Kopie (CC)",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "fr": Words(
        "-------- Message transféré --------",
        "De",
        "Date",
        "Sujet",
        "Pour",
        "Copie à",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
        " :",
    ),
    "es": Words(
        "-------- Mensaje reenviado --------",
        "De",
        "Fecha",
        "Asunto",
        "Para",
        "CC",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "it": Words(
        "-------- Messaggio Inoltrato --------",
        "Mittente",
        "Data",
        "Oggetto",
        "A",
        "CC",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "ru": Words(
        "-------- Перенаправленное сообщение --------",
        "От",
        "Дата",
        "Тема",
        "Кому",
        "Копия",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "pl": Words(
        "-------- Przekazana wiadomość --------",
        "Od",
        "Data",
        "Temat",
        "Do",
        "Kopia",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "nl": Words(
        "-------- Doorgestuurd bericht --------",
        "Van",
        "Datum",
        "Onderwerp",
        "Aan",
        "CC",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "sv": Words(
        "-------- Vidarebefordrat meddelande --------",
        "Från",
        "Datum",
        "Ämne",
        "Till",
        "Kopia",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "cs": Words(
        "-------- Přeposlaná zpráva --------",
        "Od",
        "Datum",
        "Předmět",
        "Komu",
        "Kopie",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "hu": Words(
        "-------- Továbbított üzenet --------",
        "Feladó",
        "Dátum",
        "Tárgy",
        "Címzett",
        "Másolat",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "pt": Words(
        "-------- Mensagem encaminhada --------",
        "De",
        "Data",
        "Assunto",
        "Para",
        "CC",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
    "el": Words(
        "-------- Προωθημένο μήνυμα --------",
        "Από",
        "Ημερομηνία",
        "Θέμα",
        "Προς",
        "Κοιν.",
        "Fwd",
        "Mon, 2 Mar 2026 10:12:00 +0100",
    ),
}

OTHERS = {
    "yahoo": Words("----- Forwarded Message -----", "From", "Sent", "Subject", "To", "Cc", "Fw", "Monday, March 2, 2026 at 10:12:00 AM GMT+1"),
    "yahoo-de": Words("----- Weitergeleitete Nachricht -----", "Von", "Gesendet", "Betreff", "An", "CC", "Fw", "Montag, 2. März 2026 um 10:12:00 MEZ"),
    "proton": Words("------- Forwarded Message -------", "From", "Date", "Subject", "To", "CC", "Fw", "On Monday, March 2nd, 2026 at 10:12 AM"),
    "mailru": Words("-------- Пересылаемое сообщение --------", "От кого", "Дата", "Тема", "Кому", "Копия", "Fwd", "Понедельник, 2 марта 2026, 10:12 +03:00"),
    "gmx": Words("", "Von", "Gesendet", "Betreff", "An", "Cc", "Fwd", "Montag, 02. März 2026 um 10:12 Uhr"),
    "hubspot": Words("---------- Forwarded message ----------", "From", "Date", "Subject", "To", "Cc", "Fwd", "Mon, Mar 2, 2026 at 10:12 AM"),
    "ionos": Words("---------- Original Message ----------", "From", "Date", "Subject", "To", "CC", "Fwd", "03/02/2026 10:12 AM CET"),
    "ionos-de": Words("---------- Ursprüngliche Nachricht ----------", "Von", "Datum", "Betreff", "An", "CC", "Fwd", "02.03.2026 10:12 CET"),
    "zoho": Words("============ Forwarded message ============", "From", "Date", "Subject", "To", "Cc", "Fwd", "Mon, 02 Mar 2026 10:12:00 +0100"),
    "fastmail": Words("----- Original message -----", "From", "Date", "Subject", "To", "Cc", "Fwd", "Monday, March 02, 2026 10:12 AM"),
    "samsung": Words("-------- Original message --------", "From", "Date", "Subject", "To", "Cc", "Fwd", "02/03/2026 10:12 (GMT+01:00)"),
    "samsung-de": Words("-------- Ursprüngliche Nachricht --------", "Von", "Datum", "Betreff", "An", "Cc", "Fwd", "02.03.26 10:12 (GMT+01:00)"),
    "missive": Words("---------- Forwarded message ----------", "From", "Date", "Subject", "To", "Cc", "Fwd", "Mon, Mar 2, 2026 at 10:12 AM"),
    "front": Words("---------- Forwarded message ----------", "From", "Date", "Subject", "To", "Cc", "Fwd", "March 2, 2026 at 10:12 AM GMT+1"),
    "roundcube": Words("-------- Original Message --------", "From", "Date", "Subject", "To", "Cc", "Fwd", "2026-03-02 10:12"),
    "qq": Words("------------------ 原始邮件 ------------------", "发件人", "发送时间", "主题", "收件人", "抄送", "转发", "2026年3月2日(星期一) 上午10:12"),
    "163": Words("-------- 转发邮件信息 --------", "发件人", "发送日期", "主题", "收件人", "抄送", "转发", "2026-03-02 10:12:00", "："),
    "emclient": Words("------ Forwarded Message ------", "From", "Date", "Subject", "To", "Cc", "Fw", "2 Mar 2026 10:12:00"),
    "outlook-classic": Words("-----Original Message-----", "From", "Sent", "Subject", "To", "Cc", "FW", "Monday, March 2, 2026 10:12 AM"),
    "outlook-classic-de": Words("-----Ursprüngliche Nachricht-----", "Von", "Gesendet", "Betreff", "An", "Cc", "WG", "Montag, 2. März 2026 10:12"),
    "spark": Words("---------- Forwarded message ----------", "From", "Date", "Subject", "To", "Cc", "Fwd", "2 Mar 2026, 10:12 +0100"),
    "evolution": Words("-------- Forwarded Message --------", "From", "Date", "Subject", "To", "Cc", "Fwd", "Mon, 02 Mar 2026 10:12:00 +0100"),
}  # fmt: skip

Order = tuple[str, ...]
GMAIL_ORDER: Order = ("from", "date", "subject", "to", "cc")
OUTLOOK_ORDER: Order = ("from", "date", "to", "cc", "subject")
APPLE_ORDER: Order = ("from", "subject", "date", "to", "cc")
THUNDERBIRD_ORDER: Order = ("subject", "date", "from", "to", "cc")


def block(words: Words, original: Original, order: Order, *, dress: Callable[[str], str] = lambda word: word, separator: str = ", ",
          box: Callable[[str, str], str] = mailbox, gap: str = " ") -> list[str]:  # fmt: skip
    """The header lines."""
    values = {
        "from": (words.sender, box(original.name, original.address)),
        "date": (words.date, words.moment),
        "subject": (words.subject, original.subject),
        "to": (words.to, separator.join(box(*person) for person in original.to)),
        "cc": (words.cc, separator.join(box(*person) for person in original.cc)),
    }
    return [dress(label + words.colon) + gap + value for name in order for label, value in [values[name]] if value]


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def compose(comment: str, separator: str, lines: list[str], body: str) -> str:
    head = f"{comment}\n\n" if comment else ""
    return head + (f"{separator}\n" if separator else "") + "\n".join(lines) + f"\n\n{body}\n"


def in_html(
    comment: str, separator: str, lines: list[str], body: str, wrap: tuple[str, str] = ("<div>", "</div>")
) -> str:
    def shown(text: str) -> str:
        return html.escape(text).replace("\n", "<br>")

    top = f'<div dir="ltr">{shown(comment)}</div><br>' if comment else ""
    rule = f"{shown(separator)}<br>" if separator else ""
    return f"<html><body>{top}{wrap[0]}{rule}{'<br>'.join(shown(line) for line in lines)}<br><br>{shown(body)}{wrap[1]}</body></html>"


def cases() -> Iterator[Case]:
    """Every program in every language, the people and comments taking turns."""
    number = 0

    def turn() -> tuple[Original, str, str]:
        nonlocal number
        number += 1
        return PEOPLE[number % len(PEOPLE)], COMMENTS[number % len(COMMENTS)], CLEAN[number % len(COMMENTS)]

    for code, words in OUTLOOK.items():
        original, comment, clean = turn()
        lines = block(words, original, OUTLOOK_ORDER, separator="; ")
        text = compose(comment, "", lines, original.body)
        yield Case(f"outlook-{code}", build(f"{words.prefix}: {original.subject}", text), original, clean)
        yield Case(f"outlook-{code}-unprefixed", build(original.subject, text), original, clean)
        rule = compose(comment, "_" * 32, lines, original.body)
        yield Case(
            f"outlook-mobile-{code}",
            build(f"{words.prefix}: {original.subject}", rule, encoding="quoted-printable"),
            original,
            clean,
        )
        bold = block(
            words,
            original,
            OUTLOOK_ORDER,
            dress=lambda word: f"*{word}*",
            separator="; ",
            box=lambda name, address: (
                f"{name} <{address}<mailto:{address}>>" if name else f"{address}<mailto:{address}>"
            ),
        )
        yield Case(
            f"outlook-mailto-{code}",
            build(f"{words.prefix}: {original.subject}", compose(comment, "", bold, original.body)),
            original,
            clean,
        )
    for code, words in GMAIL.items():
        original, comment, clean = turn()
        lines = block(words, original, GMAIL_ORDER)
        text = compose(comment, words.separator, lines, original.body)
        page = in_html(comment, words.separator, lines, original.body, ('<div class="gmail_quote">', "</div>"))
        yield Case(f"gmail-{code}", build(f"{words.prefix}: {original.subject}", text), original, clean)
        yield Case(
            f"gmail-{code}-html", build(f"{words.prefix}: {original.subject}", None, html_text=page), original, clean
        )
        yield Case(f"gmail-{code}-both", build("some other subject", text, html_text=page), original, clean)
    for code, words in APPLE.items():
        original, comment, clean = turn()
        lines = block(words, original, APPLE_ORDER)
        inner = "\n".join(lines) + "\n\n" + original.body
        text = f"{comment}\n\n{words.separator}\n\n{quoted(inner)}\n"
        yield Case(f"apple-{code}", build(f"{words.prefix}: {original.subject}", text), original, clean)
        plain = f"{comment}\n\n{words.separator}\n\n{inner}\n\nSent from my iPhone\n"
        yield Case(
            f"apple-{code}-unquoted",
            build(original.subject, plain),
            original,
            clean,
            frozenset({"address", "name", "subject", "to", "date"}),
        )
        starred = block(words, original, APPLE_ORDER, dress=lambda word: f"*{word}*")
        below = f"{words.separator}\n\n{quoted(chr(10).join(starred) + chr(10) * 2 + original.body)}\n\nCall him.\n"
        yield Case(f"apple-{code}-below", build(f"{words.prefix}: x", below), original, "Call him.")
    for code, words in THUNDERBIRD.items():
        original, comment, clean = turn()
        lines = block(words, original, THUNDERBIRD_ORDER, gap=" \t")
        text = compose(comment, words.separator, lines, original.body)
        yield Case(
            f"thunderbird-{code}", build(f"{words.prefix}: {original.subject}", text, encoding="8bit"), original, clean
        )
        yield Case(f"thunderbird-{code}-renamed", build("für das CRM", text), original, clean)
    for code, words in OTHERS.items():
        original, comment, clean = turn()
        for name, order in (("", GMAIL_ORDER), ("-alt", OUTLOOK_ORDER)):
            lines = block(words, original, order)
            text = compose(comment, words.separator, lines, original.body)
            yield Case(f"{code}{name}", build(f"{words.prefix}: {original.subject}", text), original, clean)
            yield Case(f"{code}{name}-bare", build(original.subject, text), original, clean)
            page = in_html(comment, words.separator, lines, original.body)
            yield Case(
                f"{code}{name}-html",
                build(f"{words.prefix}: {original.subject}", None, html_text=page),
                original,
                clean,
            )
