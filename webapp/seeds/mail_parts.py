"""A plainly fictional institution, enquiry and reader, which the samples of emails are about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from webapp import questions
from webapp.mail.values import Addressee, EnquiryDetails, Institution
from webapp.vocabulary import Kind, Language, OrganisationType, Status

SAMPLE_INSTITUTION = Institution(
    name={
        Language.EN: "The Hong Kong Polytechnic University",
        Language.ZH_HANT: "香港理工大學",
        Language.ZH_HANS: "香港理工大学",
    },
    short_name={Language.EN: "PolyU", Language.ZH_HANT: "理大", Language.ZH_HANS: "理大"},
    address={
        Language.EN: "Hung Hom, Kowloon, Hong Kong",
        Language.ZH_HANT: "香港九龍紅磡",
        Language.ZH_HANS: "香港九龙红磡",
    },
    brand="#8f1329",
    office_email="office@example.org",
    public_url="https://liaison.example.org",
    zone=ZoneInfo("Asia/Hong_Kong"),
)


def sample_enquiry(
    kind: Kind = Kind.VISIT, status: Status = Status.RECEIVED, language: Language = Language.EN
) -> EnquiryDetails:
    """Return a fictional enquiry of a kind, in a status, whose partner reads a language."""
    return replace(_VISIT, kind=kind, status=status, language=language, **_OTHER.get(kind, {}))


def sample_addressee(language: Language) -> Addressee:
    """Return a fictional liaison who reads a language."""
    name = "陳大文教授" if language in (Language.ZH_HANT, Language.ZH_HANS) else "Prof. Chan Tai Man"
    return Addressee(name, "chan.tai.man@example.org", language)


_VISIT = EnquiryDetails(
    reference="LD-7K3Q-9XWT",
    kind=Kind.VISIT,
    status=Status.RECEIVED,
    language=Language.EN,
    contact_name="Erika Mustermann",
    contact_email="erika@example.org",
    organisation="Example Institute of Technology",
    country="DE",
    subject="Joint service-learning programme and student exchange",
    message="We ran a first joint project in 2025 and would like to agree on a three-year plan.\n\n"
    "Could our colleagues in rehabilitation engineering meet yours for an afternoon?",
    network_short="USRN",
    network_name={"en": "University Social Responsibility Network", "zh-hant": "大學社會責任網絡"},
    answers=questions.sample(Kind.VISIT),
    submitted_at=datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
    promised_on=date(2026, 11, 30),
    attachment_names=("draft-plan-2027.pdf",),
    answerer_name="Prof. Chan Tai Man",
    contact_position="Head of International Relations",
    phone="+49 30 23125 000",
    organisation_type=OrganisationType.UNIVERSITY,
    existing_link="Exchange agreement, 2022 to 2027",
)

_OTHER: dict[Kind, dict[str, Any]] = {
    Kind.COLLABORATION: {"answers": questions.sample(Kind.COLLABORATION)},
    Kind.QUESTION: {"answers": {}, "attachment_names": ()},
}
