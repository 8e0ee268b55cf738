"""The papers of a visit: nothing that people typed is lost, altered or markup, and what cannot be printed is said."""

from dataclasses import fields, replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.documents.reading import bare, reader, tags_of, text_of
from tests.documents.samples import (
    ALONE,
    DELEGATES,
    FEW,
    HARD,
    HOSTS,
    ISSUER,
    MAINLAND,
    MANY,
    OSLO,
    many,
)
from webapp.documents import faces, papers
from webapp.documents.people import Delegate, Written
from webapp.documents.typesetting import NotPrintable
from webapp.documents.values import SeatingRules, Visit
from webapp.vocabulary import Language, Paper, TableShape

# How many sheets each paper has: 8 cards on one, a sign on each.
PEOPLE = len(DELEGATES) + len(HOSTS)


def test_papers_that_show_what_delegates_eat_and_need_are_known() -> None:
    who = replace(DELEGATES[0], diet="what they eat", access_needs="what they need")
    shown = replace(FEW, delegates=(who,))
    found = {paper for paper, values in papers.PAPERS.items() if "what they" in repr(values(shown, ISSUER))}
    assert found == set(papers.SHOW_CARE)


def test_papers_for_hosts_say_nothing_that_hosts_do_not_read() -> None:
    hidden = "not for hosts"
    who = replace(DELEGATES[0], diet=hidden, access_needs=hidden, arrival=hidden, plate=hidden)
    memory: dict[str, Any] = {
        "promises": tuple(replace(each, what=hidden) for each in FEW.promises),
        "gifts": tuple(replace(each, what=hidden) for each in FEW.gifts),
    }
    shown = replace(FEW, delegates=(who,), **memory)
    found = {paper for paper, values in papers.PAPERS.items() if hidden in repr(values(shown, ISSUER))}
    assert found == {Paper.DOSSIER, Paper.SECURITY}
    assert not found & set(papers.FOR_HOSTS)


@pytest.fixture(scope="module")
def made() -> dict[Paper, bytes]:
    return {paper: papers.make(paper, MANY, ISSUER) for paper in Paper}


def test_every_paper_has_a_title_a_language_tags_and_fonts_of_its_own(made: dict[Paper, bytes]) -> None:
    for paper, content in made.items():
        pdf = reader(content)
        root: Any = pdf.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"], paper
        assert root["/Lang"] == "en", paper
        assert "/StructTreeRoot" in root, paper
        assert pdf.metadata is not None
        assert "University of Fjordheim" in (pdf.metadata.title or ""), paper
        tags = tags_of(content)
        assert "/H1" in tags, paper
        assert ("/TH" in tags) is (paper in (Paper.SECURITY, Paper.ATTENDANCE)), paper
        assert b"pdfuaid" in root["/Metadata"].get_data(), paper
        fonts = {str(font["/BaseFont"]) for page in pdf.pages for font in _fonts(page)}
        assert fonts, paper
        # Subsets, which are embedded, of the families that we name.
        assert all(font[1:8].isupper() or font[7] == "+" for font in fonts), fonts


def _fonts(page: Any) -> list[Any]:
    return [each.get_object() for each in page["/Resources"]["/Font"].values()]


@pytest.mark.parametrize("paper", [paper for paper in Paper if paper is not Paper.SEATING])
def test_every_name_is_there_as_it_was_typed(made: dict[Paper, bytes], paper: Paper) -> None:
    text = text_of(made[paper])
    for delegate in MANY.delegates:
        for written in (delegate.own, delegate.other):
            # Letters of Arabic and Thai are drawn joined or apart from their marks: extractors differ on them.
            if written and not any("\u0600" <= each <= "\u0e7f" for each in written.name):
                assert bare(written.name) in text, (paper, written.name)


def test_the_order_of_the_list_is_precedence(made: dict[Paper, bytes]) -> None:
    names = [bare(each.own.name) for each in MANY.delegates if each.own.name.isascii()]
    for paper in (Paper.PROGRAMME, Paper.NAME_CARDS, Paper.TABLE_SIGNS, Paper.SECURITY, Paper.ATTENDANCE):
        text = text_of(made[paper])
        assert [text.index(name) for name in names] == sorted(text.index(name) for name in names), paper


SHEETS = [
    (Paper.DOSSIER, ALONE, 1), (Paper.DOSSIER, FEW, 1), (Paper.DOSSIER, MANY, 1),
    (Paper.NAME_CARDS, FEW, 2), (Paper.NAME_CARDS, ALONE, 1), (Paper.TABLE_SIGNS, FEW, PEOPLE), (Paper.SEATING, FEW, 2),
]  # fmt: skip


@pytest.mark.parametrize(("paper", "visit", "sheets"), SHEETS)
def test_sheets(paper: Paper, visit: Visit, sheets: int) -> None:
    assert len(reader(papers.make(paper, visit, ISSUER)).pages) == sheets


def test_what_the_one_page_has_no_room_for_is_counted() -> None:
    visit = replace(
        FEW, hosts=HOSTS * 5, promises=FEW.promises * 5, gifts=FEW.gifts * 4, past_visits=FEW.past_visits * 4
    )
    content = papers.make(Paper.DOSSIER, visit, ISSUER)
    text = text_of(content)
    assert [text.count(f"and{number}more") for number in (2, 3, 4)] == [2, 1, 1]
    assert len(reader(content).pages) == 1
    assert "more" not in text_of(papers.make(Paper.DOSSIER, FEW, ISSUER))


def test_a_sign_has_both_names_on_both_faces() -> None:
    first, *_ = reader(papers.make(Paper.TABLE_SIGNS, replace(FEW, delegates=DELEGATES[1:2], hosts=()), ISSUER)).pages
    text = bare(first.extract_text())
    for said in ("陳大文教授", "ProfessorChanTaiMan", "副校長（國際事務）", "Vice-President(InternationalAffairs)"):
        assert text.count(said) == 2, said
    width, height = (float(side) / 72 * 25.4 for side in first.mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_names_keep_their_own_order_and_honorifics_their_place() -> None:
    cases = [
        (Written("陳", "大文", True, "教授"), "陳大文", "陳大文教授"),
        (Written("Chan", "Tai Man", True, "Professor"), "Chan Tai Man", "Professor Chan Tai Man"),
        (Written("Okonkwo", "Adaeze", False, "Dr"), "Adaeze Okonkwo", "Dr Adaeze Okonkwo"),
        (Written("索爾", "拉格", False), "拉格·索爾", "拉格·索爾"),
        (Written("Nguyễn", "Thị Ánh", True), "Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        (Written("", "Suharto"), "Suharto", "Suharto"),
        (Written("陳", "Peter", True, "Mr"), "陳 Peter", "Mr 陳 Peter"),
    ]
    for written, name, addressed in cases:
        assert (written.name, written.addressed) == (name, addressed)


def test_no_paper_can_show_a_passport(made: dict[Paper, bytes]) -> None:
    assert not [each.name for each in fields(Delegate) if "passport" in each.name]
    text = text_of(made[Paper.SECURITY])
    for said in ("AB1234", "09:15", "+85255500111", "UniversityofFjordheim"):
        assert said in text
    # Nor what the gate does not need.
    for hidden in ("Vegetarian", "Rector", "Iceland"):
        assert hidden not in text


def test_countries_and_offices_of_a_state_can_be_left_out() -> None:
    minister = replace(DELEGATES[0], state_office=True)
    for changes, country, office in (
        ({}, True, True), ({"countries_shown": False}, False, True), ({"cross_strait": True}, False, False),
    ):  # fmt: skip
        visit = replace(FEW, delegates=(minister,), **changes)
        for paper in (Paper.PROGRAMME, Paper.DOSSIER, Paper.NAME_CARDS, Paper.TABLE_SIGNS):
            text = text_of(papers.make(paper, visit, ISSUER))
            assert ("Iceland" in text) is country, (paper, changes)
            assert ("RectorandPresident" in text) is office, (paper, changes)
            assert "ProfessorofMarineBiology" in text or paper in (Paper.NAME_CARDS, Paper.TABLE_SIGNS)


def test_a_programme_says_each_thing_in_its_column_and_each_time_in_both_zones() -> None:
    text = text_of(papers.make(Paper.PROGRAMME, FEW, ISSUER))
    for said in ("Tuesday9March2027", "2027年3月9日（星期二）", "09:45–11:00", "領導層會面", "LamWaiYi", "黃美玲教授"):
        assert said in text, said
    assert "09:30inHongKongis02:30inOslo" in text
    assert "+85255500199" in text
    same = text_of(papers.make(Paper.PROGRAMME, replace(FEW, visitors_zone=ISSUER.zone), ISSUER))
    assert "TimesinHongKong" in same
    dossier = text_of(papers.make(Paper.DOSSIER, FEW, ISSUER))
    assert "Tuesday9March2027,09:30(HongKong)" in dossier
    assert f"Tuesday9March2027,02:30({OSLO.key.partition('/')[2]})" in dossier


def test_a_day_that_is_another_where_the_visitors_come_from_is_named() -> None:
    visit = replace(FEW, visitors_zone=ZoneInfo("America/Vancouver"))
    assert "09:30inHongKongisMon8Mar,17:30inVancouver" in text_of(papers.make(Paper.PROGRAMME, visit, ISSUER))


def test_han_takes_the_forms_of_its_place() -> None:
    cases = [
        ("张骏马", Language.ZH_HANT, "cn"), ("陳大文", Language.ZH_HANS, "hk"), ("李大文", Language.ZH_HANT, "hk"),
        ("李大文", Language.ZH_HANS, "cn"), ("李大文", Language.EN, "hk"),
    ]  # fmt: skip
    for text, language, region in cases:
        assert faces.run(text, language)["region"] == region, (text, language)
    languages = {"محمد": "ar", "สมชาย": "th", "민준": "ko", "さくら": "ja", "Tai Man": "en", "Oslo 大學 visit": "en"}
    assert {text: faces.run(text, Language.ZH_HANT)["lang"] for text in languages} == languages
    # One rare character, and the whole name takes the face that has it.
    assert faces.run("吉龘", Language.ZH_HANS)["serif"]
    assert not faces.run("𠮷龘", Language.ZH_HANS)["serif"]


def test_what_no_font_has_is_a_problem_with_a_name() -> None:
    delegates = (DELEGATES[0], replace(DELEGATES[1], own=Written("አበበ", "😀 Bikila", position="Dean\x07")))
    for paper in Paper:
        with pytest.raises(NotPrintable) as refused:
            papers.make(paper, replace(FEW, delegates=delegates), ISSUER)
        found = {(each.where, each.character) for each in refused.value.problems}
        assert found == {
            ("delegates[2].own.family_name", "አ"),
            ("delegates[2].own.family_name", "በ"),
            ("delegates[2].own.given_name", "😀"),
            ("delegates[2].own.position", "\x07"),
        }
    assert "U+1F600, GRINNING FACE" in str(refused.value)


def test_nothing_typed_is_markup() -> None:
    text = text_of(papers.make(Paper.NAME_CARDS, replace(FEW, delegates=HARD[-1:], hosts=()), ISSUER))
    assert bare("#strong[*Seán*] O’Brien-Smith") in text
    assert bare("$x^2$ <script> \\ // @ref [a] `b`") in text


def test_the_same_values_give_the_same_bytes() -> None:
    for paper in (Paper.PROGRAMME, Paper.DOSSIER):
        assert papers.make(paper, FEW, ISSUER) == papers.make(paper, FEW, ISSUER)


def test_long_names_stay_whole_and_within_their_place(made: dict[Paper, bytes]) -> None:
    for paper in (Paper.PROGRAMME, Paper.DOSSIER, Paper.NAME_CARDS, Paper.SEATING):
        for page in reader(made[paper]).pages:
            right = float(page.mediabox.right)
            assert max(starts(page)) <= right, paper


def starts(page: Any) -> list[float]:
    """Return how far from the left each piece of text of a page begins."""
    found: list[float] = []
    page.extract_text(visitor_text=lambda text, _cm, tm, _font, _size: found.append(tm[4]) if text.strip() else None)
    return found


def test_seating_follows_the_rules_of_the_visit() -> None:
    long_side = text_of(papers.make(Paper.SEATING, FEW, ISSUER))
    assert "Theguestsfacethedoor." in long_side
    end = replace(FEW, seating=SeatingRules(shape=TableShape.END, guest_interpreter="Lam Wai Yi"))
    text = text_of(papers.make(Paper.SEATING, end, ISSUER))
    assert "Theguestssitontherightasoneenters." in text
    assert "LamWaiYi" in text


def test_a_mainland_visit_reads_in_simplified_first() -> None:
    text = text_of(papers.make(Paper.PROGRAMME, MAINLAND, ISSUER))
    assert text.index("峡湾大学") < text.index("UniversityofFjordheim")
    for said in ("日程", "2027年3月9日（星期二）", "抵達及歡迎"):
        assert said in text


@pytest.mark.parametrize("paper", [Paper.DOSSIER, Paper.NAME_CARDS, Paper.SEATING, Paper.ATTENDANCE])
def test_five_hundred_delegates(paper: Paper) -> None:
    content = papers.make(paper, replace(FEW, delegates=many(500)), ISSUER)
    if paper is Paper.DOSSIER:
        assert "and452moreontheattendancelist" in text_of(content)
        assert len(reader(content).pages) == 1
    else:
        assert len(reader(content).pages) >= 2
