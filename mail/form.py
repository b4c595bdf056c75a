"""Who wrote a mail that a program sent for them: the fields of a web form, Reply-To, a group's `Anna via Sales`."""

from __future__ import annotations

import re

from mail.addresses import parse_address
from mail.headers import Headers
from mail.lexicon import key, load_lexicon
from mail.subject import split_subject
from storage.messages import Address, Form, Letter

MAX_LINES = 80

_ROBOT = re.compile(
    r"(?:no-?_?reply|do-?not-?reply|wordpress|wp|notifications?|notify|mailer|forms?|contact-?form|kontaktformular|kontakt-?form"
    r"|web-?forms?|webmaster|website|web|www-data|www|apache|nginx|nobody|server|system|robot|bot|typeform|jotform|formspree"
    r"|hello-?form|leads?|enquiry-?form|postmaster|daemon|root)(?:[.+@_-]|$)"
)
_VIA = re.compile(r"^['\u2018]?(.{2,80}?)['\u2019]?\s(?:via|über|через|por|par|tramite|przez|através de)\s.{2,100}$")
_PHONE = re.compile(r"\+?\(?\d[\d\s()/.\-]{5,24}")
_DRESS = "*_ \t\u00a0|\u2022-"


def is_robot(address: str) -> bool:
    """Is it an address from which programs write?"""
    return _ROBOT.match(address) is not None


def find_form(headers: Headers, letter: Letter, reply_to: tuple[Address, ...]) -> Form | None:
    """The person behind the mail, where its From is only a program's or a group's; None for a person's own mail."""
    sender = letter.sender
    answered = next((each for each in reply_to if each.address and each.address != sender.address), None)
    via = _VIA.match(sender.name) if sender.name else None
    if via:
        original = parse_address(headers.plain("x-original-from") or headers.plain("x-original-sender"))
        address = original.address or (answered.address if answered else "")
        return Form(Address(via[1].strip("'\" "), address)) if address else None
    by_program = is_robot(sender.address) or any(each.address == sender.address for each in letter.to)
    if not (by_program or answered) or split_subject(letter.subject)[0]:
        return None
    fields = read_fields(letter.body)
    person = _person(fields)
    if not person.address or person.address == sender.address:
        person = Address(person.name or (answered.name if answered else ""), answered.address if answered else "")
        if not (by_program and person.address):
            return None
    elif not (by_program or (answered and answered.address == person.address)):
        return None
    phone = _PHONE.search(fields.get("phone", ""))
    return Form(person, phone.group().strip() if phone else "", fields.get("message", ""))


def _person(fields: dict[str, str]) -> Address:
    written = parse_address(fields.get("email", ""))
    name = fields.get("name") or " ".join(filter(None, (fields.get("first"), fields.get("last")))) or written.name
    named = parse_address(name)
    return Address(named.name[:200], written.address or named.address)


def read_fields(text: str) -> dict[str, str]:
    """The labelled fields of a form's mail: `Name: Anna`, or the value below its label. The message runs to the end."""
    labels = load_lexicon().form
    fields: dict[str, str] = {}
    lines = text.split("\n")[:MAX_LINES]
    open_field = ""
    for at, line in enumerate(lines):
        label, value = _split(line, labels, "message" if fields else "")
        if label == "message" and "message" not in fields:
            fields["message"] = _message([value, *lines[at + 1 :]], labels)
            open_field = ""
        elif label and label not in fields:
            if value:
                fields[label] = value
            open_field = "" if value else label
        elif open_field and line.strip():
            fields[open_field] = line.strip()
            open_field = ""
    return fields


def _split(line: str, labels: dict[str, str], also: str = "") -> tuple[str, str]:
    """The field that a line begins, and its value; an empty name where it is none. `also` may stand in a table too."""
    head, colon, value = line[:300].replace("\uff1a", ":").partition(":")
    name = labels.get(key(head.strip(_DRESS)), "") if len(head) <= 40 else ""
    if name and (colon or not head.strip(_DRESS + "*").endswith((".", "?"))):
        return name, value.strip(" *\t\u00a0|")
    if not colon or "@" in line:
        # A table's row: the label, and its value in the next cell.
        words = line[:300].strip(_DRESS).split(None, 3)
        for count in (2, 1):
            found = labels.get(key(" ".join(words[:count]))) if len(words) > count else None
            if found in ("email", "phone", "name", also) and found and words[0][:1].isupper() and len(line) < 100:
                return found, line.strip(_DRESS).split(None, count)[-1]
    return "", ""


def _message(lines: list[str], labels: dict[str, str]) -> str:
    """The message: to the next field, a footer's rule, or the end."""
    kept: list[str] = []
    for line in lines:
        label = _split(line, labels)[0]
        if kept and any(kept) and (label or line.strip() in ("--", "---") or line.startswith(("____", "----"))):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip()[:20_000]
