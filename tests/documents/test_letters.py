"""What each invitation letter states, and which fact it is not written without."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.documents.reading import bare, reader, text_of
from tests.documents.samples import ISSUER, LETTER
from webapp.documents import letters
from webapp.documents.letters import Incomplete
from webapp.documents.typesetting import NotPrintable
from webapp.documents.values import Issuer
from webapp.vocabulary import Language, LetterPurpose

# What the sources ask for, by who reads the letter; written here once more, so that a fact that is lost is seen.
OFFICIAL = ["employer", "position", "reason", "arrival", "departure", "payer", "head_count", "received_by"]
MAINLAND = ["gender", "birth_date", "passport_number", "reason", "arrival", "departure", "places", "relation", "payer"]
MUST_STATE = {
    LetterPurpose.HK_OFFICIAL: OFFICIAL,
    LetterPurpose.HK_OTHER: ["reason", "arrival", "departure", "passport_expiry", "payer"],
    LetterPurpose.MAINLAND_F: MAINLAND,
    LetterPurpose.MAINLAND_M: MAINLAND,
    LetterPurpose.SCHENGEN: ["reason", "arrival", "departure"],
    LetterPurpose.UK: ["reason", "activities", "arrival", "departure", "coordinator", "payer", "facilities"],
}
# What each letter says besides, as a person would look for it.
SAYS = {
    LetterPurpose.HK_OFFICIAL: ["no agency takes part", "equal level", "5 days in all"],
    LetterPurpose.HK_OTHER: ["not paid", "one event of no more than seven days", "travel, lodging and meals"],
    LetterPurpose.MAINLAND_F: ["visa of type F", "Seal", "2 April 1965", "A1234567"],
    LetterPurpose.MAINLAND_M: ["visa of type M", "Seal"],
    LetterPurpose.SCHENGEN: ["Example Harbour University is the host organisation"],
    LetterPurpose.UK: ["activities that visitors are permitted", "takes up no work"],
}
ALWAYS = [
    "RAGNHILDUR THORDARDOTTIR", "IL-4QWK-7P2M", "Monday 18 January 2027", "Monday 8 March 2027", "Friday 12 March 2027",
    "Example Harbour University", "1 Example Road, Hong Kong", "+852 5550 0100", "Professor Wong Mei Ling", "President",
    "https://desk.example.org/letters/verify", "Valid until Friday 12 March 2027",
]  # fmt: skip


def test_letters_are_offered_for_where_the_institution_receives() -> None:
    for country, expected in (
        ("NO", {"schengen"}),
        ("GB", {"uk"}),
        ("HK", set(LetterPurpose)),
        ("", set(LetterPurpose)),
    ):
        assert set(letters.offered(country)) == expected


@pytest.mark.parametrize("purpose", list(LetterPurpose))
def test_each_letter_states_what_its_reader_asks_for(purpose: LetterPurpose) -> None:
    letter = replace(LETTER, purpose=purpose)
    content = letters.write(letter, ISSUER)
    text = text_of(content)
    values = [value for field in MUST_STATE[purpose] if isinstance(value := getattr(letter, field), str)]
    for said in (*ALWAYS, *SAYS[purpose], *values):
        assert bare(said) in text, said
    # A passport's number is for those who ask for it.
    assert ("A1234567" in text) is ("passport_number" in MUST_STATE[purpose])
    assert ("Female" in text) is ("gender" in MUST_STATE[purpose])
    assert len(reader(content).pages) == 1
    links = [each.get_object()["/A"]["/URI"] for each in reader(content).pages[0]["/Annots"]]
    assert links == ["mailto:office@example.org", "https://desk.example.org/letters/verify"]


@pytest.mark.parametrize("purpose", list(LetterPurpose))
def test_a_missing_fact_is_an_error_by_its_field(purpose: LetterPurpose) -> None:
    for field in (*MUST_STATE[purpose], "passport_name", "number", "signatory_name", "signatory_post"):
        empty: Any = "" if isinstance(getattr(LETTER, field), str) else None
        with pytest.raises(Incomplete) as refused:
            letters.write(replace(LETTER, purpose=purpose, **{field: empty}), ISSUER)
        assert set(refused.value.faults) == {field}, field
    for field, nothing in (("phone", ""), ("address", {}), ("name", {})):
        with pytest.raises(Incomplete) as refused:
            letters.write(replace(LETTER, purpose=purpose), replace(ISSUER, **{field: nothing}))
        assert set(refused.value.faults) == {field}


RULES = [
    (LetterPurpose.SCHENGEN, {"departure": date(2027, 3, 7)}, {"departure"}),
    (LetterPurpose.SCHENGEN, {"departure": date(2027, 3, 8)}, set()),
    (LetterPurpose.HK_OFFICIAL, {"departure": date(2027, 4, 6)}, set()),
    (LetterPurpose.HK_OFFICIAL, {"departure": date(2027, 4, 7)}, {"arrival"}),
    (LetterPurpose.UK, {"departure": date(2027, 4, 7)}, set()),
    (LetterPurpose.HK_OTHER, {"passport_expiry": date(2027, 4, 11)}, {"passport_expiry"}),
    (LetterPurpose.HK_OTHER, {"passport_expiry": date(2027, 4, 12)}, set()),
    (LetterPurpose.MAINLAND_F, {"passport_expiry": date(2027, 3, 9)}, set()),
]


@pytest.mark.parametrize(("purpose", "changes", "faults"), RULES)
def test_rules_of_a_destination(purpose: LetterPurpose, changes: dict[str, Any], faults: set[str]) -> None:
    assert set(letters.faults(replace(LETTER, purpose=purpose, **changes), ISSUER)) == faults


def test_a_letter_is_in_one_language_with_the_english_name_beside() -> None:
    content = letters.write(replace(LETTER, purpose=LetterPurpose.HK_OFFICIAL, language=Language.ZH_HANS), ISSUER)
    text = text_of(content)
    for said in (
        "示例海港大学",
        "Example Harbour University",
        "香港示例道一号",
        "2027年3月8日（星期一）",
        "工作单位",
        "前后共5天",
    ):
        assert bare(said) in text, said
    assert "Employer" not in text
    root: Any = reader(content).trailer["/Root"]
    assert root["/Lang"] == "zh-CN"


def test_a_name_is_printed_as_the_passport_has_it() -> None:
    for name in ("O’BRIEN-SMITH SEÁN", "ÞÓRÐARDÓTTIR RAGNHILDUR", "LI #set page() $x$", "A" * 100, "𠮷田 大文"):
        assert bare(name) in text_of(letters.write(replace(LETTER, passport_name=name), ISSUER))
    with pytest.raises(NotPrintable):
        letters.write(replace(LETTER, passport_name="አበበ"), ISSUER)


def test_the_issuer_is_the_installation(settings: Any) -> None:
    issuer = Issuer.from_settings(settings, office={"en": "International Office"}, phone="+852 5550 0100")
    assert bare(settings.institution) in text_of(letters.write(LETTER, issuer))
