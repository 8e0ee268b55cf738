"""How emails look: golden files of every kind, and what must hold whatever was typed."""

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.factories import LANGUAGES
from webapp.mail.colours import contrast, palette
from webapp.mail.messages import EmailContent, Paragraph, liaison_received, partner_status
from webapp.mail.plain import width
from webapp.mail.render import render
from webapp.seeds.mail_parts import SAMPLE_INSTITUTION, sample_addressee, sample_enquiry
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import Kind, Language, MessageKind, Status

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("LIAISON_UPDATE_GOLDEN") == "1"
HOSTILE = '<script>alert(1)</script> & "quoted" {{ 7 * 7 }} %(date)s'
VOID = {"meta", "br", "!doctype"}


def equals_golden(name: str, text: str) -> None:
    """Compare with a golden file; LIAISON_UPDATE_GOLDEN=1 writes it instead."""
    path = GOLDEN / name
    if UPDATE:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def told(status: Status, kind: Kind, language: Language) -> str:
    """The text of a status email without its signature."""
    mail = partner_status(sample_enquiry(kind, status, language), SAMPLE_INSTITUTION, text="…")
    return render(mail, SAMPLE_INSTITUTION).text.partition("\n-- \n")[0]


class Balanced(HTMLParser):
    """Notes tags that are not closed in order, and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.fixture(params=[(k, lang) for k in MessageKind for lang in LANGUAGES], ids=lambda p: f"{p[0]}.{p[1]}")
def sample(request: pytest.FixtureRequest) -> EmailContent:
    kind, language = request.param
    return SAMPLES[kind](language)


def test_mail_equals_its_golden_file(sample: EmailContent) -> None:
    rendered = render(sample, SAMPLE_INSTITUTION)
    name = f"{sample.kind}.{sample.language}"
    equals_golden(f"{name}.txt", f"{rendered.subject}\n\n{rendered.text}")
    equals_golden(f"{name}.html", rendered.html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_mails_equal_their_golden_file(language: Language) -> None:
    statuses = [s for s in Status if s not in {Status.RECEIVED, Status.AWAITING_APPROVAL, Status.SPAM, Status.SUSPECT}]
    texts = [f"##### {status} {kind}\n\n{told(status, kind, language)}" for status in statuses for kind in Kind]
    equals_golden(f"every_status.{language}.txt", "\n".join(texts) + "\n")


def test_golden_files_are_those_of_mails_that_exist() -> None:
    names = {f"{kind}.{language}.{end}" for kind in MessageKind for language in LANGUAGES for end in ("txt", "html")}
    names |= {f"every_status.{language}.txt" for language in LANGUAGES}
    assert {path.name for path in GOLDEN.iterdir()} == names


def test_text_keeps_to_72_columns_with_links_alone(sample: EmailContent) -> None:
    for line in render(sample, SAMPLE_INSTITUTION).text.splitlines():
        if "://" in line:
            assert re.fullmatch(r"https?://\S+", line)
        else:
            assert width(line) <= 72


def test_text_and_html_hold_the_same(sample: EmailContent) -> None:
    rendered = render(sample, SAMPLE_INSTITUTION)
    flat = " ".join(rendered.text.split())
    html = " ".join(rendered.html.split())
    for part in (sample.heading, sample.greeting):
        assert part in flat
        assert part in html


def test_html_is_closed_and_loads_nothing_from_elsewhere(sample: EmailContent) -> None:
    html = render(sample, SAMPLE_INSTITUTION).html
    parser = Balanced()
    parser.feed(html)
    assert parser.faults == []
    assert parser.open == []
    assert {name for name, _ in parser.attributes} & {"src", "background", "srcset"} == set()
    assert "url(" not in html
    links = [value or "" for name, value in parser.attributes if name == "href"]
    assert all(link.startswith((SAMPLE_INSTITUTION.public_url, "mailto:office@example.org")) for link in links)


def test_html_names_its_language_and_shows_the_preview(sample: EmailContent) -> None:
    html = render(sample, SAMPLE_INSTITUTION).html
    lang = {Language.EN: "en", Language.ZH_HANT: "zh-Hant-HK", Language.ZH_HANS: "zh-Hans"}[sample.language]
    assert html.startswith(f'<!doctype html>\n<html lang="{lang}">')
    assert "prefers-color-scheme: dark" in html
    assert ("PingFang" in html) == (sample.language is not Language.EN)


def test_each_institution_has_its_own_colour_and_names_in_each_language() -> None:
    other = replace(
        SAMPLE_INSTITUTION, brand="#0b5394", name=dict.fromkeys(Language, "Another place"), office_email="a@example.org"
    )
    for language in (*LANGUAGES, *LANGUAGES):
        mail = SAMPLES[MessageKind.PARTNER_RECEIPT](language)
        for house, stranger in ((SAMPLE_INSTITUTION, other), (other, SAMPLE_INSTITUTION)):
            html = render(mail, house).html
            assert html.count(palette(house.brand).fill) > 3
            assert palette(stranger.brand).fill not in html
            assert html.count(house.name[language]) == 2
            assert f"mailto:{house.office_email}" in html


def test_what_was_typed_is_text_and_never_markup() -> None:
    case = replace(
        sample_enquiry(),
        contact_name=HOSTILE,
        organisation=HOSTILE,
        subject=HOSTILE,
        message=f"{HOSTILE}\nsecond line",
        answers={"outcome": HOSTILE},
        attachment_names=(HOSTILE,),
    )
    rendered = render(liaison_received(case, SAMPLE_INSTITUTION, to=sample_addressee(Language.EN)), SAMPLE_INSTITUTION)
    assert "<script" not in rendered.html
    assert "{{ 7 * 7 }}" in rendered.html
    assert "<br>second line" in rendered.html
    assert HOSTILE in " ".join(rendered.text.replace("\n> ", " ").split())


def test_bold_is_what_the_paragraph_says() -> None:
    assert list(Paragraph("by Monday, not Tuesday", ("Tuesday", "Monday", "", "Friday")).pieces) == [
        ("by ", False),
        ("Monday", True),
        (", not ", False),
        ("Tuesday", True),
        ("", False),
    ]


@pytest.mark.parametrize("brand", ["#8f1329", "#1b3a6b", "#1f5a3c", "#f5c400", "#111111", "#ffffff"])
def test_any_brand_is_legible_in_light_and_dark(brand: str) -> None:
    colours = palette(brand)
    assert contrast(colours.fill, "#ffffff") >= 4.5
    assert contrast(colours.dark_fill, "#ffffff") >= 4.5
    assert contrast(colours.dark_link, "#191616") >= 4.5
    html = render(SAMPLES[MessageKind.PARTNER_RECEIPT](Language.EN), replace(SAMPLE_INSTITUTION, brand=brand)).html
    assert colours.fill in html


def test_brand_that_needs_no_help_is_left_alone() -> None:
    assert palette("#8f1329").fill == "#8f1329"
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
