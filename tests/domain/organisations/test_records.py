"""Organisations: found by any name, edited without losing words, linked to enquiries, merged and parted again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_organisation, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import origin
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.history import changes as history_changes
from webapp.domain.organisations import contacts, merging
from webapp.domain.organisations import records as organisation_records
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.organisations.records import OrganisationFacts
from webapp.domain.triage import queue
from webapp.models import Change, Contact, Enquiry, Event, Organisation, OrganisationKey
from webapp.vocabulary import AuditAction, KeyKind, RecordType, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
ACTOR = staff_actor()


def facts(found: Organisation) -> OrganisationFacts:
    return organisation_records.facts_of(found)


@pytest.mark.parametrize("text", ["exämple", "範例", "EXAMPLE.ORG", "technology  institute", "  "])
def test_record_is_found_by_any_of_its_names_and_domains(write: Write, text: str) -> None:
    def look(session: Session) -> list[str]:
        make_organisation(session, aliases=("範例理工學院",))
        page = organisation_records.listed(session, actor=ACTOR, text=text)
        return [row.name for row in page.rows]

    assert write(look) == ["Example Institute of Technology"]


def test_pages_neither_skip_nor_repeat_a_record(write: Write) -> None:
    def look(session: Session) -> None:
        names = [f"College {n % 4}" for n in range(11)]
        for name in names:
            make_organisation(session, name)
        make_organisation(session, "Elsewhere", country="FR")
        seen: list[int] = []
        after: int | None = None
        while True:
            page = organisation_records.listed(session, actor=ACTOR, country="DE", after=after, limit=3)
            seen += [row.id for row in page.rows]
            if page.next is None:
                break
            after = page.next
        assert len(seen) == len(set(seen)) == 11

    write(look)


def test_keys_are_what_the_record_says(write: Write) -> None:
    def look(session: Session) -> None:
        found = make_organisation(session, "The Example", aliases=("範例", "Example"), domains=("example.org",))
        organisation_records.edit(session, found, replace(facts(found), aliases=("Ex",)), version=1, by=acting(ACTOR))
        session.flush()
        keys = session.execute(select(OrganisationKey.kind, OrganisationKey.value)).all()
        assert {tuple(key) for key in keys} == {
            (KeyKind.NAME, "example"), (KeyKind.NAME, "ex"), (KeyKind.DOMAIN, "example.org"),
        }  # fmt: skip

    write(look)


def test_second_editor_is_refused_and_told_what_the_first_changed(write: Write) -> None:
    def look(session: Session) -> None:
        found = make_organisation(session)
        first, second = replace(facts(found), notes="Met in 2024"), replace(facts(found), notes="Never met")
        organisation_records.edit(session, found, first, version=1, by=acting(ACTOR))
        with pytest.raises(Conflict):
            organisation_records.edit(session, found, second, version=1, by=acting(ACTOR))
        assert (found.notes, found.version) == ("Met in 2024", 2)
        changes = history_changes.history(session, RecordType.ORGANISATION, found.id)
        assert history_changes.missed(changes, 1) == {"notes": ("", "Met in 2024")}
        assert history_changes.missed(changes, 2) == {}

    write(look)


def test_saving_without_a_change_is_no_change(write: Write) -> None:
    def look(session: Session) -> None:
        found = make_organisation(session)
        organisation_records.edit(session, found, facts(found), version=1, by=acting(ACTOR))
        assert found.version == 1
        assert [change.deed for change in history_changes.history(session, RecordType.ORGANISATION, found.id)] == [
            AuditAction.MADE
        ]

    write(look)


def test_history_of_records_is_append_only(session: Session, write: Write) -> None:
    write(make_organisation)
    change = session.scalars(select(Change)).one()
    change.actor_name = "Somebody else"
    with pytest.raises(RuntimeError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COORDINATOR, Role.ADMINISTRATOR)])
def test_records_are_kept_by_coordinators_and_administrators(write: Write, role: Role, settings: Settings) -> None:
    def look(session: Session) -> None:
        found = make_organisation(session)
        actor = staff_actor(role)
        enquiry = make_enquiry(session, settings, organisation="Other")
        for refused in (
            lambda: organisation_records.add(session, facts(found), by=acting(actor)),
            lambda: organisation_records.locked(session, found.id, actor=actor),
            lambda: organisation_records.edit(session, found, facts(found), version=1, by=acting(actor)),
            lambda: origin.link_organisation(session, enquiry, found, by=acting(actor, settings=settings)),
            lambda: contacts.add(session, found, ContactFacts("A"), by=acting(actor)),
            lambda: merging.undo(session, 1, by=acting(actor)),
        ):
            with pytest.raises(NotAllowed):
                refused()
        if role is not Role.OBSERVER:
            with pytest.raises(NotAllowed):
                organisation_records.record(session, found.id, actor=actor)

    write(look)


def test_link_makes_the_contact_and_a_line_of_history(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        record = organisation_records.add(session, origin.facts_from(enquiry), by=acting(ACTOR))
        assert (record.name, record.domains, record.country) == (enquiry.organisation, ["example.org"], "DE")
        event = origin.link_organisation(session, enquiry, record, version=1, by=acting(ACTOR, settings=settings))
        contact = session.get_one(Contact, enquiry.contact_id)
        assert (contact.email, contact.organisation_id) == ("erika@example.org", record.id)
        assert (enquiry.organisation_id, enquiry.version, event.public) == (record.id, 2, False)
        with pytest.raises(Conflict):
            origin.link_organisation(session, enquiry, None, version=1, by=acting(ACTOR, settings=settings))

    write(look)


def test_wrong_link_takes_its_contact_along_when_corrected(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        wrong, right = make_organisation(session, "Wrong"), make_organisation(session, "Right")
        enquiry, other = make_enquiry(session, settings), make_enquiry(session, settings)
        by = acting(ACTOR, settings=settings)
        origin.link_organisation(session, enquiry, wrong, by=by)
        origin.link_organisation(session, enquiry, right, by=by)
        contact = session.get_one(Contact, enquiry.contact_id)
        assert contact.organisation_id == right.id
        origin.link_organisation(session, other, right, by=by)
        origin.link_organisation(session, other, wrong, by=by)
        assert contact.organisation_id == right.id, "two enquiries know this contact there"
        origin.link_organisation(session, other, None, by=by)
        assert (other.organisation_id, other.contact_id) == (None, contact.id)

    write(look)


def test_address_belongs_to_one_contact(write: Write) -> None:
    def look(session: Session) -> None:
        record = make_organisation(session)
        contacts.add(session, record, ContactFacts("A", email="A@example.org"), by=acting(ACTOR))
        nobody = contacts.add(session, record, ContactFacts("B"), by=acting(ACTOR))
        contacts.add(session, record, ContactFacts("C"), by=acting(ACTOR))
        with pytest.raises(Invalid):
            contacts.edit(session, nobody, ContactFacts("B", email="a@example.org"), version=1, by=acting(ACTOR))
        with pytest.raises(Conflict):
            contacts.edit(session, nobody, ContactFacts("B2"), version=2, by=acting(ACTOR))
        contacts.edit(session, nobody, ContactFacts("B2"), version=1, by=acting(ACTOR))
        assert (nobody.name, nobody.version) == ("B2", 2)

    write(look)


def two_records(session: Session, settings: Settings) -> tuple[Organisation, Organisation, list[Enquiry]]:
    """Two records of one organisation, each with an enquiry and its contact."""
    one, two = make_network(session, slug="one"), make_network(session, slug="two")
    kept = make_organisation(
        session, "Example University", domains=("example.org",), networks=(one.slug,), notes="Ours"
    )
    gone = make_organisation(
        session, "範例大學", aliases=("EU", "example university"), domains=("example.org", "example.tw"),
        networks=(one.slug, two.slug), partner=True, notes="Theirs", agreements="2020: exchange",
    )  # fmt: skip
    enquiries = [make_enquiry(session, settings, contact_email=f"a{n}@example.net") for n in range(2)]
    for enquiry, record in zip(enquiries, (kept, gone), strict=True):
        origin.link_organisation(session, enquiry, record, by=acting(ACTOR, settings=settings))
    session.flush()
    return kept, gone, enquiries


def state(session: Session) -> list[Any]:
    """All that merging touches, as it is now."""
    session.flush()
    session.expire_all()
    found = session.scalars(select(Organisation).order_by(Organisation.id)).all()
    records = [
        (organisation_records.facts_of(organisation_records.record(session, each.id, actor=ACTOR)), each.merged_into_id)
        for each in found
    ]
    links = session.execute(select(Enquiry.id, Enquiry.organisation_id, Enquiry.version).order_by(Enquiry.id)).all()
    people = session.execute(select(Contact.id, Contact.organisation_id).order_by(Contact.id)).all()
    keys = select(OrganisationKey.organisation_id, OrganisationKey.kind, OrganisationKey.value)
    return [records, list(links), list(people), sorted(session.execute(keys).all())]


def test_merge_moves_what_the_preview_said_and_undo_puts_it_back(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        kept, gone, enquiries = two_records(session, settings)
        before = state(session)
        kept, gone = (organisation_records.record(session, each.id, actor=ACTOR) for each in (kept, gone))
        plan = merging.preview(session, kept, gone)
        assert state(session) == before
        assert (plan.enquiries, plan.contacts) == (1, 1)
        assert (plan.names, plan.domains, plan.networks) == (("範例大學", "EU"), ("example.tw",), ("two",))
        kept, gone = (organisation_records.record(session, each.id, actor=ACTOR) for each in (kept, gone))
        events = len(session.scalars(select(Event)).all())
        row = merging.merge(
            session, kept, gone, versions=(kept.version, gone.version), by=acting(ACTOR, now=NOW + timedelta(1))
        )
        assert [enquiry.organisation_id for enquiry in enquiries] == [kept.id, kept.id]
        assert set(session.scalars(select(Contact.organisation_id))) == {kept.id}
        assert (kept.partner, kept.notes, kept.agreements) == (True, "Ours\nTheirs", "2020: exchange")
        assert kept.aliases == ["範例大學", "EU"]
        assert [row.name for row in organisation_records.listed(session, actor=ACTOR).rows] == [kept.name]
        assert len(session.scalars(select(Event)).all()) == events
        with pytest.raises(NotFound):
            organisation_records.locked(session, gone.id, actor=ACTOR)
        merging.undo(session, row.id, by=acting(ACTOR, now=NOW + timedelta(2)))
        assert state(session) == before
        with pytest.raises(NotAllowed):
            merging.undo(session, row.id, by=acting(ACTOR))
        deeds = [change.deed for change in history_changes.history(session, RecordType.ORGANISATION, kept.id)]
        assert deeds == [AuditAction.SPLIT, AuditAction.MERGED, AuditAction.MADE]

    write(look)


def test_undo_leaves_what_was_changed_since(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        kept, gone, enquiries = two_records(session, settings)
        third = make_organisation(session, "Third")
        row = merging.merge(session, kept, gone, versions=(1, 1), by=acting(ACTOR))
        origin.link_organisation(session, enquiries[1], third, by=acting(ACTOR, settings=settings))
        changed = replace(facts(kept), notes="Ours\nTheirs\nand more", aliases=("EU", "Exa"))
        organisation_records.edit(session, kept, changed, version=kept.version, by=acting(ACTOR))
        merging.undo(session, row.id, by=acting(ACTOR))
        assert enquiries[1].organisation_id == third.id
        assert (kept.notes, kept.aliases) == ("Ours\nTheirs\nand more", ["Exa"])

    write(look)


def test_merge_minds_what_others_changed(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        kept, gone, _ = two_records(session, settings)
        for versions in ((2, 1), (1, 2)):
            with pytest.raises(Conflict):
                merging.merge(session, kept, gone, versions=versions, by=acting(ACTOR))
        with pytest.raises(Invalid):
            merging.preview(session, kept, kept)
        row = merging.merge(session, kept, gone, versions=(1, 1), by=acting(ACTOR))
        third = make_organisation(session, "Third")
        merging.merge(session, third, kept, versions=(1, 2), by=acting(ACTOR))
        with pytest.raises(NotAllowed):
            merging.undo(session, row.id, by=acting(ACTOR))

    write(look)


def test_link_to_a_record_that_is_gone_is_refused(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        kept, gone, enquiries = two_records(session, settings)
        merging.merge(session, kept, gone, versions=(1, 1), by=acting(ACTOR))
        with pytest.raises(Invalid):
            origin.link_organisation(session, enquiries[0], gone, by=acting(ACTOR, settings=settings))
        fresh = make_enquiry(session, settings, organisation="EU", contact_email="b@example.tw")
        assert fresh.organisation_id == kept.id, "later enquiries are recognised as the kept record"

    write(look)


def test_what_became_counts_what_the_actor_sees(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        record = make_organisation(session)
        for status in (Status.DECLINED, Status.DECLINED, Status.COMPLETED, Status.RECEIVED):
            last = make_enquiry(session, settings, status=status)
        found = organisation_records.what_became(session, record.id, actor=ACTOR, besides=last.id)
        assert found == {Status.DECLINED: 2, Status.COMPLETED: 1}
        assert organisation_records.what_became(session, record.id, actor=staff_actor(Role.HOST, person_id=1)) == {}
        page = queue.queue(session, queue.Filters(statuses=(Status.DECLINED,), organisation_id=record.id), actor=ACTOR)
        assert len(page.rows) == 2

    write(look)
