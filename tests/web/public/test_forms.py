# ruff: noqa: E501 - tables read across
"""Which fields each kind asks for, which words they take, and what files must be."""

import gc
import io
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict

from tests.factories import LANGUAGES
from tests.web.office_samples import container, package
from tests.web.public.conftest import monday
from webapp import questions
from webapp.vocabulary import (
    Activity,
    CollaborationType,
    Kind,
    Language,
    LeaderRank,
    OrganisationType,
    Payer,
    Purpose,
    StudyLevel,
    VisitMode,
)
from webapp.web import edge, uploads
from webapp.web.countries import countries
from webapp.web.public import forms
from webapp.web.public.forms import build, field_errors, names_of, parts_of
from webapp.web.uploads import TYPES

Answers = Callable[..., MultiDict[str, Any]]
WORDS = [
    ("visit", "organisation_type", OrganisationType),
    ("visit", "language", LANGUAGES),
    ("visit", "purposes", Purpose),
    ("visit", "mode", VisitMode),
    ("visit", "leader_rank", LeaderRank),
    ("visit", "activities", Activity),
    ("visit", "payer", Payer),
    ("collaboration", "types", CollaborationType),
    ("collaboration", "levels", StudyLevel),
]


def errors(app: Flask, data: MultiDict[str, Any]) -> dict[str, list[str]]:
    with app.test_request_context():
        form = build(Kind(data["kind"]), data)
        form.validate()
        return field_errors(form)


def test_forms_share_what_never_changes_and_nothing_that_was_typed(
    app: Flask, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, made = forms._form.__wrapped__(questions.TABLE[Kind.VISIT]), []
    monkeypatch.setattr(forms, "form_of", lambda _kind: fresh)
    typed = answers("visit", subject="First", organisation_type="unheard_of", **{"windows-0-start": "never"})
    for prefix, label in (("/zh-hant", "機構種類"), ("", "Type of organisation")):
        with app.test_request_context(f"{prefix}/enquiries/new"):
            app.preprocess_request()
            first, second = build(Kind.VISIT, typed), build(Kind.VISIT, None)
            first.validate()
            made += [weakref.ref(first), weakref.ref(second)]
            assert str(first.organisation_type.label.text) == label
            assert first.organisation_type.choices is second.organisation_type.choices
    assert [field.name for field in (first.organisation_type, first.windows[0].form.start) if field.errors] == [
        "organisation_type",
        "windows-0-start",
    ]
    assert not any(field.errors or field.raw_data for field in parts_of(second) if field.name not in ("kind", "shown"))
    assert all(field._form is second for field in second)
    del first, second
    gc.collect()
    assert [each() for each in made] == [None] * 4


@pytest.mark.parametrize(("kind", "name", "words"), WORDS)
def test_every_word_of_the_vocabulary_is_taken_and_no_other(
    app: Flask, answers: Answers, kind: str, name: str, words: Any
) -> None:
    for word in words:
        assert errors(app, answers(kind, **{name: word.value})) == {}
    assert list(errors(app, answers(kind, **{name: "unheard_of"}))) == [name]


REQUIRED = {
    "question": ["contact_name", "contact_email", "organisation", "country", "subject", "message", "consent"],
    "visit": ["windows-0-start", "group_size", "leader_rank"],
    "collaboration": ["types"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in REQUIRED.items() for name in names])
def test_required_field_is_asked_for(app: Flask, answers: Answers, kind: str, name: str) -> None:
    assert list(errors(app, answers(kind, **{name: None}))) == [name]


@pytest.mark.parametrize("kind", list(Kind))
def test_everything_else_may_be_left_out(app: Flask, answers: Answers, kind: Kind) -> None:
    needed = {*REQUIRED["question"], *REQUIRED[kind.value], "kind", "form_id"}
    data = MultiDict([pair for pair in answers(kind.value).items(multi=True) if pair[0] in needed])
    assert errors(app, data) == {}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_stands_in_a_section(app: Flask, kind: Kind) -> None:
    with app.test_request_context():
        form = build(kind, None)
        asked = [question for section in form.sections for question in form.asks.within(section)]
        assert sorted(asked, key=id) == sorted(form.asks.questions, key=id)
        placed = {field.short_name for question in asked for field in form.fields_of(question)}
        laid_out = {"kind", "form_id", "shown", "leave_empty", "attachments", "consent"}
        assert {field.short_name for field in form} - placed == laid_out


def test_names_of_the_contract_are_the_forms(app: Flask, answers: Answers) -> None:
    with app.test_request_context():
        for kind in Kind:
            assert set(answers(kind.value)) - {"kind", "form_id"} <= names_of(kind)


START = monday()


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (START, START - timedelta(1), "windows-0-end"),
        (START - timedelta(weeks=60), START, "windows-0-start"),
        (START, START + timedelta(31), "windows-0-end"),
        (START + timedelta(1200), START + timedelta(1201), "windows-0-end"),
        ("soon", START, "windows-0-start"),
        (START, "2027-02-30", "windows-0-end"),
        ("9999-12-31", "9999-12-31", "windows-0-end"),
    ],
)
def test_impossible_window_is_refused_at_the_date(
    app: Flask, answers: Answers, start: Any, end: Any, field: str
) -> None:
    data = answers("visit", windows__0__start=str(start), windows__0__end=str(end))
    assert list(errors(app, data)) == [field]


def test_visit_asks_at_most_ten_required_answers() -> None:
    assert len(REQUIRED["question"]) + len(REQUIRED["visit"]) <= 10


def test_later_windows_may_be_empty_but_not_half(app: Flask, answers: Answers) -> None:
    assert list(errors(app, answers("visit", windows__2__end=str(START)))) == ["windows-2-start"]
    whole = {"windows__1__start": str(START), "windows__1__end": str(START), "windows__1__flex": "7"}
    assert errors(app, answers("visit", **whole)) == {}
    assert list(errors(app, answers("visit", **{**whole, "windows__1__flex": "999"}))) == ["windows-1-flex"]


def test_unknown_network_is_refused(app: Flask, answers: Answers) -> None:
    assert list(errors(app, answers("question", network="nowhere"))) == ["network"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_countries_are_alpha_2_in_the_order_of_the_language(app: Flask, language: Language) -> None:
    with app.test_request_context():
        edge.set_language(language)
        codes = [code for code, _ in countries()]
    assert codes[0] == ""
    assert {"HK", "DE", "GB", "TW", "CN", "AX"} <= set(codes)
    assert not {"EU", "UN", "ZZ", "XA"} & set(codes)
    assert 240 < len(codes) < 255


def test_countries_sort_as_readers_expect(app: Flask) -> None:
    orders = {}
    for language in LANGUAGES:
        with app.test_request_context():
            edge.set_language(language)
            orders[language] = [code for code, _ in countries()]
    english, strokes, pinyin = (orders[language] for language in LANGUAGES)
    assert english.index("AX") < english.index("AL") < english.index("ZW")
    assert strokes.index("BR") < strokes.index("FR") < strokes.index("KR")  # 巴 4, 法 8, 南/韓 more
    assert pinyin.index("AL") < pinyin.index("FR") < pinyin.index("CN")  # ā, fǎ, zhōng


PDF, PNG, JPEG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n" + bytes(30), b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(20)  # fmt: skip
WORD, EXCEL, POINT = package("word/document.xml"), package("xl/workbook.xml"), package("ppt/presentation.xml")


def read(app: Flask, name: str, content: bytes) -> tuple[list[Any], list[str]]:
    with app.test_request_context():
        return uploads.read([FileStorage(io.BytesIO(content), name)], edge.settings())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF), ("A.PDF", PDF), ("a.png", PNG), ("a.jpg", JPEG), ("a.jpeg", JPEG), ("a.doc", container("WordDocument")), ("a.xls", container("Workbook")), ("a.ppt", container("PowerPoint Document")),
        ("a.docx", WORD), ("a.xlsx", EXCEL), ("a.pptx", POINT), ("a.txt", "Grüße, 你好\r\n".encode()), ("a.txt", "hi".encode("utf-16")), ("a.txt", "你好".encode("big5")),
    ],
)  # fmt: skip
def test_file_that_is_what_it_says_is_kept(app: Flask, name: str, content: bytes) -> None:
    kept, refused = read(app, name, content)
    assert refused == []
    assert (kept[0].name, kept[0].content) == (name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""), ("a.exe", b"MZ" + bytes(90)), ("a.pdf", b"MZ" + bytes(90)), ("a.pdf", b"MZ" + bytes(90) + PDF), ("a.docx", package("a.txt")), ("a.pdf", bytes(1020) + PDF),
        ("a.docm", package("word/document.xml", {"word/vbaProject.bin": b"x"})), ("a.txt", bytes(10)), ("a.svg", b"<svg/>"), ("a.html", b"<html>"), ("a.zip", package("x")), ("a.pdf", b"%PDF-" + bytes(10_485_760)),
        ("a.docx", container("Setup")), ("a.csv", b"a,b"), ("a.doc", container("__properties_version1.0")),
    ],
)  # fmt: skip
def test_file_of_another_kind_is_refused_by_name(app: Flask, name: str, content: bytes) -> None:
    kept, refused = read(app, name, content)
    assert kept == []
    assert f"“{name}”" in refused[0]


@pytest.mark.parametrize(
    ("name", "content", "kept", "media_type"),
    [
        ("a.pdf", b"\xef\xbb\xbf" + PDF, "a.pdf", "application/pdf"),
        ("a.pdf", b"\r\n\r\n" + PDF, "a.pdf", "application/pdf"),
        ("a.pdf", b"Content-Type: application/pdf\r\n\r\n" + PDF, "a.pdf", "application/pdf"),
        ("a.pdf", b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n" + PDF, "a.pdf", "application/pdf"),
        ("a.pdf", bytes(1000) + PDF, "a.pdf", "application/pdf"),
        ("photo.jpg", PNG, "photo.png", "image/png"),
        ("photo.png", JPEG, "photo.jpg", "image/jpeg"),
        ("photo.JPG", PNG, "photo.png", "image/png"),
        ("photo.jfif", JPEG, "photo.jfif", "image/jpeg"),
        ("scan.pdf", JPEG, "scan.jpg", "image/jpeg"),
        ("scan.jpg", PDF, "scan.pdf", "application/pdf"),
        ("plan.doc", WORD, "plan.docx", TYPES[".docx"]),
        ("plan.xls", EXCEL, "plan.xlsx", TYPES[".xlsx"]),
        ("plan.ppt", POINT, "plan.pptx", TYPES[".pptx"]),
        ("plan.docx", EXCEL, "plan.xlsx", TYPES[".xlsx"]),
        ("plan.docx", container("WordDocument"), "plan.doc", TYPES[".doc"]),
        ("plan.xlsx", container("Workbook"), "plan.xls", TYPES[".xls"]),
        ("plan.doc", container("PowerPoint Document"), "plan.ppt", TYPES[".ppt"]),
        ("plan.doc", container("Workbook", "WordDocument"), "plan.doc", TYPES[".doc"]),
        ("plan", PDF, "plan.pdf", "application/pdf"),
        ("plan v1.2", WORD, "plan v1.2.docx", TYPES[".docx"]),
        ("計劃書．ｐｄｆ", PDF, "計劃書.pdf", "application/pdf"),
        ("plan.txt", PDF, "plan.pdf", "application/pdf"),
        ("plan.pdf.download", PDF, "plan.pdf.download.pdf", "application/pdf"),
        ("\u200bplan\u202c.pdf\u200e", PDF, "plan.pdf", "application/pdf"),
        ("x" * 200 + ".doc", WORD, "x" * 115 + ".docx", TYPES[".docx"]),
    ],
)  # fmt: skip
def test_file_is_taken_as_what_it_truly_is(app: Flask, name: str, content: bytes, kept: str, media_type: str) -> None:
    taken, refused = read(app, name, content)
    assert refused == []
    assert (taken[0].name, taken[0].media_type, taken[0].content) == (kept, media_type, content)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.doc", "a"])
def test_file_with_a_password_says_so(app: Flask, name: str) -> None:
    locked = container("EncryptionInfo", "EncryptedPackage")
    assert read(app, name, locked) == ([], [f"“{name}” is locked with a password. Add it again without one."])


@pytest.mark.parametrize(("name", "content", "kind"), [("a.doc", b"{\\rtf1\\ansi Dear all}", "RTF"), ("a.jpg", b"RIFF\x24\x00\x00\x00WEBPVP8 ", "WEBP"), ("a.jpg", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIF"), ("a.xls", b"<html><body><table>", "HTML"), ("a.png", b"GIF89a123", "GIF")])  # fmt: skip
def test_file_of_a_kind_that_is_not_taken_says_which(app: Flask, name: str, content: bytes, kind: str) -> None:
    kept, refused = read(app, name, content)
    assert kept == []
    assert f"“{name}”" in refused[0]
    assert f"of the kind {kind}, which we cannot take" in refused[0]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("計劃書 2027.pdf", "計劃書 2027.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\Plan.docx", "Plan.docx"),
        ("a\x00b\r\n\"<>|?*:.pdf", "a b.pdf"),
        ("annexe\u202efdp.exe", "annexe fdp.exe"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("e\u0301tude.pdf", "étude.pdf"),
    ],
)  # fmt: skip
def test_file_name_stays_readable(given: str, kept: str) -> None:
    assert uploads.file_name(given) == kept
