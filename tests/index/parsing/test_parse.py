"""What every format shares: finding files, decoding, titles, and reasons why a file can't be read."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.errors import SeedsError, UnreadableDocument
from index.parsing import parse as parsing
from index.parsing.finding import find_files
from index.parsing.known_formats import FORMATS, READS
from index.parsing.language import detect_language
from index.parsing.parse import parse, parse_bytes
from index.types import SourceFile

REPOSITORY = Path(__file__).parents[3]
SHARED_SEEDS = REPOSITORY.parent / "shared" / "seeds"

ENGLISH = "Refunds are paid within fourteen days of the day on which the parcel reaches our warehouse in Rotterdam."
FRENCH = "Le remboursement est effectué sous quatorze jours après réception du colis, à la charge du vendeur étranger."


def reason_for(name: str, data: bytes) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        parse_bytes(name, data)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Finding files


def test_finds_files_in_all_folders_sorted_by_path(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b/c.html", "README", "A.PDF"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words")
    found = find_files(tmp_path)
    assert [file.path for file in found.files] == ["A.PDF", "README", "a/b/c.html", "a/z.md", "b.txt"]
    assert found.refused == ()
    status = (tmp_path / "b.txt").stat()
    assert found.files[-1] == SourceFile("b.txt", 5, status.st_mtime_ns)


def test_skips_hidden_and_temporary_files(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/config.txt", "a.txt~", "b.tmp", ".c.txt.swp", "d.part", "~$e.docx", "#f.txt#"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words")
    found = find_files(tmp_path)
    assert (found.files, found.refused) == ((), ())


def test_refuses_formats_without_a_parser(tmp_path: Path) -> None:
    (tmp_path / "logo.PNG").write_bytes(b"x")
    (refused,) = find_files(tmp_path).refused
    assert refused.path == "logo.PNG"
    assert refused.reason == f"no parser for .png files; {READS}"


def test_follows_links_inside_the_folder_only(tmp_path: Path) -> None:
    seeds, outside = tmp_path / "seeds", tmp_path / "outside"
    seeds.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (seeds / "real.txt").write_text("words")
    (seeds / "inside.txt").symlink_to("real.txt")
    (seeds / "escaped.txt").symlink_to(outside / "secret.txt")
    (seeds / "escaped").symlink_to(outside)
    (seeds / "broken.txt").symlink_to("nowhere.txt")
    (seeds / "circle.txt").symlink_to("circle.txt")
    (seeds / "loop").symlink_to(seeds)
    found = find_files(seeds)
    assert [file.path for file in found.files] == ["inside.txt", "real.txt"]
    reasons = {entry.path: entry.reason for entry in found.refused}
    assert set(reasons) == {"broken.txt", "circle.txt", "escaped", "escaped.txt"}
    assert "leaves the seeds folder" in reasons["escaped"]
    assert "leaves the seeds folder" in reasons["escaped.txt"]
    assert "does not exist" in reasons["broken.txt"]


def test_a_seeds_folder_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text(ENGLISH)
    (tmp_path / "link").symlink_to("real")
    (file,) = find_files(tmp_path / "link").files
    assert parse(tmp_path / "link", file).text == ENGLISH


def test_refuses_pipes_and_names_that_are_no_text(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("words")
    found = find_files(tmp_path)
    assert found.files == ()
    assert [entry.path for entry in found.refused] == ["caf\ufffd.txt", "pipe.txt"]
    assert "not valid UTF-8" in found.refused[0].reason
    assert "pipe" in found.refused[1].reason
    with pytest.raises(UnreadableDocument, match="pipe"):  # it may have become one since
        parse(tmp_path, SourceFile("pipe.txt", 0, 0))


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match=r"no folder .*nowhere: create it, or .*SEEDS_DIR or --seeds"):
        find_files(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(SeedsError, match="is a file, not a folder"):
        find_files(tmp_path / "file")


# Files that can't be read


def test_a_file_that_vanished_or_became_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="has vanished since the folder was listed"):
        parse(tmp_path, SourceFile("gone.txt", 1, 1))
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(UnreadableDocument, match="is a folder"):
        parse(tmp_path, SourceFile("folder.txt", 1, 1))
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnreadableDocument, match="can't be opened: not a directory"):
        parse(tmp_path, SourceFile("file/below.txt", 1, 1))


def test_a_file_that_became_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    seeds, secret = tmp_path / "seeds", tmp_path / "secret.md"
    seeds.mkdir()
    secret.write_text("The password is heron.")
    (seeds / "a.md").write_text("Herons.")
    [file] = find_files(seeds).files
    (seeds / "a.md").unlink()
    (seeds / "a.md").symlink_to(secret)
    with pytest.raises(UnreadableDocument, match="was exchanged while the folder was read"):
        parse(seeds, file)
    (seeds / "a.md").unlink()
    os.mkfifo(seeds / "a.md")
    with pytest.raises(UnreadableDocument, match="is no regular file"):
        parse(seeds, file)


def test_a_file_may_grow_after_the_folder_was_listed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Herons.")
    [file] = find_files(tmp_path).files
    (tmp_path / "a.md").write_text("Herons stand on one leg.")
    assert parse(tmp_path, file).text == "Herons stand on one leg."


def test_a_path_longer_than_the_system_opens_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Herons.")
    deep = "/".join(["d" * 200] * 22)
    made = subprocess.run(
        [sys.executable, "-c", "import os\nfor _ in range(22): os.mkdir('d' * 200); os.chdir('d' * 200)"],
        cwd=tmp_path,
        check=False,
    )
    assert made.returncode == 0
    found = find_files(tmp_path)
    assert [file.path for file in found.files] == ["a.md"]
    [refused] = found.refused
    assert deep.startswith(refused.path)
    assert "too long" in refused.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "locked.txt").write_text("x")
    (tmp_path / "locked.txt").chmod(0)
    with pytest.raises(UnreadableDocument, match="permission denied"):
        parse(tmp_path, SourceFile("locked.txt", 1, 1))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(parsing.LARGEST_FILE + 1)
    with pytest.raises(UnreadableDocument, match="larger than 200 MB"):
        parse(tmp_path, find_files(tmp_path).files[0])


@pytest.mark.parametrize("name", [f"a{known.suffixes[0]}" for known in FORMATS])
@pytest.mark.parametrize("data", [b"", b" \n\t\n"])
def test_an_empty_file(name: str, data: bytes) -> None:
    assert reason_for(name, data) == "is empty"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.mdx", "a.rst", "a.yml", "a.html"])
def test_a_file_without_words(name: str) -> None:
    assert reason_for(name, b"... --- !!!") == "holds no words"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"%PDF-1.7\n1 0 obj", "is not a text file: it looks like a PDF; rename it to .pdf"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text file: it looks like a PNG image"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a PDF: it looks like a PNG image"),
        ("a.pdf", b"\n<!DOCTYPE html>\n<p>Log in", "is not a PDF: it looks like an HTML page; rename it to .html"),
        ("a.pdf", b"plain words", "is not a PDF, whatever its name says"),
        ("a.docx", b"plain words", "is not a Word document (.docx), whatever its name says"),
        ("a.docx", b"{\\rtf1\\ansi words}", "looks like an RTF document; rename it to .rtf"),
        ("a.docx", b"PK\x03\x04" + bytes(100), "is damaged or cut short"),
        ("a.md", b"GIF89a\x01\x00", "looks like a GIF image"),
        ("a.html", b"\x1f\x8b\x08\x00", "looks like a gzip archive"),
        ("a.txt", bytes(range(256)) * 8, "is not text: it looks like binary data"),
        ("a.txt", b"words\x00words", "is not text: it looks like binary data"),
        ("README", b"\x7fELF\x02\x01", "looks like a program"),
        ("a.xyz", b"words", "no parser for .xyz files"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(name: str, data: bytes, reason: str) -> None:
    assert reason in reason_for(name, data)


def test_a_zip_archive_that_is_no_word_document() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "looks like an Excel workbook" in reason_for("a.docx", stream.getvalue())
    assert "looks like an Excel workbook" in reason_for("a.txt", stream.getvalue())


# Plain text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_of_unicode(encoding: str) -> None:
    assert parse_bytes("a.txt", FRENCH.encode(encoding)).text == FRENCH


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (FRENCH, ("cp1252", "latin-1", "iso8859-15", "mac_roman", "cp850")),
        ("Café déjà vu", ("cp1252",)),
        ("Über", ("cp1252",)),
        ("She paid £20 – “cash only”, said the café’s owner.", ("cp1252",)),
        ("Le cœur de l'œuvre coûte 20 € à l'entrée.", ("cp1252", "iso8859-15")),
        ("Für größere Pakete gelten längere Fristen, die der Händler übermäßig schön erklärt.", ("cp1252", "latin-1")),
        ("Возврат средств производится в течение четырнадцати дней с момента получения.", ("koi8-r", "cp1251")),
        ("返金は、荷物が倉庫に到着した日から十四日以内に行われます。", ("shift_jis", "euc_jp", "iso2022_jp")),
        ("退款将在包裹到达仓库之日起十四天内支付。运费由客户承担。", ("gb18030",)),
        ("Zwrot pieniędzy następuje w ciągu czternastu dni od dnia, w którym paczka dotarła.", ("cp1250", "iso8859-2")),
        ("İade, paketin depomuza ulaştığı günden itibaren on dört gün içinde müşteriye ödenir.", ("cp1254",)),
        ("Η επιστροφή χρημάτων γίνεται εντός δεκατεσσάρων ημερών.", ("cp1253",)),
    ],
)
def test_encodings_from_before_unicode(text: str, encodings: tuple[str, ...]) -> None:
    assert {encoding: parse_bytes("a.txt", text.encode(encoding)).text for encoding in encodings} == dict.fromkeys(
        encodings, text
    )


ENGLISH_BEFORE = "The museum opens at nine and closes at five. Nobody who has seen herons forgets them.\n\n"
ENGLISH_AFTER = "\n\nPlease send all invoices to the treasurer before Friday."


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Цапля стоит в воде озера и ждёт рыбу.", "cp1251 koi8-r iso8859-5 cp866 mac_cyrillic"),
        ("Музеят е затворен в понеделник и вторник.", "cp1251 iso8859-5"),
        ("Ο ερωδιός στέκεται στο νερό της λίμνης.", "cp1253 iso8859-7"),
        ("博物館は月曜日に休みです。", "shift_jis euc_jp iso2022_jp"),
        ("博物馆星期一关门，请星期二再来。", "gb18030"),
        ("信昨天下午到了。蒼鷺站在水裡等魚。", "big5"),
        ("박물관은 월요일에 문을 닫습니다.", "euc_kr"),
        ("Le héron est là, à côté du lac, où il pêche.", "cp1252 iso8859-15 cp850 mac_roman"),
        ("Żuraw stoi w wodzie jeziora i czeka na rybę.", "cp1250 iso8859-2"),
    ],
)
@pytest.mark.parametrize("times", [0, 1, 8])
def test_a_sentence_of_another_language_in_an_english_text(text: str, encodings: str, times: int) -> None:
    mixed = times * ENGLISH_BEFORE + text + ENGLISH_AFTER
    got = {encoding: parse_bytes("a.txt", mixed.encode(encoding)).text for encoding in encodings.split()}
    assert got == dict.fromkeys(encodings.split(), parse_bytes("a.txt", mixed.encode()).text)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["Herons stand in the water.", "Цапли стоят в воде озера.", "Café Zoë, 4 €"])
def test_unicode_without_a_byte_order_mark(text: str, encoding: str) -> None:
    assert parse_bytes("a.txt", text.encode(encoding)).text == text


def test_a_few_bad_bytes_leave_the_rest_as_it_is() -> None:
    text = parse_bytes("a.txt", "Le héron pêche à côté du lac.".encode() + b" \xff " + "Déjà vu.".encode()).text
    assert text == "Le héron pêche à côté du lac. \ufffd Déjà vu."


def test_the_sign_for_a_bad_byte_may_stand_in_a_text() -> None:
    text = "\ufffd is the sign for a bad byte, \ufffd\ufffd are two."
    assert parse_bytes("a.txt", text.encode()).text == text


def test_the_first_letter_outside_ascii_may_come_late() -> None:
    text = ENGLISH_BEFORE * 2_000 + "Le héron pêche à côté du lac."
    assert parse_bytes("a.txt", text.encode("cp1252")).text.endswith("Le héron pêche à côté du lac.")


def test_zeros_around_a_text_are_no_part_of_it() -> None:
    padded = b"\0" * 40 + b"Herons stand in the water." + b"\0" * 500
    assert parse_bytes("a.log", padded).text == "Herons stand in the water."


def test_text_is_normalised_before_any_offset_is_counted() -> None:
    document = parse_bytes("a.txt", "\ufeffe\u0301te\u0301\r\nzwei\rdrei\x07\x1b!\n".encode())
    assert document.text == "été\nzwei\ndrei!\n"
    assert [line.start for line in document.lines] == [0, 4, 9, 15]


FILE_TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from("\n\r\t\f\x1b\x85\u2028e\u0301\u1161a .")
    ),
    max_size=80,
).map(lambda text: "word" + text)


def kept_of(line: str) -> str:
    """The letters and digits of a line, which no cleaning may touch."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", line)))


@given(FILE_TEXTS)
def test_offsets_lead_to_the_lines_of_the_file(source: str) -> None:
    assume("\x1b" not in source)  # it begins a code for terminals, which goes with its letters
    document = parse_bytes("a.txt", source.encode())
    assert unicodedata.is_normalized("NFC", document.text)
    assert not any(unicodedata.category(character) == "Cc" for character in document.text if character not in "\n\t")
    starts = [line.start for line in document.lines]
    assert starts == sorted(set(starts))
    source_lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    offset = 0
    for number, line in enumerate(document.text.split("\n"), start=1):
        assert document.line_at(offset) == document.line_at(offset + len(line)) == number
        assert kept_of(line) == kept_of(source_lines[number - 1])
        offset += len(line) + 1
    assert len(source_lines) == len(document.lines)


# Title, address, language


@pytest.mark.parametrize(
    ("path", "title", "telling"),
    [
        ("policies/refund-policy_2024.txt", "refund policy 2024", True),
        ("minutes 2024-05-01.txt", "minutes 2024-05-01", True),
        ("minutes of 3.11", "minutes of 3.11", True),
        ("covid19.txt", "covid19", True),
        ("会議.txt", "会議", True),
        ("README", "README", True),
        ("000_9e078828507d5f2d.txt", "000 9e078828507d5f2d", False),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301.txt", "3f2504e0-4f89-11d3-9a0c 0305e82c3301", False),
        ("IMG_2031.txt", "IMG 2031", False),
        ("20240501.txt", "20240501", False),
        ("scan0001.txt", "scan0001", False),
        ("_.txt", "_.txt", False),
    ],
)
def test_a_title_made_of_the_file_name(path: str, title: str, telling: bool) -> None:
    document = parse_bytes(path, ENGLISH.encode())
    assert (document.title, document.title_is_telling) == (title, telling)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (FRENCH, "fr"),
        ("Yevgeny Prigozhin and Volodymyr Zelenskyy met Recep Tayyip Erdogan near Istanbul on Tuesday evening.", "en"),
        ("Der Vertrag kann innerhalb von vierzehn Tagen ohne Angabe von Gründen widerrufen werden.", "de"),
        ("Возврат средств производится в течение четырнадцати дней с момента получения.", "ru"),
        ("返金は、荷物が倉庫に到着した日から十四日以内に行われます。", "ja"),
        ("Too short to tell", None),
        ("1234 5678 " * 50, None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language


# The whole


def test_importing_the_parsers_loads_no_library() -> None:
    heavy = "trafilatura lxml docx pptx python_calamine xlrd pypdfium2 markdown_it yaml chardet py3langid numpy"
    code = f"import sys, index.parsing; print([name for name in {heavy.split()} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"


@pytest.mark.skipif(not SHARED_SEEDS.is_dir(), reason="the shared seeds are not on this machine")
def test_the_shared_seeds_are_parsed_as_they_stand() -> None:
    found = find_files(SHARED_SEEDS)
    assert found.files
    assert not found.refused
    for file in found.files:
        document = parse(SHARED_SEEDS, file)
        source = (SHARED_SEEDS / file.path).read_text(encoding="utf-8")
        assert document.text == unicodedata.normalize("NFC", source)
        assert document.language == "en"
        assert not document.title_is_telling
        offset = 0
        for number, line in enumerate(document.text.split("\n"), start=1):
            assert document.line_at(offset) == number
            offset += len(line) + 1
