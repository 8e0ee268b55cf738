"""The suggestion for an enquiry: facts are gathered, and scored by the scorecard."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from webapp import questions
from webapp.config import Settings
from webapp.domain.calendar import working_days
from webapp.domain.calendar.working_days import Calendar
from webapp.domain.enquiries import preconditions
from webapp.domain.organisations import records
from webapp.domain.security.permissions import Actor
from webapp.domain.triage.scorecard import EnquiryFacts, Scorecard, scorecard
from webapp.models import Enquiry
from webapp.vocabulary import Status


def suggested(
    session: Session, enquiry: Enquiry, *, actor: Actor, today: date, days: Calendar, settings: Settings
) -> Scorecard:
    """Return what speaks for and against an enquiry (with its organisation and events), and what that suggests.

    `days` is the calendar around `today`.
    """
    return scorecard(_facts(session, enquiry, actor=actor, today=today, days=days, settings=settings))


def _facts(
    session: Session, enquiry: Enquiry, *, actor: Actor, today: date, days: Calendar, settings: Settings
) -> EnquiryFacts:
    record = enquiry.known_organisation
    became: Mapping[Status, int] = {}
    if record is not None:
        became = records.what_became(session, record.id, actor=actor, besides=enquiry.id)
    return EnquiryFacts(
        kind=enquiry.kind,
        answers=enquiry.answers,
        recorded=record is not None,
        partner=record is not None and record.partner,
        network=enquiry.network.short_name if enquiry.network else "",
        memberships=tuple(network.short_name for network in record.networks) if record else (),
        notice=_notice(enquiry, today, days),
        screening=preconditions.result(preconditions.latest(enquiry.events)),
        became={status: count for status, count in became.items() if status not in (Status.SPAM, Status.SUSPECT)},
        levels=settings.levels,
    )


def _notice(enquiry: Enquiry, today: date, days: Calendar) -> int | None:
    """Return working days from today to the first day that is asked for."""
    starts = [date.fromisoformat(window["start"]) for window in questions.WINDOWS.of(enquiry.answers) or ()]
    if not starts:
        return None
    return working_days.halves_between(today, min(starts), days) // working_days.WHOLE
