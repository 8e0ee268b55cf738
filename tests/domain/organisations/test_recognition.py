"""Enquiries are linked to what they certainly come from, and nothing else; the rest is suggested with the reason."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_organisation, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions, loading
from webapp.domain.organisations import contacts, recognition
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.organisations.recognition import Reason, domains_of, name_key
from webapp.models import Enquiry, Event
from webapp.vocabulary import ActorKind, EventKind

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The University of Example", "university of example"),
        ("Universität Exämple", "UNIVERSITAT  EXAMPLE"),
        ("Example Univ. (Main Campus)", "example univ main campus"),
        ("ＥＸＡＭＰＬＥ大學", "example大學"),
        ("Institut d’Exemple", "Institut d'Exemple"),
        ("Xi’an Example University", "Xian Example University"),
        ("Example–Muster University", "Example Muster University"),
        ("Straßen-Institut Łódź", "STRASSEN INSTITUT LODZ"),
        ("範例大學\u200b", "范例大学"),
    ],
)
def test_names_are_compared_without_what_writers_vary(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("範例大學", "範例学院"),
        ("University of A", "University of B"),
        # What the search finds alike: words run together, in another order, or some of them.
        ("Muster-Stadt University", "Musterstadt University"),
        ("Example University", "University Example"),
        ("Example University", "Example University of Art"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("name", ["", "…", "—()", " "])
def test_name_without_letters_is_no_name(name: str) -> None:
    assert name_key(name) == ""


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("a@example.org", ("example.org",)),
        ("a@Lab.Example.edu.hk", ("lab.example.edu.hk", "example.edu.hk", "edu.hk")),
        ("a@gmail.com", ()),
        ("a@vip.qq.com", ()),
        ("a@localhost", ()),
        ("", ()),
    ],
)
def test_domains_of_public_providers_say_nothing(email: str, expected: tuple[str, ...]) -> None:
    assert domains_of(email) == expected


@pytest.mark.parametrize(
    ("given", "certain"),
    [
        ({}, True),
        ({"organisation": "EXAMPLE institute of technology"}, True),
        ({"contact_email": "a@lab.example.org"}, True),
        ({"organisation": "EIT"}, True),
        ({"organisation": "Another Institute"}, False),
        ({"contact_email": "a@example.com"}, False),
        ({"contact_email": "example@gmail.com"}, False),
    ],
)
def test_organisation_is_linked_only_by_domain_and_name_together(
    write: Write, settings: Settings, given: dict[str, str], certain: bool
) -> None:
    def submit(session: Session) -> None:
        record = make_organisation(session, aliases=("EIT",), domains=("example.org", "gmail.com"))
        enquiry = make_enquiry(session, settings, **given)
        assert enquiry.organisation_id == (record.id if certain else None)
        events = session.scalars(
            select(Event).where(Event.enquiry_id == enquiry.id, Event.kind == EventKind.LINKED)
        ).all()
        assert [(event.actor_kind, event.public, event.facts.organisation) for event in events] == (
            [(ActorKind.SYSTEM, False, record.name)] if certain else []
        )

    write(submit)


def test_two_records_that_fit_are_left_to_a_person(write: Write, settings: Settings) -> None:
    def submit(session: Session) -> None:
        one, two = make_organisation(session), make_organisation(session)
        enquiry = loading.enquiry(session, make_enquiry(session, settings).reference, actor=staff_actor())
        assert enquiry.organisation_id is None
        assert {each.organisation.id for each in recognition.suggestions(session, enquiry)} == {one.id, two.id}

    write(submit)


def test_contact_is_linked_by_the_address_and_its_organisation_is_suggested(write: Write, settings: Settings) -> None:
    def submit(session: Session) -> None:
        record = make_organisation(session, "Somewhere Else", domains=())
        facts = ContactFacts("E. Mustermann", email="ERIKA@example.org")
        contact = contacts.add(session, record, facts, by=acting())
        made = make_enquiry(session, settings)
        assert (made.contact_id, made.organisation_id) == (contact.id, None)
        enquiry = loading.enquiry(session, made.reference, actor=staff_actor())
        found = recognition.suggestions(session, enquiry)
        assert [(each.organisation.id, each.reasons) for each in found] == [(record.id, (Reason.CONTACT,))]

    write(submit)


def test_suggestions_give_each_reason_and_stand_in_order(write: Write, settings: Settings) -> None:
    def submit(session: Session) -> None:
        make_organisation(session, "Unrelated College", domains=("example.net",))
        domain = make_organisation(session, "Sister Campus", domains=("example.org",))
        name = make_organisation(session, domains=("example.net",))
        similar = make_organisation(session, "Example Institute of Technologies", domains=())
        both = make_organisation(session, "Zed", domains=("example.org",), aliases=("Example Inst. of Technology",))
        made = make_enquiry(session, settings)
        enquiry = loading.enquiry(session, made.reference, actor=staff_actor())
        found = {each.organisation.id: each.reasons for each in recognition.suggestions(session, enquiry)}
        assert found == {
            both.id: (Reason.DOMAIN, Reason.SIMILAR),
            name.id: (Reason.NAME,),
            similar.id: (Reason.SIMILAR,),
            domain.id: (Reason.DOMAIN,),
        }
        assert next(iter(found)) == both.id

    write(submit)


def test_recognising_leaves_the_version_alone(write: Write, settings: Settings) -> None:
    """The emails' links and the first page of staff speak of version 1."""

    def submit(session: Session) -> None:
        make_organisation(session)
        enquiry = make_enquiry(session, settings)
        assert enquiry.organisation_id is not None
        assert enquiry.version == 1
        assert actions.partner(enquiry).name == enquiry.contact_name
        assert session.scalars(select(Enquiry)).one() is enquiry

    write(submit)
