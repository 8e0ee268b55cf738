# ruff: noqa: E501 - tables read across
"""Office files are taken by what they hold inside, and refused, with little unpacked, where that could do harm."""

import io
import tracemalloc
import zipfile

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from tests.web.office_samples import MAIN, container, package
from webapp.web import edge, office_files, uploads

WORD = "word/document.xml"
RELATIONS = b'<Relationships><Relationship Id="r1" Type="http://schemas.example.org/%s" Target="%s"%s/></Relationships>'
REMOTE = b' TargetMode="External"'
LAUGHS = b'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><lolz>&b;</lolz>'


def relations(kind: bytes, target: bytes, mode: bytes) -> bytes:
    return RELATIONS % (kind, target, mode)


def many(count: int) -> bytes:
    return package(WORD, {f"word/{number}.xml": b"" for number in range(count)})


def claiming(size: int) -> bytes:
    """Return a package whose directory says that its main part unpacks to `size`."""
    content = bytearray(package(WORD))
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(content)


def encrypted() -> bytes:
    content = bytearray(package(WORD))
    for start, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(start, at + 1)) >= 0:
            if WORD.encode() in content[at : at + 80]:
                content[at + flag] |= 1
    return bytes(content)


@pytest.mark.parametrize(("part", "ending"), list(zip(MAIN, (".docx", ".xlsx", ".pptx"), strict=True)))
def test_package_is_what_its_content_types_say(part: str, ending: str) -> None:
    assert office_files.package(package(part)) == office_files.Inside(ending)


@pytest.mark.parametrize(("stream", "ending"), [("WordDocument", ".doc"), ("Workbook", ".xls"), ("Book", ".xls"), ("PowerPoint Document", ".ppt")])  # fmt: skip
def test_container_is_what_its_streams_say(stream: str, ending: str) -> None:
    assert office_files.container(container(stream, "\x05SummaryInformation")) == office_files.Inside(ending)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (package(WORD, {"word/vbaProject.bin": b"x"}), "macros"),
        (package(WORD, {"word/VBADATA.xml": b"x"}), "macros"),
        (package("xl/workbook.xml", {"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
        (package(WORD, media_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        (package(WORD, {"word/_rels/settings.xml.rels": relations(b"attachedTemplate", b"http://x.example.org/t.dotm", REMOTE)}), "fetches"),
        (package(WORD, {"word/_rels/document.xml.rels": relations(b"oleObject", b"mhtml:http://x.example.org", REMOTE)}), "fetches"),
        (package(WORD, {"word/_rels/document.xml.rels": relations(b"hyperlink", b"http://x.example.org", REMOTE)}), None),
        (package(WORD, {"word/_rels/document.xml.rels": relations(b"oleObject", b"embeddings/sheet.bin", b"")}), None),
        (package(WORD, {"word/numbering.xml": LAUGHS}), "swollen"),
        (claiming(310 * 1024 * 1024), "swollen"),
        (many(6_000), "swollen"),
        (encrypted(), "locked"),
    ],
)  # fmt: skip
def test_package_that_could_harm_says_why(content: bytes, fault: str | None) -> None:
    assert office_files.package(content).fault == fault


@pytest.mark.parametrize(
    ("streams", "ending", "fault"),
    [
        (["EncryptedPackage", "EncryptionInfo"], None, "locked"),
        (["WordDocument", "Macros/", "VBA/"], ".doc", "macros"),
        (["Workbook", "_VBA_PROJECT_CUR/"], ".xls", "macros"),
        (["\x05SummaryInformation", "Binary.setup", "Property"], None, None),  # an installer
        (["__properties_version1.0", "WordDocuments"], None, None),
    ],
)
def test_container_that_is_no_document_or_could_harm(streams: list[str], ending: str | None, fault: str | None) -> None:
    assert office_files.container(container(*streams)) == office_files.Inside(ending, fault)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + bytes(500), package(WORD)[:-30], b""])
def test_broken_package_is_no_office_file(content: bytes) -> None:
    assert office_files.package(content).ending is None


@pytest.mark.parametrize("cut", [8, 76, 512, 600, 1024])
def test_broken_container_is_damaged_or_nothing(cut: int) -> None:
    assert office_files.container(container("WordDocument")[:cut]).ending is None


def test_program_in_a_package_of_java_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("META-INF/MANIFEST.MF", "word/Main.class", "[Content_Types].xml"):
            archive.writestr(name, "x")
    assert office_files.package(content.getvalue()).ending is None


def test_little_is_unpacked_of_a_part_that_lies_about_its_size() -> None:
    content = bytearray(package(WORD, {"word/styles.xml": bytes(40 * 1024 * 1024)}))
    tracemalloc.start()
    office_files.package(bytes(content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (package(WORD, {"word/vbaProject.bin": b"x"}), "“plan.docx” contains macros."),
        (many(6_000), "“plan.docx” unpacks to more than"),
        (package(WORD, {"word/_rels/a.rels": relations(b"attachedTemplate", b"http://x", REMOTE)}), "loads a part of itself"),
        (container("WordDocument")[:700], "“plan.docx” seems to be damaged."),
    ],
)  # fmt: skip
def test_person_is_told_what_to_do(app: Flask, content: bytes, words: str) -> None:
    with app.test_request_context():
        kept, refused = uploads.read([FileStorage(io.BytesIO(content), "plan.docx")], edge.settings())
    assert kept == []
    assert words in refused[0]
    assert "add" in refused[0]
