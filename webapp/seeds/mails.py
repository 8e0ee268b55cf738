"""One sample of every email, about plainly fictional people, for previews and golden files."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from webapp.mail.accounts import staff_invited, staff_password_changed, staff_reset
from webapp.mail.approver import ApprovalRequest, approver_asked, liaison_approval
from webapp.mail.arranging import partner_converted, partner_split
from webapp.mail.away import liaison_away
from webapp.mail.calendar import (
    DatedEnquiry,
    closure_notice,
    liaison_closure,
    liaison_digest,
    liaison_moved,
    liaison_urgent,
    partner_closure,
)
from webapp.mail.code import person_code
from webapp.mail.copied import staff_copied, staff_mentioned
from webapp.mail.faculty import ReferralAnswer, ReferralDetails, faculty_asked, faculty_recalled, liaison_returned
from webapp.mail.gathered import Written, liaison_partner_wrote_again
from webapp.mail.liaison import (
    liaison_handed_over,
    liaison_partner_wrote,
    liaison_received,
    liaison_withdrawn,
)
from webapp.mail.networks import DueNetwork, staff_networks_due
from webapp.mail.own_data import person_decided, person_own_data
from webapp.mail.partner import partner_link, partner_merged, partner_message, partner_receipt
from webapp.mail.saved_form import person_saved_form
from webapp.mail.second_step import staff_second_step
from webapp.mail.status import partner_status
from webapp.mail.values import (
    EmailContent,
    EnquiryDetails,
    HandOver,
    Institution,
)
from webapp.seeds.mail_parts import SAMPLE_INSTITUTION, sample_addressee, sample_enquiry
from webapp.seeds.visit_mails import OF_VISITS
from webapp.vocabulary import (
    DataRequestOutcome,
    Finding,
    Kind,
    Language,
    MessageKind,
    Occasion,
    SecondStepNews,
    Status,
)


def _asking(language: Language, institution: Institution = SAMPLE_INSTITUTION) -> EmailContent:
    enquiry = sample_enquiry(status=Status.AWAITING_PARTNER, language=language)
    return partner_status(enquiry, institution, text="Does Thursday 11 March suit all of your group?")


def _second(language: Language = Language.EN) -> EnquiryDetails:
    enquiry = sample_enquiry(Kind.COLLABORATION, Status.IN_REVIEW, language)
    return replace(enquiry, reference="LD-M4RD-62ZC", organisation="Sample University", promised_on=date(2026, 12, 1))


def _waiting(*occasions: Occasion) -> list[DatedEnquiry]:
    """Return fictional enquiries by the reason for the reminder, each with a date that fits."""
    days = {Occasion.ESCALATED: 25, Occasion.OVERDUE: 27, Occasion.TODAY: 30}
    cases = (sample_enquiry(), _second(), replace(_second(), reference="LD-8HVN-E3KT", network_short=None))
    return [
        DatedEnquiry(replace(enquiry, promised_on=date(2026, 11, days.get(occasion, 30))), occasion=occasion)
        for enquiry, occasion in zip(cases, occasions, strict=False)
    ]


_FACULTY = {"en": "Example Faculty of Engineering", "zh-hant": "範例工程學院", "zh-hans": "示例工程学院"}
_REFERRED = ReferralDetails(
    _FACULTY,
    "Could your laboratory receive six guests on 10 March, and who would show them round?",
    "Lee Siu Ming",
    date(2026, 11, 26),
)

_UNTIL = datetime(2026, 11, 26, 9, 12, tzinfo=UTC)

_MORE = (
    "One more thing: could we see the laboratory too?\nThe afternoon would suit us best.",
    "I forgot to say that two of us do not eat meat.",
)

# By language, and by the institution that writes it.
SAMPLES: dict[MessageKind, Callable[..., EmailContent]] = {
    MessageKind.LIAISON_RECEIVED: lambda language, institution=SAMPLE_INSTITUTION: liaison_received(
        sample_enquiry(), institution, to=sample_addressee(language)
    ),
    MessageKind.LIAISON_WITHDRAWN: lambda language, institution=SAMPLE_INSTITUTION: liaison_withdrawn(
        sample_enquiry(status=Status.WITHDRAWN),
        institution,
        to=sample_addressee(language),
        text="Our budget for travel was cut. We hope to ask again next year.",
    ),
    MessageKind.LIAISON_PARTNER_WROTE: lambda language, institution=SAMPLE_INSTITUTION: liaison_partner_wrote(
        sample_enquiry(status=Status.IN_REVIEW),
        institution,
        to=sample_addressee(language),
        text="Yes, Thursday 11 March suits all of us.\nOne of us uses a wheelchair.",
    ),
    MessageKind.LIAISON_PARTNER_WROTE_AGAIN: lambda language, institution=SAMPLE_INSTITUTION: (
        liaison_partner_wrote_again(
            sample_enquiry(status=Status.IN_REVIEW),
            institution,
            to=sample_addressee(language),
            written=[
                Written(datetime(2026, 11, 24, 2, 10 + 3 * minute, tzinfo=UTC), "Erika Mustermann", text)
                for minute, text in enumerate(_MORE)
            ],
        )
    ),
    MessageKind.LIAISON_HANDED_OVER: lambda language, institution=SAMPLE_INSTITUTION: liaison_handed_over(
        sample_enquiry(status=Status.IN_REVIEW),
        institution,
        to=sample_addressee(language),
        handover=HandOver(missing="Prof. Wong Mei Ling", until=date(2026, 12, 4), before="Prof. Wong Mei Ling"),
    ),
    MessageKind.LIAISON_AWAY: lambda language, institution=SAMPLE_INSTITUTION: liaison_away(
        sample_enquiry(status=Status.IN_REVIEW),
        institution,
        to=sample_addressee(language),
        days=(date(2026, 11, 27), date(2026, 12, 11)),
    ),
    MessageKind.LIAISON_APPROVAL: lambda language, institution=SAMPLE_INSTITUTION: liaison_approval(
        sample_enquiry(status=Status.IN_REVIEW),
        institution,
        to=sample_addressee(language),
        name="Prof. Ho Mei Yee",
        approved=True,
        note="With pleasure, if the agreement of 2022 is renewed on that day.",
    ),
    MessageKind.APPROVER_ASKED: lambda language, institution=SAMPLE_INSTITUTION: approver_asked(
        sample_enquiry(status=Status.AWAITING_APPROVAL),
        institution,
        to=sample_addressee(language),
        request=ApprovalRequest(
            question="Would the Vice-President receive them for twenty minutes?", asked_by="Lee Siu Ming"
        ),
    ),
    MessageKind.LIAISON_RETURNED: lambda language, institution=SAMPLE_INSTITUTION: liaison_returned(
        sample_enquiry(status=Status.IN_REVIEW),
        institution,
        to=sample_addressee(language),
        returned=ReferralAnswer(
            _FACULTY,
            "Dr Ng Sample",
            Finding.IN_PART,
            "The laboratory is free on 11 March only.",
        ),
    ),
    MessageKind.FACULTY_ASKED: lambda language, institution=SAMPLE_INSTITUTION: faculty_asked(
        sample_enquiry(status=Status.IN_REVIEW), institution, to=sample_addressee(language), referred=_REFERRED
    ),
    MessageKind.FACULTY_RECALLED: lambda language, institution=SAMPLE_INSTITUTION: faculty_recalled(
        sample_enquiry(status=Status.IN_REVIEW), institution, to=sample_addressee(language), referred=_REFERRED
    ),
    MessageKind.LIAISON_CLOSURE: lambda language, institution=SAMPLE_INSTITUTION: liaison_closure(
        [DatedEnquiry(sample_enquiry(), date(2026, 11, 27)), DatedEnquiry(_second(), date(2026, 11, 30))],
        institution,
        to=sample_addressee(language),
        text=closure_notice(language, undoing=False),
    ),
    MessageKind.LIAISON_DIGEST: lambda language, institution=SAMPLE_INSTITUTION: liaison_digest(
        _waiting(Occasion.OVERDUE, Occasion.TODAY, Occasion.ESCALATED), institution, to=sample_addressee(language)
    ),
    MessageKind.LIAISON_URGENT: lambda language, institution=SAMPLE_INSTITUTION: liaison_urgent(
        _waiting(Occasion.TODAY), institution, to=sample_addressee(language)
    ),
    MessageKind.LIAISON_MOVED: lambda language, institution=SAMPLE_INSTITUTION: liaison_moved(
        _waiting(Occasion.TODAY, Occasion.SOON),
        institution,
        to=sample_addressee(language),
        missing="Dr Amy Wong",
        until=date(2026, 12, 11),
    ),
    MessageKind.PARTNER_RECEIPT: lambda language, institution=SAMPLE_INSTITUTION: partner_receipt(
        sample_enquiry(language=language), institution
    ),
    MessageKind.PARTNER_STATUS: _asking,
    MessageKind.PARTNER_MESSAGE: lambda language, institution=SAMPLE_INSTITUTION: partner_message(
        sample_enquiry(status=Status.IN_REVIEW, language=language),
        institution,
        text="Thank you for your message. We look for a room on the ground floor.\n\nKind regards",
        author="Lee Siu Ming",
    ),
    MessageKind.PARTNER_LINK: lambda language, institution=SAMPLE_INSTITUTION: partner_link(
        sample_enquiry(status=Status.IN_REVIEW, language=language), institution
    ),
    MessageKind.PARTNER_CLOSURE: lambda language, institution=SAMPLE_INSTITUTION: partner_closure(
        [
            DatedEnquiry(sample_enquiry(language=language), date(2026, 11, 27)),
            DatedEnquiry(_second(language), date(2026, 11, 30)),
        ],
        institution,
        text=closure_notice(language, undoing=False),
    ),
    MessageKind.PARTNER_MERGED: lambda language, institution=SAMPLE_INSTITUTION: partner_merged(
        sample_enquiry(status=Status.WITHDRAWN, language=language), institution, into="LD-4M2P-8HKV"
    ),
    MessageKind.PARTNER_CONVERTED: lambda language, institution=SAMPLE_INSTITUTION: partner_converted(
        replace(sample_enquiry(status=Status.IN_REVIEW, language=language), asked_as=Kind.QUESTION),
        institution,
        text="You name dates and a delegation, so our visits team takes care of it.",
    ),
    MessageKind.PARTNER_SPLIT: lambda language, institution=SAMPLE_INSTITUTION: partner_split(
        sample_enquiry(Kind.COLLABORATION, language=language), institution, origin="LD-4M2P-8HKV"
    ),
    **OF_VISITS,
    MessageKind.STAFF_MENTIONED: lambda language, institution=SAMPLE_INSTITUTION: staff_mentioned(
        sample_enquiry(status=Status.IN_REVIEW),
        institution,
        to=sample_addressee(language),
        text="@Prof. Chan Tai Man could your laboratory receive six guests on 11 March?",
        author="Lee Siu Ming",
    ),
    MessageKind.STAFF_COPIED: lambda language, institution=SAMPLE_INSTITUTION: staff_copied(
        sample_enquiry(status=Status.IN_REVIEW),
        institution,
        to=sample_addressee(language),
        text="Which of your colleagues would come with you?",
        author="Lee Siu Ming",
    ),
    MessageKind.STAFF_NETWORKS_DUE: lambda language, institution=SAMPLE_INSTITUTION: staff_networks_due(
        [
            DueNetwork("USRN", sample_enquiry().network_name or {}, date(2025, 11, 20), checked=True),
            DueNetwork("", {"en": "Network of Example Universities"}, date(2025, 11, 23), checked=False),
        ],
        institution,
        to=sample_addressee(language),
    ),
    MessageKind.STAFF_INVITED: lambda language, institution=SAMPLE_INSTITUTION: staff_invited(
        institution, to=sample_addressee(language), by="Lee Siu Ming", until=_UNTIL
    ),
    MessageKind.STAFF_RESET: lambda language, institution=SAMPLE_INSTITUTION: staff_reset(
        institution, to=sample_addressee(language), by="", until=_UNTIL
    ),
    MessageKind.STAFF_PASSWORD_CHANGED: lambda language, institution=SAMPLE_INSTITUTION: staff_password_changed(
        institution, to=sample_addressee(language), at=_UNTIL
    ),
    MessageKind.STAFF_SECOND_STEP: lambda language, institution=SAMPLE_INSTITUTION: staff_second_step(
        institution, to=sample_addressee(language), news=SecondStepNews.RECOVERED, at=_UNTIL, number=9
    ),
    MessageKind.PERSON_OWN_DATA: lambda language, institution=SAMPLE_INSTITUTION: person_own_data(
        "erika@example.org", institution, language=language, until=date(2026, 11, 30)
    ),
    MessageKind.PERSON_DECIDED: lambda language, institution=SAMPLE_INSTITUTION: person_decided(
        "erika@example.org", institution, language=language, outcome=DataRequestOutcome.PARTLY
    ),
    MessageKind.PERSON_CODE: lambda language, _house=None: person_code("erika@example.org", language),
    MessageKind.PERSON_SAVED_FORM: lambda language, institution=SAMPLE_INSTITUTION: person_saved_form(
        "erika@example.org", institution, language=language, until=date(2026, 11, 30)
    ),
}
