"""Bounces in plain text, automatic replies that tell a return, and mails that a form sent for somebody."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

BOUNCES = (  # label, subject, sender, text, permanent, status
    ("qmail", "failure notice", "MAILER-DAEMON@mx.example", "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<anna@gone.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 <anna@gone.example>: Recipient address rejected: User unknown\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <tom@acme.example>\nFrom: Tom <tom@acme.example>\nTo: anna@gone.example, x@y.example\n", True, "5.1.1"),
    ("postfix-delay", "Delayed Mail (still being retried)", "Mail Delivery System <MAILER-DAEMON@mx.example>", "This is the mail system at host mx.example.\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<anna@gone.example>: connect to gone.example[192.0.2.1]:25: Connection timed out\n", False, ""),
    ("exchange", "Undeliverable: Offer", "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example>", "Delivery has failed to these recipients or groups:\n\nAnna Kern (anna@gone.example)<mailto:anna@gone.example>\nThe email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.\n\nDiagnostic information for administrators:\n\nGenerating server: x.example\n\nanna@gone.example\nRemote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'\n\nOriginal message headers:\n\nReceived: from a\nTo: Anna <anna@gone.example>, other@x.example", True, ""),
    ("gmail", "Delivery Status Notification (Failure)", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "** Address not found **\n\nYour message wasn't delivered to anna@gone.example because the address couldn't be found, or is unable to receive mail.\n\nThe response was:\n\n550 5.1.1 The email account that you tried to reach does not exist.", True, "5.1.1"),
    ("gmail-delay", "Delivery Status Notification (Delay)", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "** Delivery incomplete **\n\nThere was a temporary problem while delivering your message to anna@gone.example. Gmail will retry for 47 more hours.\n\nThe response was:\n\n451 4.7.1 try again", False, "4.7.1"),
    ("sendmail", "Returned mail: see transcript for details", "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>", "The original message was received at Mon, 2 Mar 2026 10:12:00 +0100\nfrom a.example [192.0.2.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<anna@gone.example>\n    (reason: 550 5.1.1 <anna@gone.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to gone.example.:\n>>> DATA\n<<< 550 5.1.1\n", True, "5.1.1"),
    ("exim", "Mail delivery failed: returning message to sender", "Mail Delivery System <Mailer-Daemon@mx.example>", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  anna@gone.example\n    host gone.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<anna@gone.example>:\n    550 no such user\n\n------ This is a copy of the message, including all the headers. ------\n\nFrom: Tom <tom@acme.example>\nTo: anna@gone.example\n", True, ""),
    ("exchange-old", "Undeliverable: Offer", "System Administrator <postmaster@x.example>", "Your message\n\n  To:      anna@gone.example\n  Subject: Offer\n  Sent:    Mon, 2 Mar 2026 10:12:00 +0100\n\ndid not reach the following recipient(s):\n\nanna@gone.example on Mon, 2 Mar 2026 10:12:00 +0100\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=de;a= ;p=x;l=Y\n", True, ""),
    ("mailru", "Недоставленное сообщение", "mailer-daemon@corp.mail.ru", "Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n**********************\n\nanna@gone.example user not found\n\n**********************\n", True, ""),
    ("gmx", "Mail delivery failed: returning message to sender", "GMX Mailer Daemon <mailer-daemon@gmx.de>", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n\"anna@gone.example\":\nSMTP error from remote server for RCPT TO command, host: mx.gone.example (192.0.2.1) reason: 550 5.1.1 unknown\n", True, "5.1.1"),
)  # fmt: skip

ABSENCES = (  # the text, and how what tells the return begins
    ("I am out of the office until 9 March 2026 with limited access. I will be back on Tuesday, 10 March.", "be back on Tuesday"),
    ("Ich bin vom 1. bis zum 9. März 2026 nicht im Büro. Ab dem 10.03.2026 bin ich wieder für Sie da.", "Ab dem 10.03"),
    ("Ich bin bis einschließlich 9. März im Urlaub.", "bis einsch"),
    ("Добрый день! Я в отпуске с 1 по 9 марта. Вернусь 10 марта.", "Вернусь 10"),
    ("Je suis absent jusqu'au 9 mars inclus. De retour le 10 mars.", "De retour"),
    ("Estaré fuera hasta el 9 de marzo.", "hasta"),
    ("Thanks for your mail. Returning Monday.", ""),
    ("I am out of office and will return on 03/10/2026.\nPlease contact bo@x.example or +49 30 12", "return"),
    ("Vielen Dank für Ihre Nachricht vom 2. März. Ich bin wieder am 10. März erreichbar.", "wieder am"),
    ("We got your request 12 and will answer within 24 hours.", ""),
    ("Ik ben terug op 10 maart.", "terug"),
    ("3月10日に戻ります。", "3月"),
    ("Jag är åter på kontoret den 10 mars.", "åter"),
    ("Wracam 10 marca.", "Wracam"),
    ("I'm on vacation.\nBack: 10 March\n", "Back"),
)  # fmt: skip

FORMS = (  # label, subject, sender, text, further headers, name, address, phone, message; no address: no form
    ("CF7", "Acme \"Question\"", "Acme <wordpress@acme.example>", "From: Anna Kern <anna@kern.example>\nSubject: Question\n\nMessage Body:\nHello,\nplease call me.\n\n-- \nThis e-mail was sent from a contact form on Acme (https://acme.example)", "Reply-To: anna@kern.example\n", "", "anna@kern.example", "", "Hello,\nplease call me."),
    ("de", "Neue Anfrage", "Webseite <no-reply@acme.example>", "Vorname: Anna\nNachname: Kern\nE-Mail: anna@kern.example\nTelefon: 0221 1234567\nNachricht:\nHallo,\nbitte Rückruf.\n\nIP-Adresse: 1.2.3.4", "", "Anna Kern", "anna@kern.example", "0221 1234567", "Hallo,\nbitte Rückruf.\n\nIP-Adresse: 1.2.3.4"),
    ("table", "New submission", "Forms <forms@x.example>", "Name Anna Kern\nEmail anna@kern.example\nPhone +49 221 1234567\nMessage Hello there\n", "", "Anna Kern", "anna@kern.example", "+49 221 1234567", "Hello there"),
    ("below", "New submission", "Jotform <noreply@jotform.example>", "Name\nAnna Kern\n\nEmail\nanna@kern.example\n\nPhone Number\n(221) 123-4567\n\nMessage\nHello there\n", "", "Anna Kern", "anna@kern.example", "(221) 123-4567", "Hello there"),
    ("ru", "Заявка с сайта", "noreply@acme.example", "Имя: Анна Керн\nТелефон: +7 495 123-45-67\nПочта: anna@kern.example\nСообщение: Позвоните мне\n", "", "Анна Керн", "anna@kern.example", "+7 495 123-45-67", "Позвоните мне"),
    ("reply-to only", "You have a message", "Marketplace <no-reply@market.example>", "Anna asks: is it available?\n", "Reply-To: Anna Kern <anna@kern.example>\n", "Anna Kern", "anna@kern.example", "", ""),
    ("via", "Offer", "'Anna Kern' via Sales <sales@acme.example>", "Hello", "Reply-To: Anna Kern <anna@kern.example>\nX-Original-Sender: anna@kern.example\n", "Anna Kern", "anna@kern.example", "", ""),
    ("person", "Offer", "Anna Kern <anna@kern.example>", "Name: Bo\nEmail: bo@x.example\nMessage: hi", "", "", "", "", ""),
    ("selfsent", "Contact", "Acme Web <tom@acme.example>", "Nom : Kern\nPrénom : Anna\nEmail : anna@kern.example\nMessage : Bonjour", "", "Anna Kern", "anna@kern.example", "", "Bonjour"),
)  # fmt: skip
