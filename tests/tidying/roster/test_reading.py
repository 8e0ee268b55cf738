"""Files and pasted tables become rows, with errors by row and column; nothing is altered and nothing is guessed."""

from datetime import date
from typing import Any

import pytest

from tests.tidying.roster import samples
from webapp import labels
from webapp.i18n import translations
from webapp.tidying.roster import columns, reading, text_tables, writing
from webapp.tidying.roster.days import Order
from webapp.tidying.roster.reading import Choices, Reading
from webapp.tidying.roster.sheet import Unreadable
from webapp.vocabulary import Language

TODAY = date(2026, 11, 27)


def read(content: bytes, **choices: Any) -> Reading:
    return reading.read(content, today=TODAY, choices=Choices(**choices))


def pasted(text: str, **choices: Any) -> Reading:
    return reading.read_pasted(text, today=TODAY, choices=Choices(**choices))


def names(found: Reading) -> list[tuple[str, str]]:
    return [(row.values["family_name"], row.values["given_name"]) for row in found.rows]


def problems(found: Reading) -> list[tuple[str, int | None, str | None]]:
    return [(each.why, each.row, each.column) for each in found.problems]


def test_a_list_of_500_reads_back_to_the_same_rows_from_both_files() -> None:
    rows = samples.people(500)
    notes = [("family_name", "As in the passport")]
    files = {
        "csv": writing.as_csv(rows),
        "xlsx": writing.as_xlsx(rows, title="Delegates", notes=notes, about="About"),
    }
    for kind, content in files.items():
        assert reading.is_light(content), kind
        found = read(content)
        assert [{name: row.values[name] for name in rows[0]} for row in found.rows] == rows, kind
        assert found.is_good, problems(found)
        assert found.ignored == ()


def test_no_cell_of_our_files_is_run_by_a_spreadsheet() -> None:
    rows = samples.people(6)
    lines = writing.as_csv(rows).decode("utf-8-sig").splitlines()
    assert [line.split(",")[4][:2] for line in lines[1:]] == ["'=", "De", "'+", "'-", "'@", "''"]
    content = writing.as_xlsx(rows, title="[a]/b", notes=[], about="About")
    with_formulas = samples.packed(content, "sheet1.xml")
    assert b"<f>" not in with_formulas
    assert writing.as_csv([]).startswith(b"\xef\xbb\xbffamily_name,given_name,name_order,honorific,")


ENCODED = "姓名,职务,单位\r\n陈大文,院长,示例大学\r\n𠮷田太郎,教授,示例大学\r\n"
TRADITIONAL = "姓名,職務,單位\r\n陳大文,院長,示例大學\r\n黃麗,教授,示例大學\r\n"
ACCENTS = "family_name;given_name;position\r\nMüller;Jörg;Doyen\r\nGarçon;Noëlle;Doyen\r\n"
WESTERN = "family_name;given_name;position\r\nMüller;José;Doyen\r\nGarçon;Zoë;“Dean”\r\n"


@pytest.mark.parametrize(
    ("text", "encoding", "taken", "guessed"),
    [
        (ENCODED, "utf-8", "utf-8", False),
        (ENCODED, "utf-8-sig", "utf-8", False),
        (ENCODED, "utf-16", "utf-16", False),
        (ENCODED, "utf-16-le", "utf-16", False),
        (ENCODED, "utf-16-be", "utf-16", False),
        (ENCODED, "gb18030", "gb18030", True),
        (TRADITIONAL, "gb18030", "gb18030", True),
        (TRADITIONAL, "big5hkscs", "big5hkscs", True),
        (ENCODED.replace("姓名,职务,单位", "name,position,organisation"), "gb18030", "gb18030", True),
        (WESTERN, "cp1252", "cp1252", True),
        (ACCENTS, "cp1252", "cp1252", True),
    ],
)
def test_the_encoding_is_what_the_bytes_say_and_is_named(text: str, encoding: str, taken: str, guessed: bool) -> None:
    found = read(text.encode(encoding))
    assert (found.source.encoding, found.source.guessed) == (taken, guessed)
    assert found.rows[0].values["position"] in ("院长", "院長", "Doyen")
    assert names(found)[1] in (("𠮷田太郎", ""), ("黃麗", ""), ("Garçon", "Zoë"), ("Garçon", "Noëlle"))


def test_a_wrong_guess_is_put_right_by_who_knows() -> None:
    content = "name,position\r\n陳大文,院長\r\n".encode("big5hkscs")
    assert names(read(content)) != [("陳大文", "")]
    assert names(read(content, encoding="big5hkscs")) == [("陳大文", "")]
    with pytest.raises(Unreadable, match="encoding"):
        read(content, encoding="utf-8")
    assert set(text_tables.ENCODINGS) >= {"gb18030", "big5hkscs", "cp1252"}


def test_delimiters_and_pasted_tables() -> None:
    for text in (
        "Surname,First name\nChan,Tai Man",
        "Surname;First name\r\nChan;Tai Man\r\n",
        "Surname\tFirst name\rChan\tTai Man",
        "sep=;\r\nSurname;First name\r\nChan;Tai Man",
        "\n\nVisitors of the spring,\nSurname,First name\n\nChan,Tai Man\n,,\nSurname,First name\n",
    ):
        assert names(pasted(text)) == [("Chan", "Tai Man")], text
        assert names(read(text.encode())) == [("Chan", "Tai Man")], text
    assert pasted('Name\tPost\n"Chan\nTai Man"\tDean\nLee Ka\tDean').rows[1].number == 4


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (
            "姓名,性别,职务,职称,单位,国籍,出生日期,护照号码,有效期至,饮食,备注",
            "family_name,gender,position,academic_title,organisation,nationality,birth_date,passport_number,"
            "passport_expiry,diet,access_needs",
        ),
        (
            "姓,名,性別,職務,職稱,單位,國籍,出生日期,護照號碼,有效期至,飲食,備註",
            "family_name,given_name,gender,position,academic_title,organisation,nationality,birth_date,"
            "passport_number,passport_expiry,diet,access_needs",
        ),
        (
            "Surname*,First name(s),Job Title,E-mail,DOB,Passport No.",
            "family_name,given_name,position,email,birth_date,passport_number",
        ),
        ("姓 / Family name,名 Given name,職務（Position）", "family_name,given_name,position"),
    ],
)
def test_headers_are_taken_as_people_write_them(headers: str, columns: str) -> None:
    for separator in (",", "\t"):
        text = headers.replace(",", separator) + "\n" + separator.join("x" for _ in headers.split(","))
        found = pasted(text)
        wanted = ["full_name" if each == "family_name" and "姓名" in headers else each for each in columns.split(",")]
        assert list(found.headers) == wanted
        assert found.ignored == ()


def test_what_is_not_taken_is_named() -> None:
    found = pasted("No.,Name,Rank,,Name\n1,Chan,A,x,y\n")
    assert found.ignored == ("No.", "Rank", "D", "Name")
    assert names(found) == [("Chan", "")]
    title = pasted("Name,Title\nChan,Prof.\nLee,Dr\n")
    assert title.rows[0].values["honorific"] == "Prof."
    assert pasted("Name,Title\nChan,Dean\n").rows[0].values["position"] == "Dean"
    with pytest.raises(Unreadable) as refused:
        pasted("Chan,Dean\nLee,Dean")
    assert (refused.value.why, refused.value.data) == ("headers", {"seen": ["Chan", "Dean"]})
    with pytest.raises(Unreadable, match="no rows"):
        pasted("Name,Title\n,,\n")


def test_days_have_one_order_in_a_column() -> None:
    head = "name,letter,nationality,passport no,date of birth\n"
    sure = pasted(head + "A,yes,X,1,03/09/1980\nB,yes,X,2,25/12/1981\nC,yes,X,3,1982年1月2日\n")
    assert [row.values["birth_date"] for row in sure.rows] == ["1980-09-03", "1981-12-25", "1982-01-02"]
    assert sure.is_good
    asked = pasted(head + "A,yes,X,1,03/09/1980\nB,yes,X,2,04/10/1981\nC,yes,X,3,05/05/1982\n")
    assert asked.undecided == ("birth_date",)
    assert not asked.is_good
    assert asked.rows[0].values["birth_date"] == "03/09/1980"
    american = pasted(head + "A,yes,X,1,03/09/1980\n", orders={"birth_date": Order.MONTH_FIRST})
    assert american.rows[0].values["birth_date"] == "1980-03-09"
    mixed = pasted(head + "A,yes,X,1,25/12/1980\nB,yes,X,2,12/25/1981\n", orders={"birth_date": Order.DAY_FIRST})
    assert problems(mixed) == [("day order", 3, "birth_date")]
    assert problems(pasted(head + "A,yes,X,1,1/5/80\nB,yes,X,2,2031-01-01\n")) == [
        ("day", 2, "birth_date"),
        ("unborn", 3, "birth_date"),
    ]


def test_errors_name_row_and_column_and_keep_what_was_typed() -> None:
    found = pasted(
        "family_name,given_name,email,name_order,invitation_letter,passport_number,nationality,birth_date\n"
        "Chan,Tai Man,tai@example.org,surname first,是,K0 123-4,PRC,1980-01-01\n"
        ",,who@example.org,,no,,,\n"
        "Lee,Ka,ka(at)example,sideways,maybe,1.2E+08,,\n"
        f"{'x' * 300},Wing,,,,,,\n"
        "Ng,Ming,,,no,K77,,\n"
        "Chan,Tai Man,tai@example.org,,yes,,,\n"
    )
    assert problems(found) == [
        ("name", 3, "family_name"),
        ("order", 4, "name_order"),
        ("email", 4, "email"),
        ("answer", 4, "invitation_letter"),
        ("shortened", 4, "passport_number"),
        ("long", 5, "family_name"),
        ("not needed", 6, "invitation_letter"),
        ("for letter", 7, "nationality"),
        ("twice", 7, "family_name"),
    ]
    assert found.rows[0].values["passport_number"] == "K0123-4"
    assert found.rows[2].values["email"] == "ka(at)example"
    assert [row.values["name_order"] for row in found.rows[:1]] == ["family_first"]
    mended = pasted(
        "name,email\nLee,nothing\n", mended={2: {"email": "lee@example.org", "given_name": "Ka", "other": "x"}}
    )
    assert mended.is_good
    assert (mended.rows[0].values["email"], mended.rows[0].values["given_name"]) == ("lee@example.org", "Ka")
    everyone = pasted("name,passport no\nLee,K77\n", letter=True)
    assert (everyone.rows[0].values["invitation_letter"], problems(everyone)) == (
        "yes",
        [("for letter", 2, "nationality")],
    )


def test_workbooks() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Old list").hide()
        sheet = book.add_worksheet("名单")
        sheet.activate()
        zeros, day = book.add_format({"num_format": "00000"}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["name", "letter", "nationality", "passport no", "date of birth", "post"])
        sheet.write_row(1, 0, ["Chan", "yes", "PRC", "0123"])
        sheet.write_datetime(1, 4, date(1980, 9, 3), day)
        sheet.write_formula(1, 5, '="De"&"an"', None, "Dean")
        sheet.write_row(2, 0, ["Lee", "yes", "PRC"])
        sheet.write_number(2, 3, 123, zeros)
        sheet.write(2, 4, "1980-01-01")
        sheet.write_formula(2, 5, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, ["Ng", "yes", "PRC", 1234567890, "1980-01-01"])
        sheet.write_formula(3, 5, '=WEBSERVICE("http://example.org")', None, "")
        sheet.write(2000, 0, "far below")
        book.add_worksheet("Third")

    content = samples.patched(
        samples.workbook(fill), "sheet2.xml", lambda data: data.replace(b"<v></v></c></row>", b"</c></row>")
    )
    found = read(content)
    assert (found.source.sheet, found.source.other_sheets, found.source.until) == ("名单", ("Old list", "Third"), 1005)
    assert [row.values["passport_number"] for row in found.rows] == ["0123", "00123", "1234567890"]
    assert [row.values["birth_date"] for row in found.rows] == ["1980-09-03", "1980-01-01", "1980-01-01"]
    assert found.rows[0].values["position"] == "Dean"
    assert problems(found) == [
        ("fault", 3, "position"),
        ("number", 3, "passport_number"),
        ("formula", 4, "position"),
        ("number", 4, "passport_number"),
    ]


def test_files_that_mean_harm_or_are_none_are_refused_before_they_are_read() -> None:
    good = samples.table(["family_name"], ["Chan"])
    cells = b'<row r="9">' + b"<c/>" * 600_000 + b"</row></sheetData>"
    empty = b"".join(b'<row r="%d"/>' % number for number in range(3, 100_003)) + b"</sheetData>"
    entity = b'<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">]><sst'
    files = {
        "empty": [b"", b" \r\n"],
        "kind": [
            b"MZ\x90\x00" + b"\x00\xff" * 9, b"\x7fELF", b"%PDF-1.7", b"a,b\x00,c\r\n\x00" * 9 + b"x",
            samples.patched(good, "[Content_Types].xml", lambda data: data.replace(b"spreadsheetml", b"wordml")),
        ],
        "old": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)],
        "damaged": [good[:-300], b"PK\x03\x04nothing", samples.patched(good, "workbook.xml", lambda _data: b"<no")],
        "large": [b"a" * (10 * 1024 * 1024 + 1)],
        "swollen": [
            samples.bomb(64 * 1024 * 1024),
            samples.patched(good, "sheet1.xml", lambda data: data.replace(b"</sheetData>", cells)),
            samples.patched(good, "sharedStrings.xml", lambda data: data.replace(b"<sst", entity)),
        ],
        "rows": [
            samples.patched(good, "sheet1.xml", lambda data: data.replace(b"</sheetData>", empty)),
            b"name\r\n" + b"Chan\r\n" * 100_000,
            samples.table(["name"], *[["Chan"]] * 501),
        ],
        "columns": [b"name" + b",x" * 99, samples.table(["name", *["x"] * 60], ["Chan"])],
        "line": [b"name" + b",x" * 200_000, b"name,post\r\n" + b"x" * 40_000 + b",Dean\r\n"],
        "quotation": [b'name,post\r\n"Chan,Dean\r\nLee,Dean\r\n', b'name\r\n"' + b"x\r\n" * 40_000],
        "hidden": [
            samples.patched(good, "workbook.xml", lambda data: data.replace(b"<sheet ", b'<sheet state="hidden" '))
        ],
    }  # fmt: skip
    seen = {why: {_refused(content) for content in contents} for why, contents in files.items()}
    assert seen == {why: {why} for why in files}


def test_quotation_marks_in_words_are_no_harm() -> None:
    assert pasted('name,post\nChan,5" pipe\n"Lee ""Bob""",Dean').rows[1].values["family_name"] == 'Lee "Bob"'


def test_what_takes_longer_than_a_page_may_is_told_before_it_is_read() -> None:
    good = samples.table(["family_name"], ["Chan"])
    cells = b'<row r="9">' + b"<c/>" * 120_000 + b"</row></sheetData>"
    heavy = samples.patched(good, "sheet1.xml", lambda data: data.replace(b"</sheetData>", cells))
    assert (reading.is_light(good), reading.is_light(heavy)) == (True, False)
    told: list[int] = []
    found = reading.read(writing.as_csv(samples.people(200)), today=TODAY, progress=told.append)
    assert told == [50, 100, 150, 200]
    assert len(found.rows) == 200


def _refused(content: bytes) -> str:
    try:
        read(content)
    except Unreadable as error:
        return error.why
    return "read"


@pytest.mark.parametrize("language", Language)
def test_a_list_may_be_headed_as_our_own_pages_call_the_columns(language: Language) -> None:
    said = {name: translations(language).gettext(label) for name, label in labels.ROSTER_COLUMN.items()}
    assert {name: columns.named(label) for name, label in said.items()} == {name: name for name in said}
