"""Which email tells whom of what happened."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import answerer_of
from webapp.models import Message
from webapp.vocabulary import Action, Language, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]


def mail(write: Write, settings: Settings, kind: MessageKind, text: str = "Words of somebody") -> Message:
    """Stage one email of a kind for an enquiry in Chinese whose liaison reads English."""

    def make(session: Session) -> Message:
        network = make_network(session, liaison=make_person(session, name="Prof. Chan", email="chan@example.org"))
        enquiry = make_enquiry(session, settings, network=network, language=Language.ZH_HANT)
        enquiry.status = Status.ACCEPTED
        given: dict[str, Any] = {"now": NOW, "settings": settings}
        event = actions.act(session, enquiry, Action.NOTE, text=text, by=acting(settings=settings))
        who = answerer_of(session, enquiry, **given)
        enquiry_mails.send(session, enquiry, kind, who=who, event=event, **given)
        return session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()

    made: Message = write(make)
    assert made.kind is kind
    return made


# Emails that are no letters of one enquiry to its answerer or its partner.
OTHERS = {
    MessageKind.APPROVER_ASKED,
    MessageKind.LIAISON_AWAY,
    MessageKind.PERSON_OWN_DATA,
    MessageKind.PERSON_DECIDED,
    MessageKind.PERSON_CODE,
    MessageKind.PERSON_SAVED_FORM,
    MessageKind.FACULTY_ASKED,
    MessageKind.FACULTY_RECALLED,
    MessageKind.LIAISON_RETURNED,
    MessageKind.LIAISON_PARTNER_WROTE_AGAIN,
    MessageKind.LIAISON_CLOSURE,
    MessageKind.LIAISON_DIGEST,
    MessageKind.LIAISON_MOVED,
    MessageKind.LIAISON_URGENT,
    MessageKind.PARTNER_CLOSURE,
    MessageKind.STAFF_COPIED,
    MessageKind.STAFF_NETWORKS_DUE,
    MessageKind.STAFF_INVITED,
    MessageKind.STAFF_RESET,
    MessageKind.STAFF_PASSWORD_CHANGED,
    MessageKind.STAFF_SECOND_STEP,
    # What they say is in the line of history that they are about.
    MessageKind.LIAISON_DATES,
    MessageKind.LIAISON_GROUP,
    MessageKind.LIAISON_ROSTER,
    MessageKind.STAFF_HOSTING,
    # They are about one slot of a visit's programme.
    MessageKind.LIAISON_SLOT,
    MessageKind.STAFF_SLOT,
}


@pytest.mark.parametrize("kind", sorted(OTHERS))
def test_mails_that_are_no_letters_are_refused_as_such(write: Write, settings: Settings, kind: MessageKind) -> None:
    with pytest.raises(ValueError, match=r"no mail about one|ask_approver"):
        mail(write, settings, kind)


@pytest.mark.parametrize("kind", sorted(set(MessageKind) - OTHERS))
def test_each_mail_goes_to_its_reader_in_their_language(write: Write, settings: Settings, kind: MessageKind) -> None:
    found = mail(write, settings, kind)
    to_partner = kind.startswith("partner_")
    assert found.recipient_email == ("erika@example.org" if to_partner else "chan@example.org")
    assert found.language is (Language.ZH_HANT if to_partner else Language.EN)
    assert found.subject
    assert found.text
    assert found.html


@pytest.mark.parametrize("kind", [MessageKind.PARTNER_RECEIPT, MessageKind.PARTNER_LINK])
def test_mails_that_anybody_can_cause_carry_no_words_of_theirs(
    write: Write, settings: Settings, kind: MessageKind
) -> None:
    found = mail(write, settings, kind)
    everything = found.subject + found.text + found.html + found.recipient_name
    for words in ("Words of somebody", "three-year plan", "service-learning", "Erika", "Example Institute"):
        assert words not in everything
