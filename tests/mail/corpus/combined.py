"""Forwards put together at random: any program's words, any order, dress, separator, quoting and HTML."""
# ruff: noqa: E501 - mails are longer than code

from __future__ import annotations

import html
import random
from dataclasses import replace

from tests.mail.corpus.forwards import (
    APPLE,
    CLEAN,
    COMMENTS,
    GMAIL,
    OTHERS,
    OUTLOOK,
    PEOPLE,
    THUNDERBIRD,
    Case,
    Original,
    Words,
    block,
    build,
    compose,
    in_html,
    quoted,
)

PROGRAMS: list[tuple[str, Words]] = [
    item for words in (OUTLOOK, GMAIL, APPLE, THUNDERBIRD, OTHERS) for item in words.items()
]
SEPARATORS = ("", "_" * 32, "-----Original Message-----", "---------- Forwarded message ---------", "-------- Weitergeleitete Nachricht --------",
              "Begin forwarded message:", "----- Přeposlaná zpráva -----")  # fmt: skip
NAMES = (
    "Anna Kern",
    "Kern, Anna",
    "Dr. Anna Kern-Müller",
    "Анна Керн",
    "佐藤 健",
    "O'Neill, Sean",
    "anna",
    "Kern Druck GmbH & Co. KG",
    "Sales (Kern)",
    "Jean-Luc d'Arc",
)
BODIES = (
    *(person.body for person in PEOPLE),
    "Hello Tom,\n\nplease find: attached\nTo: do list\n\nBye",
    "Short",
    "Line one\n\n-- \nSig line\n+49 30 123456",
)
SUBJECTS = (*(person.subject for person in PEOPLE), "Offer: 5 chairs (new)", "Re: AW: Termin", "URGENT")
TO = (
    (("Tom Berg", "tom@acme.example"),),
    (("", "tom@acme.example"),),
    (("Tom Berg", "tom@acme.example"), ("Bo Alt", "bo@acme.example"), ("", "x@acme.example")),
)


def combined(seed: int) -> Case:
    """One forward, the same for the same seed."""
    chance = random.Random(seed)
    label, words = chance.choice(PROGRAMS)
    original = Original(
        chance.choice(NAMES),
        "anna@kern.example",
        chance.choice(SUBJECTS),
        chance.choice(BODIES),
        chance.choice(TO),
        chance.choice(((), (("Marie Blanc", "marie@atelier.example"),))),
    )
    order = ["from", "date", "to", "cc", "subject"]
    if chance.random() < 0.4:
        chance.shuffle(order)
    separator = chance.choice((*SEPARATORS, *[words.separator] * 4))
    dress, style, shape = chance.choice(("{}", "{}", "*{}*", "**{}**")), chance.randrange(5), chance.randrange(6)
    if shape == 4:
        dress = "{}"

    def box(name: str, address: str) -> str:
        shown = f'"{name}"' if any(char in name for char in ",()&") else name
        if not name:
            return f"<{address}>" if style == 0 else address
        if style == 4 and shown == name:
            return f"'{name}' <{address}>"
        return (
            f"{shown} <{address}>",
            f"{shown} <{address}>",
            f"{shown} [mailto:{address}]",
            f"{shown} <{address}<mailto:{address}>>",
            f"{shown} <{address}>",
        )[style]

    lines = block(
        words,
        original,
        tuple(order),
        dress=dress.format,
        separator=chance.choice((", ", "; ")),
        box=box,
        gap=chance.choice((" ", " ", "\t", "", " \t")),
    )
    which = chance.randrange(4)
    subject = chance.choice((f"{words.prefix}: {original.subject}", "for the CRM", f"Fwd: {original.subject}"))
    return Case(
        f"{label}-{seed}",
        _shape(shape, subject, COMMENTS[which], separator, lines, original.body, words.colon),
        original,
        CLEAN[which],
    )


def _shape(shape: int, subject: str, comment: str, separator: str, lines: list[str], body: str, colon: str) -> bytes:
    def shown(text: str) -> str:
        return html.escape(text).replace("\n", "<br>")

    if shape == 0:
        return build(subject, compose(comment, separator, lines, body))
    if shape == 1:
        inner = "\n".join(lines) + "\n\n" + body
        return build(subject, f"{comment}\n\n{separator}\n\n{quoted(inner)}\n")
    if shape == 2:
        return build(subject, None, html_text=in_html(comment, separator, lines, body), encoding="quoted-printable")
    if shape == 3:
        rule = f"<p>{shown(separator)}</p>" if separator else "<hr>"
        page = (
            f"<p>{shown(comment)}</p>{rule}"
            + "".join(f"<p>{shown(line)}</p>" for line in lines)
            + f"<p>&nbsp;</p><div>{shown(body)}</div>"
        )
        return build(subject, None, html_text=page)
    if shape == 4:
        rows = [line.split(colon, 1) for line in lines]
        table = "".join(f"<tr><td>{shown(first + colon)}</td><td>{shown(second)}</td></tr>" for first, second in rows)
        return build(
            subject,
            None,
            html_text=f"<div>{shown(comment)}</div><div>{shown(separator)}</div><table>{table}</table><br><div>{shown(body)}</div>",
        )
    indented = "\n".join("   " + line if line else line for line in compose("", separator, lines, body).split("\n"))
    return build(subject, (comment + "\n\n" if comment else "") + indented)


def squeezed(case: Case) -> Case:
    """The case with its body's white space made single, as HTML and indents change it."""
    return replace(case, original=replace(case.original, body=" ".join(case.original.body.split())))
