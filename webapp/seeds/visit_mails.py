"""Samples of the emails about a visit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from webapp.i18n import short_range
from webapp.mail.hosting import staff_hosting
from webapp.mail.programme import SlotDetails, liaison_slot, staff_slot
from webapp.mail.values import DatesOffered, EmailContent, EnquiryDetails, Institution, VisitDetails
from webapp.mail.visit import (
    liaison_dates,
    liaison_group,
    liaison_roster,
    partner_dates,
    partner_visit_moved,
    partner_visit_postponed,
)
from webapp.seeds.mail_parts import SAMPLE_INSTITUTION, sample_addressee, sample_enquiry
from webapp.vocabulary import Language, MessageKind, SlotNews, Status, VisitMode, VisitNews, VisitState

_OFFERED = VisitDetails(
    state=VisitState.ARRANGING,
    mode=VisitMode.IN_PERSON,
    first_day=None,
    last_day=None,
    starts_at=None,
    ends_at=None,
    zone=SAMPLE_INSTITUTION.zone,
    place={},
    host="",
    guests=6,
    offered=(
        DatesOffered(11, date(2027, 3, 9), date(2027, 3, 9)),
        DatesOffered(12, date(2027, 3, 16), date(2027, 3, 17)),
    ),
)
_PLANNED = replace(
    _OFFERED,
    state=VisitState.CONFIRMED,
    first_day=date(2027, 3, 9),
    last_day=date(2027, 3, 9),
    starts_at=datetime(2027, 3, 9, 2, tzinfo=UTC),
    ends_at=datetime(2027, 3, 9, 4, tzinfo=UTC),
    place={
        Language.EN: "Sample Boardroom, Example Building",
        Language.ZH_HANT: "範例會議室、範例大樓",
        Language.ZH_HANS: "示例会议室、示例楼",
    },
    host="Prof. Chan Tai Man",
    offered=(),
    was_confirmed=True,
)

_SLOT = SlotDetails(
    title={"en": "Meeting", "zh-hant": "會面", "zh-hans": "会见"},
    purpose={"en": "Joint degrees", "zh-hant": "雙學位課程", "zh-hans": "双学位项目"},
    starts_at=datetime(2027, 3, 9, 2, tzinfo=UTC),
    ends_at=datetime(2027, 3, 9, 3, tzinfo=UTC),
    zone=SAMPLE_INSTITUTION.zone,
    place=_PLANNED.place,
    languages="English",
    interpreter="Ann Example",
)


def _about(
    status: Status, visit: VisitDetails, institution: Institution, language: Language = Language.EN
) -> EnquiryDetails:
    """Return a fictional enquiry with its visit, whose times are those of the institution that writes."""
    return replace(sample_enquiry(status=status, language=language), visit=replace(visit, zone=institution.zone))


OF_VISITS: dict[MessageKind, Callable[..., EmailContent]] = {
    MessageKind.LIAISON_DATES: lambda language, institution=SAMPLE_INSTITUTION: liaison_dates(
        replace(
            sample_enquiry(status=Status.IN_REVIEW),
            visit=replace(_PLANNED, state=VisitState.TENTATIVE, zone=institution.zone),
        ),
        institution,
        to=sample_addressee(language),
        days=short_range(date(2027, 3, 9), date(2027, 3, 9), language),
        text="The morning would suit us best.",
    ),
    MessageKind.LIAISON_GROUP: lambda language, institution=SAMPLE_INSTITUTION: liaison_group(
        _about(Status.SCHEDULED, _PLANNED, institution),
        institution,
        to=sample_addressee(language),
        size=(6, 8),
        text="Two colleagues from our laboratory join us.",
    ),
    MessageKind.LIAISON_ROSTER: lambda language, institution=SAMPLE_INSTITUTION: liaison_roster(
        _about(Status.SCHEDULED, _PLANNED, institution),
        institution,
        to=sample_addressee(language),
        delegates=6,
        asked=2,
    ),
    MessageKind.LIAISON_SLOT: lambda language, institution=SAMPLE_INSTITUTION: liaison_slot(
        _about(Status.SCHEDULED, _PLANNED, institution),
        institution,
        to=sample_addressee(language),
        slot=replace(_SLOT, zone=institution.zone),
        name="Prof. Ho Siu Ming",
        instead="Dr Lau Ka Yan",
        note="I am abroad that week.",
    ),
    MessageKind.STAFF_SLOT: lambda language, institution=SAMPLE_INSTITUTION: staff_slot(
        _about(Status.SCHEDULED, _PLANNED, institution),
        institution,
        to=sample_addressee(language),
        slot=replace(_SLOT, zone=institution.zone),
        news=SlotNews.ASKED,
    ),
    MessageKind.PARTNER_DATES: lambda language, institution=SAMPLE_INSTITUTION: partner_dates(
        replace(
            sample_enquiry(status=Status.AWAITING_PARTNER, language=language),
            visit=replace(_OFFERED, zone=institution.zone),
        ),
        institution,
        text="We could receive you on one of these dates instead:\n• 9 March 2027\n• 16–17 March 2027",
    ),
    MessageKind.PARTNER_VISIT_MOVED: lambda language, institution=SAMPLE_INSTITUTION: partner_visit_moved(
        replace(
            sample_enquiry(status=Status.SCHEDULED, language=language), visit=replace(_PLANNED, zone=institution.zone)
        ),
        institution,
        text="The room had to change. We are sorry for the trouble.",
    ),
    MessageKind.PARTNER_VISIT_POSTPONED: lambda language, institution=SAMPLE_INSTITUTION: partner_visit_postponed(
        replace(
            sample_enquiry(status=Status.ACCEPTED, language=language), visit=replace(_OFFERED, zone=institution.zone)
        ),
        institution,
        text="Our campus is closed that week.",
    ),
    MessageKind.STAFF_HOSTING: lambda language, institution=SAMPLE_INSTITUTION: staff_hosting(
        _about(Status.SCHEDULED, _PLANNED, institution),
        institution,
        to=sample_addressee(language),
        news=VisitNews.CONFIRMED,
    ),
}
