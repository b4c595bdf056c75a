"""vCards of each version, and broken ones."""

from __future__ import annotations

import pytest

from tests.importing.office import Office


async def test_a_vcard_2_1_of_a_phone(office: Office) -> None:
    text = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\n"
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=C3=9Fig;J=C3=BCrgen;;;\r\n"
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen M=C3=BC=\r\n=C3=9Fig\r\n"
        "TEL;CELL;PREF:0171 1234567\r\nEMAIL;INTERNET:J@mueller.example\r\n"
        "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQ\r\n AAAQABAAD\r\n\r\nEND:VCARD\r\n"
    )
    assert office.takes(text, "phone.vcf") == []
    contact = office.one()
    assert (contact["name"], contact["last_name"]) == ("Jürgen Müßig", "Müßig")
    assert (contact["phones"], contact["emails"], contact["notes"]) == (["+491711234567"], ["j@mueller.example"], [])


async def test_a_vcard_3_0_with_groups_and_folded_lines(office: Office) -> None:
    text = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:Anna Kern\nN:Kern;Anna;;Dr.;\nORG:Nordwind GmbH;Einkauf\nTITLE:Leiterin\n"
        "item1.EMAIL;type=INTERNET:anna@nordwind.example\nitem1.X-ABLabel:_$!<Work>!$_\n"
        'TEL;TYPE="work,voice":tel:+49-30-901820\nADR;TYPE=WORK:;;Wall 1;Berlin;;10115;Germany\n'
        "BDAY:1986-05-17\nCATEGORIES:vip,Fair\nNOTE:Prefers morn\n ings\\, never\\nevenings\n"
        "IMPP;X-SERVICE-TYPE=Telegram:x-apple:anna_k\nX-SPOUSE:Carl\nUID:abc-1\nEND:VCARD\n"
    )
    assert office.takes(text, "anna.vcf") == []
    anna = office.one()
    assert (anna["company"], anna["title"], anna["birthday"]) == ("Nordwind GmbH", "Leiterin", "1986-05-17")
    assert (anna["phones"], anna["tags"], anna["telegram"]) == (["+4930901820"], ["vip", "Fair"], "anna_k")
    assert anna["addresses"] == ["Wall 1, Berlin, 10115, Germany"]
    assert anna["notes"] == ["Prefers mornings, never\nevenings", "vCard:\nORG: Einkauf\nX-SPOUSE: Carl"]
    before = office.export()
    office.takes(text.replace("anna@nordwind", "new@nordwind"), "anna.vcf")
    assert office.one()["emails"] == ["anna@nordwind.example", "new@nordwind.example"]  # the same UID
    assert office.counts.updated == 1
    assert len(office.export()) == len(before)


async def test_a_vcard_4_0(office: Office) -> None:
    text = (
        'BEGIN:VCARD\nVERSION:4.0\nFN:Bert Olsen\nTEL;VALUE=uri;TYPE="voice,home":tel:+47-22-00-11-22;ext=5\n'
        "BDAY:--0517\n"
        "EMAIL:bert@fjord.example\nKIND:individual\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Fjord AS\nORG:Fjord AS\nEND:VCARD\n"
    )
    office.takes(text, "bert.vcf")
    bert = office.one()
    assert (bert["phones"], bert["birthday"]) == (["+4722001122"], "--05-17")
    assert office.one("company")["name"] == "Fjord AS"
    assert office.counts.skipped == 1


GOOD = "BEGIN:VCARD\nVERSION:3.0\nFN:Good One\nEMAIL:good@one.example\nEND:VCARD\n"
BROKEN = [
    "BEGIN:VCARD\nEND:VCARD\n",
    "BEGIN:VCARD\nVERSION:3.0\nN:;;;;\nEND:VCARD\n",
    "BEGIN:VCARD\nFN:No End\n",
    "FN:No Begin\nEND:VCARD\n",
    "BEGIN:VCARD\nFN:Two\nBEGIN:VCARD\nFN:Three\nEND:VCARD\n",
    "BEGIN:VCARD\nno colon here\nFN:Anna\nEND:VCARD\n",
    "BEGIN:VCARD\n:::\nFN:Anna\nEND:VCARD\n",
    "BEGIN:VCARD\nFN:Anna\nEMAIL:not an address\nEND:VCARD\n",
    "BEGIN:VCARD\nFN:Anna\nTEL:call me\nEND:VCARD\n",
    "BEGIN:VCARD\nFN:Anna\nBDAY:yesterday\nEND:VCARD\n",
    "BEGIN:VCARD\nFN;CHARSET=NONSENSE;ENCODING=QUOTED-PRINTABLE:=FF=ZZ\nTEL:x\nEND:VCARD\n",
    "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:Anna=\n",
    "BEGIN:VCARD\n" + "FN:" + "x" * 5000 + "\nTEL:y\nEND:VCARD\n",
    "BEGIN:VCARD\n folded from nothing\nFN:\nEND:VCARD\n",
    "BEGIN:VCARD\nORG:;;;\nEND:VCARD\n",
    "BEGIN:VCARD\nEMAIL:\nTEL:\nFN: \nEND:VCARD\n",
    "BEGIN:VCARD\nPHOTO;ENCODING=b:" + "A" * 3000 + "\nEND:VCARD\n",
    'BEGIN:VCARD\nFN;X="unclosed:Anna\nEND:VCARD\n',
    "BEGIN:VCARD\nNOTE:only a note\nEND:VCARD\n",
    "garbage\n\x00\x01\x02\n",
]


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_card_is_told_and_holds_up_nobody(office: Office, broken: str) -> None:
    problems = office.takes(GOOD + broken + GOOD.replace("Good One", "Last One").replace("good@", "last@"), "many.vcf")
    names = {contact["name"] for contact in office.all("contact")}
    assert {"Good One", "Last One"} <= names
    assert problems
    assert all(6 <= int(problem.split(":")[0].removeprefix("line ")) <= 9 for problem in problems)
