"""Archives of mail as programs write them: mbox in its dialects, Maildir, folders of .eml, and broken ones."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from pathlib import Path

import pytest

from mail.archive import Entry, read_archive, size_of
from mail.errors import ArchiveUnreadable

LIMIT = 50 << 20
LINE = b"From anna@nordwind.example Mon Nov 23 09:30:00 2026\n"


def letter(subject: str, text: str = "Hello.") -> bytes:
    """A raw mail."""
    return f"From: Anna <anna@nordwind.example>\nTo: max@firma.example\nSubject: {subject}\n\n{text}\n".encode()


def read(path: Path, limit: int = LIMIT) -> list[Entry]:
    return list(read_archive(path, limit))


def subjects(path: Path) -> list[str]:
    """The subjects of the mails in order; what is no mail, by its problem."""
    found = []
    for entry in read(path):
        head = entry.raw.partition(b"\n\n")[0].replace(b"\r", b"").decode()
        found.append(entry.problem or head.partition("Subject: ")[2].partition("\n")[0])
    return found


def mbox(tmp_path: Path, content: bytes, name: str = "mail.mbox") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        b"From - Mon Nov 23 09:30:00 2026\n",
        b"From \n",
        b"From -\n",
        b"From 1700000000000000000@xxx Mon Nov 23 09:30:00 +0000 2026\n",
        b"From ???@??? Mon Nov 23 09:30:00 2026\n",
        b'From "Anna Kern"@nordwind.example Mon Nov  3 9:30 2026\n',
        b"From MAILER-DAEMON Mon Nov 23 09:30:00 CET 2026\n",
        b"From anna@nordwind.example Mon, 23 Nov 2026 09:30:00 +0100\n",
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_separators_of_many_programs(tmp_path: Path, line: bytes, ends: bytes) -> None:
    content = b"".join(line + letter(f"n {number}") + b"\n" for number in range(3)).replace(b"\n", ends)
    path = mbox(tmp_path, content)
    assert subjects(path) == ["n 0", "n 1", "n 2"]
    assert [entry.raw for entry in read(path)] == [letter(f"n {number}").replace(b"\n", ends) for number in range(3)]


def test_what_is_quoted_is_as_it_was(tmp_path: Path) -> None:
    text = ">From here on\n>>From there\n> From a quote\n>Fromage"
    [entry] = read(mbox(tmp_path, LINE + letter("quoted", text)))
    assert entry.raw.decode().endswith("\n\nFrom here on\n>From there\n> From a quote\n>Fromage\n")


def test_sentences_that_begin_with_from_part_nothing(tmp_path: Path) -> None:
    text = "It is so:\n\nFrom today on we deliver.\nFrom Mon to Friday: so.\n\nFrom: me\n\nFrom 2026 on\nNote: this"
    assert subjects(mbox(tmp_path, LINE + letter("one", text) + b"\n" + LINE + letter("two"))) == ["one", "two"]


def test_separators_without_an_empty_line_before_them(tmp_path: Path) -> None:
    content = b"".join(LINE + letter(f"n {number}") for number in range(3))
    assert subjects(mbox(tmp_path, content)) == [
        "n 0",
        "n 1",
        "n 2",
    ]


def test_a_mail_over_the_limit_is_passed_over_and_the_rest_is_read(tmp_path: Path) -> None:
    big = letter("big", "x" * 76 + "\n" + "y" * 5_000_000)
    path = mbox(tmp_path, LINE + letter("one") + b"\n" + LINE + big + b"\n" + LINE + letter("two"))
    one, middle, two = read(path, limit=2 << 20)
    assert (one.raw, two.raw) == (letter("one"), letter("two"))
    assert middle.place == f"mail.mbox, mail 2 (byte {len(LINE) + len(letter('one')) + 1})"
    assert middle.problem == "The mail has 4 MB; 2 MB is the most that is taken."
    assert read(mbox(tmp_path, big, "big.eml"), limit=2 << 20)[0].problem == middle.problem


def test_a_huge_file_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "huge.mbox"
    with path.open("wb") as file:
        for number in range(400):
            file.write(LINE + letter(f"n {number}", "z" * 50_000) + b"\n")
        file.write(LINE + letter("endless"))
        for _ in range(30):
            file.write(b"e" * 1_000_000)
    tracemalloc.start()
    count = sum(not entry.problem for entry in read_archive(path, limit=1 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 400
    assert peak < 8 << 20
    assert size_of(path) == path.stat().st_size


def test_how_far_it_is(tmp_path: Path) -> None:
    mbox(tmp_path, (LINE + letter("one") + b"\n") * 3, "a/one.mbox")
    mbox(tmp_path, letter("two"), "b/two.eml")
    behind = [entry.read for entry in read(tmp_path)]
    assert behind == sorted(behind)
    assert behind[-1] == size_of(tmp_path)


def test_compressed_and_broken_off(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(LINE + letter(f"n {number}", os.urandom(2000).hex()) + b"\n" for number in range(9)))
    assert len(subjects(mbox(tmp_path, whole, "a.mbox.gz"))) == 9
    found = subjects(mbox(tmp_path, whole[: len(whole) // 2], "a.mbox.gz"))
    assert found[-1] == "The compressed file is damaged: what follows can't be read."
    assert found[:2] == ["n 0", "n 1"]


def test_a_maildir_with_its_subfolders(tmp_path: Path) -> None:
    top = tmp_path / "Maildir"
    for name, where in (
        ("one", "cur"),
        ("two", "new"),
        ("lost", "tmp"),
        ("three", ".Sent/cur"),
        ("four", ".Sent.2025/new"),
    ):
        mbox(top, letter(name), f"{where}/17000.M1P{name}.host:2,S")
    for folder in (top / ".Sent/new", top / ".Sent.2025/cur"):
        folder.mkdir()
    mbox(top, b"3 V1 N1", "dovecot-uidlist")
    mbox(top, gzip.compress(letter("packed")), "cur/17001.M2P2.host:2,SZ")
    assert sorted(subjects(top)) == ["four", "one", "packed", "three", "two"]
    assert next(entry.place for entry in read(top)) == "cur/17000.M1Pone.host:2,S"
    assert subjects(top / "cur") == ["one", "packed"]


def test_a_folder_of_files(tmp_path: Path) -> None:
    mbox(tmp_path, letter("one"), "a/one.eml")
    mbox(tmp_path, letter("two").replace(b"\n", b"\r\n"), "b.EML")
    apple = letter("three")
    mbox(tmp_path, b"%-10d\n" % len(apple) + apple + b"<?xml version='1.0'?><plist/>", "c/3.emlx")
    mbox(tmp_path, letter("four"), "MH/17")
    mbox(tmp_path, b"nothing to see", "notes.txt")
    mbox(tmp_path, b"nothing to see", "README")
    mbox(tmp_path, b"no mail at all", "d.eml")
    (tmp_path / "circle").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.eml")
    assert sorted(subjects(tmp_path)) == ["It is neither a mail nor an mbox file.", "four", "one", "three", "two"]
    assert next(entry.raw for entry in read(tmp_path) if entry.place == "c/3.emlx") == apple


def test_thunderbirds_folders(tmp_path: Path) -> None:
    mbox(tmp_path, b"From \n" + letter("one") + b"\n", "Inbox")
    mbox(tmp_path, b"// <!-- <mdb:mork", "Inbox.msf")
    mbox(tmp_path, b"", "Trash")
    mbox(tmp_path, b"From - Mon Nov 23 09:30:00 2026\n" + letter("two"), "Inbox.sbd/Sent")
    assert subjects(tmp_path) == ["one", "two"]


def test_what_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnreadable, match="No such file"):
        read(tmp_path / "nothing")
    with pytest.raises(ArchiveUnreadable, match="neither a file nor a folder"):
        read(Path("/dev/null"))
    assert subjects(mbox(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(100), "a.png")) == [
        "It is neither a mail nor an mbox file."
    ]
    assert read(mbox(tmp_path, b"", "empty.mbox")) == [Entry("empty.mbox")]  # which the parser refuses
