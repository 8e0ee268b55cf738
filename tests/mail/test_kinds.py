"""Chinese has a word for each kind of enquiry: one email uses one of them."""

from dataclasses import replace

import pytest

from webapp.i18n import translations
from webapp.labels import enquiry_word
from webapp.mail.messages import (
    DatedEnquiry,
    EmailContent,
    EnquiryDetails,
    partner_closure,
    partner_converted,
    partner_link,
    partner_merged,
    partner_message,
    partner_receipt,
    partner_split,
    partner_status,
)
from webapp.mail.render import render
from webapp.mail.status import _NEWS
from webapp.seeds.mail_parts import SAMPLE_INSTITUTION, sample_enquiry
from webapp.vocabulary import Kind, Language, Status

CHINESE = (Language.ZH_HANT, Language.ZH_HANS)
WORDS = {
    Language.ZH_HANT: {Kind.VISIT: "訪問申請", Kind.COLLABORATION: "合作申請", Kind.QUESTION: "查詢"},
    Language.ZH_HANS: {Kind.VISIT: "来访申请", Kind.COLLABORATION: "合作申请", Kind.QUESTION: "咨询"},
}


def every_email(case: EnquiryDetails) -> list[EmailContent]:
    """Every email to the partner that is about one enquiry."""
    here = SAMPLE_INSTITUTION
    in_status = [replace(case, status=status) for status in _NEWS if case.kind is Kind.VISIT or status != "scheduled"]
    return [
        partner_receipt(case, here),
        partner_link(case, here),
        partner_message(case, here, text="…", author=""),
        partner_message(case, here, text="…", author="Lee Siu Ming"),
        partner_merged(case, here, into="LD-4M2P-8HKV"),
        partner_converted(case, here, text="…"),
        partner_split(case, here, origin="LD-4M2P-8HKV"),
        partner_closure([DatedEnquiry(case)], here, text="…"),
        *(partner_status(each, here, text="…") for each in in_status),
        partner_status(replace(case, status=Status.IN_REVIEW), here, reopened=True),
    ]


@pytest.mark.parametrize("language", CHINESE)
@pytest.mark.parametrize("kind", Kind)
def test_one_email_calls_its_enquiry_by_the_word_of_its_kind_alone(kind: Kind, language: Language) -> None:
    own = WORDS[language][kind]
    others = [word for word in WORDS[language].values() if word != own]
    for mail in every_email(replace(sample_enquiry(kind, language=language), message="…")):
        rendered = render(mail, SAMPLE_INSTITUTION)
        assert own in "".join(rendered.text.split()), mail.kind
        for text in (rendered.subject, "".join(rendered.text.split()), rendered.html):
            assert not [word for word in others if word in text], (mail.kind, text)


@pytest.mark.parametrize("language", CHINESE)
def test_what_became_another_kind_is_called_so_but_for_the_subject_of_its_thread(language: Language) -> None:
    case = replace(sample_enquiry(language=language), asked_as=Kind.QUESTION)
    rendered = render(partner_converted(case, SAMPLE_INSTITUTION), SAMPLE_INSTITUTION)
    words = WORDS[language]
    assert words[Kind.QUESTION] in rendered.subject
    assert words[Kind.VISIT] in rendered.text
    assert words[Kind.QUESTION] not in rendered.text


def test_english_has_one_word() -> None:
    english = translations(Language.EN)
    assert {enquiry_word(kind, english.pgettext) for kind in Kind} == {"enquiry"}
