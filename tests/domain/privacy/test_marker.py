"""A mark in every personal column of one person: all of it is given out, and none of it is left. What the table of
personal data names is filled by that table itself, so that a new column cannot be forgotten here."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy import Enum as Words
from sqlalchemy.orm import Session

from tests.domain.privacy.dump import hits
from tests.domain.privacy.test_erasure import EMAIL, MARK, admin, fill
from tests.domain.visits.test_visits import confirmed
from tests.factories import NOW, make_enquiry, make_person, opened, receive, staff_actor
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.domain.enquiries import loading, visiting
from webapp.domain.history import audit
from webapp.domain.history.audit import AuditFilters
from webapp.domain.papers import orders, versions
from webapp.domain.privacy import export, holds, leftovers, person, requests, retention
from webapp.domain.privacy.personal_data import TABLE
from webapp.domain.security.permissions import Actor
from webapp.domain.security.tokens import link_token
from webapp.domain.visits import hosting
from webapp.domain.visits.hosting import Reply
from webapp.models import (
    Delegate,
    Draft,
    Enquiry,
    InvitationLetter,
    Message,
    PaperOrder,
    Passport,
    Person,
    RosterChange,
    RosterDraft,
)
from webapp.vocabulary import (
    ActorKind,
    AuditKind,
    DataSubject,
    Kind,
    Language,
    LetterPurpose,
    NameOrder,
    OrderState,
    Paper,
    Role,
    RosterChangeKind,
    RosterDraftState,
    SlotAnswer,
    Status,
)

Write = Callable[[Callable[[Session], Any]], Any]
# What people wrote before they signed in, what they asked for by address, and what is theirs beside an enquiry.
BESIDE = {"contacts", "data_requests", "drafts", "faculties", "link_requests", "saved_forms", "staff_sessions", "tags",
          "waiting_sign_ins", "waiting_words"}  # fmt: skip
# Of colleagues and of the office: who did something, who answers, what someone's account has. An address in the words
# of these is taken out as well (`test_erasure`); counts are hashes, which leak away in two days.
OF_OURS = {"audit_entries", "buckets", "calendar_changes", "calendar_days", "changes", "closure_notices", "closures",
           "leaves", "letter_texts", "mail_holds", "merges", "networks", "organisations", "people", "saved_views",
           "second_factors", "trip_members", "trips"}  # fmt: skip
# Written by the service in a form of its own: `fill` writes them as people do.
BY_ITSELF = {
    ("events", "data"),
    ("events", "actor_name"),
    ("enquiries", "answers"),
    ("enquiries", "contact_email"),
    ("messages", "dedupe_key"),
}
_PERSONS = (DataSubject.PARTNER, DataSubject.CONTACT)


def of_enquiries() -> list[Table]:
    """Return the tables whose rows belong to an enquiry, parents first."""
    tables = [table for table in Base.metadata.sorted_tables if table.name in TABLE]
    return [table for table in tables if "enquiry_id" in table.c or table.name == "enquiries"]


def marked(table: Table, column: Column[Any]) -> Any:
    """Return a value that says where it is; the person's address where one is asked for."""
    said = f"{MARK} {table.name} {column.name}"
    if isinstance(column.type, LargeBinary):
        return said.encode()
    if isinstance(column.type, JSON):
        return {"en": said}
    return EMAIL if column.name.endswith("email") else said


def any_value(session: Session, column: Column[Any], number: int) -> Any:
    """Return a value that fits a column, such as the row of another table, or of this enquiry."""
    for key in column.foreign_keys:
        other = key.column.table
        own = other.c.enquiry_id == number if "enquiry_id" in other.c else True
        return number if other.name == "enquiries" else session.scalar(select(key.column).where(own).limit(1))
    plain: dict[type, Any] = {Boolean: False, Integer: 7, Date: NOW.date(), Numeric: 7, JSON: {}, LargeBinary: b"x"}
    if isinstance(column.type, Words):
        choices: type[Enum] = column.type.enum_class  # type: ignore[assignment]
        return next(iter(choices))
    if isinstance(getattr(column.type, "impl", None), DateTime):
        return NOW
    return next((value for kind, value in plain.items() if isinstance(column.type, kind)), f"x{number}")


def fill_whole(session: Session, number: int) -> None:
    """Put the mark into every personal column of an enquiry and of what belongs to it, making rows."""
    session.flush()
    for table in of_enquiries():
        key = table.c.id if table.name == "enquiries" else table.c.enquiry_id
        if session.scalar(select(key).where(key == number).limit(1)) is None:
            needed = [
                each for each in table.c if (not each.nullable and each.name != "id") or each.name == "enquiry_id"
            ]
            session.execute(insert(table).values({each.name: any_value(session, each, number) for each in needed}))
        values = {
            name: marked(table, table.c[name])
            for name in TABLE[table.name]
            if (table.name, name) not in BY_ITSELF and isinstance(table.c[name].type, (String, JSON, LargeBinary))
        }
        if values:
            session.execute(update(table).where(key == number).values(values))
    session.expire_all()


def fill_beside(session: Session) -> None:
    """Put the mark where it stays for a short time: requests by address, and words that wait for a sign-in."""
    person = make_person(session, role=Role.COORDINATOR)
    kept = URLSafeTimedSerializer("any key").dumps(["/desk", 1, [["text", f"{MARK} for {EMAIL}"]]])
    given: dict[str, dict[str, Any]] = {
        "link_requests": {"email": EMAIL, "wanted": "own_data", "language": "en", "at": NOW},
        "data_requests": {"email": EMAIL, "language": "en", "nonce": "n", "token_hash": "h", "created_at": NOW,
                          "expires_at": NOW + timedelta(7), "erasure_asked_at": NOW, "reason": "", "decided_by": ""},
        "faculties": {"name": {"en": "Faculty"}, "contact_name": f"{MARK} Dean", "email": EMAIL, "language": "en",
                      "active": True, "version": 1, "created_at": NOW, "changed_at": NOW},
        "saved_forms": {"draft_id": session.scalar(select(Draft.id).limit(1)), "nonce": "n", "token_hash": "f",
                        "email": EMAIL, "message_id": session.scalar(select(Message.id).limit(1)), "created_at": NOW,
                        "expires_at": NOW + timedelta(7)},
        "waiting_words": {"token_hash": "w", "kept": kept, "at": NOW},
        "waiting_sign_ins": {"token_hash": "s", "person_id": person.id, "expires_at": NOW, "tries": 0, "kept": kept},
    }  # fmt: skip
    for name, values in given.items():
        session.execute(insert(Base.metadata.tables[name]).values(values))


def the_visit(session: Session) -> int:
    found = session.scalars(select(Enquiry.id).where(Enquiry.kind == Kind.VISIT, Enquiry.contact_email == EMAIL))
    return found.one()


def prepare(session: Session, settings: Settings) -> None:
    fill(session, settings)
    fill_beside(session)
    number = the_visit(session)
    receive(session, settings, session.get_one(Enquiry, number))
    fill_whole(session, number)


def left(session: Session) -> list[str]:
    """Return the rows with the mark: but for an address that merely ends like the person's, and what is only signed."""
    return [row for row in hits(session, MARK) if f"ana.{EMAIL}" not in row]


def test_every_table_is_filled_or_is_not_about_people_outside() -> None:
    assert {table.name for table in of_enquiries()} | BESIDE | OF_OURS == set(TABLE)
    assert not BESIDE & OF_OURS


def test_a_mark_in_every_column_is_given_out_and_then_nowhere(app: Flask, write: Write, settings: Settings) -> None:
    write(lambda session: prepare(session, settings))
    with app.app_context():
        session = db.session()
        before = hits(session, MARK)
        for table in of_enquiries():
            assert any(row.startswith(f"{table.name}:") for row in before), table.name
        content = export.export(session, EMAIL, language=Language.EN, by=admin(settings))
        archive = zipfile.ZipFile(io.BytesIO(content))
        told = archive.read("data.json").decode()
        for table in of_enquiries():
            for name, keeping in TABLE[table.name].items():
                of_them = keeping.whose in _PERSONS and name not in export.SECRET
                if of_them and (table.name, name) not in BY_ITSELF and isinstance(table.c[name].type, (String, JSON)):
                    assert name.endswith("email") or f"{MARK} {table.name} {name}" in told, (table.name, name)
        assert f"{MARK} attachments content".encode() in b"".join(map(archive.read, archive.namelist()))
        session.rollback()
    write(lambda session: requests.erase(session, EMAIL, by=admin(settings)))
    with app.app_context():
        assert left(db.session()) == []
        words = Base.metadata.tables["waiting_words"], Base.metadata.tables["waiting_sign_ins"]
        assert [kept for table in words for kept in db.session().scalars(select(table.c.kept)) if kept] == []


def comes(session: Session, settings: Settings) -> tuple[str, int]:
    """Put someone on the list of delegates of another's visit, with all that is asked and printed of them, beside
    someone else; return the enquiry's reference and id."""
    enquiry = make_enquiry(session, settings, contact_name="Other Person", contact_email="other@example.org")
    receive(session, settings, enquiry)
    for place, (mark, email) in enumerate(((MARK, EMAIL.title()), ("Keptone", "kept@example.org")), 1):
        row = Delegate(enquiry_id=enquiry.id, precedence=place, family_name=mark, given_name="Ada", email=email,
                       name_order=NameOrder.FAMILY_FIRST, invitation_letter=True, diet=f"{mark} diet",
                       access_needs=f"{mark} needs", arrival=f"{mark} flight", vehicle=f"{mark} plate")  # fmt: skip
        row.passport = Passport(enquiry_id=enquiry.id, name=f"{mark} ADA", number=f"{mark} number")
        session.add(row)
        session.flush()
        given: dict[str, Any] = {"enquiry_id": enquiry.id, "asked_at": NOW, "precedence": place}
        after = {"family_name": mark, "email": email, "diet": f"{mark} asked"}
        session.add_all([
            RosterChange(**given, delegate_id=row.id, kind=RosterChangeKind.CHANGE, after=after, passport={}),
            RosterChange(**given, kind=RosterChangeKind.ADD, after=after, passport={"number": f"{mark} new"}),
            InvitationLetter(number=f"IL-2222-222{place}", enquiry_id=enquiry.id, purpose=LetterPurpose.SCHENGEN,
                             name=f"Ada {mark.upper()}", issued_at=NOW, valid_until=NOW.date()),
            PaperOrder(enquiry_id=enquiry.id, name=f"IL-2222-222{place}", state=OrderState.WAITING, asked_at=NOW,
                       facts={"delegate": row.id, "reason": f"{mark} reason"}),
        ])  # fmt: skip
        versions.keep(session, enquiry.id, f"IL-2222-222{place}", f"%PDF {mark}".encode(), now=NOW)
    versions.keep(session, enquiry.id, Paper.DOSSIER, f"%PDF {MARK} and Keptone".encode(), now=NOW)
    session.add(RosterDraft(enquiry_id=enquiry.id, sent_at=NOW, name="list.csv", content=MARK.encode(), choices={},
                            state=RosterDraftState.READ, reading={"rows": [f"{MARK} {EMAIL}"]}, mark="m"))  # fmt: skip
    session.flush()
    return enquiry.reference, enquiry.id


def test_a_delegate_is_given_their_own_and_taken_off_every_list(app: Flask, write: Write, settings: Settings) -> None:
    _reference, number = write(lambda session: comes(session, settings))
    with app.app_context():
        session = db.session()
        assert not person.find(session, EMAIL).is_empty
        content = export.export(session, EMAIL, language=Language.EN, by=admin(settings))
        told = zipfile.ZipFile(io.BytesIO(content)).read("data.json").decode()
        for word in ("diet", "needs", "flight", "plate", "number", "asked", "new"):
            assert f"{MARK} {word}" in told, word
        assert f"Ada {MARK.upper()}" in told
        assert [word for word in ("Keptone", "Other Person", "other@") if word in told] == []
        session.rollback()
    done = write(lambda session: requests.erase(session, EMAIL, by=admin(settings)))
    assert (done.counts["delegates"], done.is_partial, done.mentions) == (3, False, [])
    with app.app_context():
        session = db.session()
        assert hits(session, MARK) == []
        # The other one's stays, and the paper of all is printed anew.
        assert len({row.partition(":")[0] for row in hits(session, "Keptone")}) == 6
        waits = {order.name: order.state for order in orders.of(session, number)}
        assert waits == {"dossier": OrderState.WAITING, "IL-2222-2222": OrderState.WAITING}
        assert person.find(session, EMAIL).is_empty


def test_a_delegate_of_a_visit_on_legal_hold_is_erased_when_that_ends(
    app: Flask, write: Write, settings: Settings
) -> None:
    reference, _number = write(lambda session: comes(session, settings))

    def hold(session: Session) -> None:
        enquiry = loading.locked(session, reference, actor=staff_actor(Role.ADMINISTRATOR))
        if enquiry.hold_since is None:
            holds.put(session, enquiry, "A claim", version=enquiry.version, by=admin(settings))
        else:
            holds.end(session, enquiry, version=enquiry.version, by=admin(settings))

    write(hold)
    assert write(lambda session: requests.erase(session, EMAIL, by=admin(settings))).is_partial
    with app.app_context():
        assert len({row.partition(":")[0] for row in hits(db.session(), MARK)}) > 6
        db.session.rollback()
        assert retention.run(transaction, by=admin(settings))["erasures on hold"] == 0
    write(hold)
    with app.app_context():
        assert retention.run(transaction, by=admin(settings))["erasures on hold"] == 1
        assert hits(db.session(), MARK) == []


def test_a_host_without_an_account_is_named_and_can_be_erased(app: Flask, write: Write, settings: Settings) -> None:
    """By an address outside, let in by an administrator: once the visit is over they ask for it like anyone."""

    def ask(session: Session) -> tuple[str, Any]:
        enquiry = make_enquiry(session, settings, assignee=make_person(session))
        host = receive(session, settings, enquiry, make_person(session, role=None, name=f"{MARK} Host", email=EMAIL))
        assert host.link is not None
        return link_token(host.link, secret_keys=settings.secret_keys), host.slot.ends_at

    token, ends = write(ask)

    def answer(session: Session) -> None:
        link = opened(session, settings, token)
        reply = Reply(SlotAnswer.NO, f"{MARK} is away")
        hosting.answer_by_link(session, link, reply, now=NOW, settings=settings)
        actor = Actor(ActorKind.HOST, f"{MARK} Host", link.link.person_id)
        audit.note(session, AuditKind.LINK_ANSWERED, actor, now=NOW, subject="LD-1", link=link.link.id)

    write(answer)
    later = replace(admin(settings), now=ends + timedelta(days=1))
    with app.app_context():
        session = db.session()
        lines, _more = audit.listed(session, AuditFilters(), actor=admin(settings).actor)
        who = audit.names(session, lines, actor=admin(settings).actor)
        assert [who.get(line.actor_id or 0) for line in lines if line.actor_kind is ActorKind.HOST] == [f"{MARK} Host"]
        assert person.is_ours(session, EMAIL, by=admin(settings))
        told = export.export(session, EMAIL, language=Language.EN, by=later)
        assert f"{MARK} is away" in zipfile.ZipFile(io.BytesIO(told)).read("data.json").decode()
        session.rollback()
    done = write(lambda session: requests.erase(session, EMAIL, by=later))
    assert done.counts["colleagues by link"] == 1
    with app.app_context():
        assert hits(db.session(), MARK) == []
        assert db.session().scalars(select(Person.name).where(Person.erased_at.is_not(None))).one().startswith("Former")


def test_who_was_asked_by_link_long_ago_is_forgotten_by_night(app: Flask, write: Write, settings: Settings) -> None:
    def ask(session: Session) -> None:
        for days, name in ((0, "Lately"), (1200, f"{MARK} Host")):
            past = NOW - timedelta(days=days)
            enquiry = make_enquiry(session, settings, now=past, status=Status.COMPLETED)
            host = make_person(session, role=None, name=name)
            host.created_at = past
            receive(session, settings, enquiry, host, now=past)

    write(ask)
    with app.app_context():
        kept = replace(admin(settings), settings=settings.model_copy(update={"keep_enquiries": 120}))
        due = [each.name for each in retention.passed(db.session(), by=kept) if each.rule == "colleagues by link"]
        assert due == [f"{MARK} Host"]
        db.session.rollback()
        assert retention.run(transaction, by=kept)["colleagues by link"] == 1
        people = set(db.session().scalars(select(Person.name)))
        assert "Lately" in people
        assert f"{MARK} Host" not in people


def test_what_names_a_colleague_by_their_number_is_known_to_wait_for_it_or_not_to() -> None:
    """A column that points at a person decides how long their name is kept: say it in `former`, then here."""
    waits = {"networks.owner_id", "networks.liaison_id", "networks.deputy_id", "networks.escalation_id",
             "enquiries.assignee_id", "enquiries.answerer_id", "events.actor_id", "leaves.person_id", "leaves.cover_id",
             "links.asked_by_id", "visits.host_id", "slot_hosts.person_id",
             "promises.owner_id", "visit_tasks.owner_id", "trip_members.person_id"}  # fmt: skip
    # They show the number that takes the name's place, or go before it.
    shows = {"calendar_changes.actor_id", "changes.actor_id", "merges.actor_id", "links.person_id",
             "invitation_letters.issued_by_id", "invitation_letters.withdrawn_by_id", "roster_drafts.person_id",
             "mentions.person_id", "saved_views.owner_id"}  # fmt: skip
    keys = [key for table in Base.metadata.sorted_tables for key in table.foreign_keys]
    of_people = [key for key in keys if key.column.table.name == "people" and key.ondelete != "CASCADE"]
    assert {f"{key.parent.table.name}.{key.parent.name}" for key in of_people} == waits | shows


def test_what_was_erased_is_in_no_page_of_the_file(
    app: Flask, write: Write, settings: Settings, database_url: str
) -> None:
    """SQLite keeps it in free pages, in its log, and in the index of words, until all of that is overwritten."""
    if not database_url.startswith("sqlite"):
        pytest.skip("a server of its own looks after its files")
    write(lambda session: prepare(session, settings))
    write(lambda session: requests.erase(session, EMAIL, by=admin(settings)))
    with app.app_context():
        leftovers.overwrite(transaction)
    path = Path(database_url.removeprefix("sqlite:///"))
    content = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*")).lower()
    allowed = content.count(f"ana.{EMAIL}".lower().encode())
    assert content.count(MARK.lower().encode()) == allowed


def test_who_receives_a_visit_is_named_until_it_is_over(app: Flask, write: Write, settings: Settings) -> None:
    def left_us(session: Session) -> datetime:
        host = make_person(session, name=f"{MARK} Host", email=EMAIL)
        enquiry = confirmed(session, settings, host_id=host.id)
        host.active, host.closed_at = False, NOW - timedelta(days=4 * 366)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        assert visit.ends_at is not None
        return visit.ends_at

    ends = write(left_us)
    kept = replace(admin(settings), settings=settings.model_copy(update={"keep_enquiries": 1200}))

    def due(now: datetime) -> list[str]:
        with app.app_context():
            found = retention.passed(db.session(), by=replace(kept, now=now))
            db.session.rollback()
        return [each.name for each in found if each.rule == "former colleagues"]

    after = ends + timedelta(days=1)
    assert (due(ends - timedelta(days=1)), due(after)) == ([], [f"{MARK} Host"])
    with app.app_context():
        retention.run(transaction, by=replace(kept, now=after))
        assert [row for row in hits(db.session(), MARK) if not row.startswith("messages")] == []
