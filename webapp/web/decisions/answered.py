"""The page of a link that did its work: the enquiry's name, the question, the answer and its date, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, render_template
from flask_babel import gettext as _

from webapp import labels
from webapp.domain.links.opening import Opened
from webapp.models import Approval, Enquiry, Event, Referral
from webapp.vocabulary import IN_HAND, ActorKind, ApprovalOutcome
from webapp.web import former
from webapp.web.decisions.blueprint import speak


@dataclass(frozen=True)
class Words:
    """What someone said, and when; `ours` is the side on which it is shown."""

    who: str
    at: datetime
    text: str
    ours: bool


@dataclass(frozen=True)
class Answered:
    """All that the page knows: no row reaches the template, so that nothing written later can."""

    reference: str
    organisation: str
    heading: str
    label: str = ""
    question: Words | None = None
    answer: Words | None = None


def page(found: Opened, code: int = 200) -> Response:
    """Return the page; `code` 409 says that what was sent now was not taken."""
    speak(found)
    told = _told(found)
    return make_response(render_template("decisions/answered.html", told=told, refused=code == 409), code)


def _told(found: Opened) -> Answered:
    name = (found.enquiry.reference, found.enquiry.organisation)
    match found.question:
        case Approval() as asked:
            assert asked.outcome is not None
            assert asked.answered_at is not None
            given = asked.outcome is ApprovalOutcome.APPROVED
            return Answered(
                *name,
                heading=_("You approved") if given else _("You did not approve"),
                question=Words(
                    former.colleague(asked.asked_by) or _("The office"), asked.created_at, asked.question, ours=True
                ),
                answer=Words(asked.name, asked.answered_at, asked.note, ours=False),
            )
        case Referral() as referred:
            assert referred.finding is not None
            assert referred.returned_at is not None
            question = Words(
                former.colleague(referred.referred_by) or _("The office"),
                referred.created_at,
                referred.question,
                ours=True,
            )
            return Answered(
                *name,
                heading=_("Answered by %(name)s", name=referred.name),
                label=_(labels.FINDING[referred.finding]),
                question=question,
                answer=Words(referred.name, referred.returned_at, referred.note, ours=False),
            )
    return _decided(found.enquiry)


def _decided(enquiry: Enquiry) -> Answered:
    """Return the answer that took an enquiry (with its public events) out of hand, not what became of it since."""
    question = Words(enquiry.contact_name, enquiry.submitted_at, enquiry.message, ours=False)
    event = next(filter(_took_out_of_hand, reversed(enquiry.events)), None)
    told = {"heading": _("This enquiry has its answer"), "question": question}
    if event is None or event.status_change is None:
        return Answered(enquiry.reference, enquiry.organisation, **told)
    partner = event.actor_kind is ActorKind.PARTNER
    who = enquiry.contact_name if partner else former.colleague(event.actor_name) or _("the office")
    return Answered(
        enquiry.reference,
        enquiry.organisation,
        **told,
        label=_(labels.STATUS_DESK[event.status_change.after]),
        answer=Words(who, event.at, event.text, ours=not partner),
    )


def _took_out_of_hand(event: Event) -> bool:
    change = event.status_change
    return change is not None and change.before in IN_HAND and change.after not in IN_HAND
