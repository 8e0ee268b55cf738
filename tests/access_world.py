"""What the access matrix is tried on: an enquiry of the asker's part and one of another's, with all that they have."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.factories import (
    acting,
    make_authenticator,
    make_enquiry,
    make_faculty,
    make_network,
    make_organisation,
    make_person,
    opened,
    receive,
    staff_actor,
)
from webapp.config import Settings
from webapp.domain.accounts import sessions
from webapp.domain.calendar import closures
from webapp.domain.decisions import approvals, referrals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.enquiries import actions, loading, origin, screening, visiting
from webapp.domain.letters import canned_replies
from webapp.domain.letters.canned_replies import ReplyWording
from webapp.domain.links import issuing
from webapp.domain.organisations import contacts, merging, records
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.papers import versions
from webapp.domain.reports import papers
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.security.acting import Acting
from webapp.domain.security.tokens import link_token
from webapp.domain.triage import checklist, notes, tags
from webapp.domain.visits import blocked, rooms, trips
from webapp.domain.visits.blocked import PeriodFacts
from webapp.domain.visits.rooms import RoomFacts
from webapp.domain.visits.trips import TripFacts
from webapp.models import (
    Approval,
    Attachment,
    CalendarFeed,
    DataRequest,
    Delegate,
    Enquiry,
    Gift,
    InvitationLetter,
    Link,
    Mention,
    Message,
    Passport,
    Person,
    Promise,
    Referral,
    RosterChange,
    SavedView,
    StaffSession,
    Term,
)
from webapp.vocabulary import (
    Action,
    ApprovalOutcome,
    FeedScope,
    Finding,
    GiftDirection,
    Kind,
    Language,
    LetterPurpose,
    LinkKind,
    MessageState,
    NameOrder,
    ReportBy,
    Role,
    RosterChangeKind,
    ScreeningResult,
    Status,
    TermKind,
)

AT = datetime.now(UTC) - timedelta(hours=1)  # links have to be good while the test runs
OFFICE = acting(staff_actor(Role.ADMINISTRATOR), now=AT)


@dataclass(frozen=True)
class World:
    """Parameters of addresses, of one's own objects and of another's; and the tokens of links by who holds them."""

    person_id: int
    email: str
    own: dict[str, Any]
    other: dict[str, Any]
    tokens: dict[str, str]


def make(session: Session, settings: Settings, role: Role, *, receives: bool = False) -> World:
    """Make the world for someone with a role; who `receives` is asked for a part of their visit, and has no more."""
    me = make_person(session, role=role, name="Me Myself")
    them = make_person(session, role=role, name="Someone Else")
    common = _common(session, settings)
    versions.keep(session, None, _figures(settings, me.id), b"%PDF-1.7 figures", now=AT)
    own, other = (_side(session, settings, person, word, common) for person, word in ((me, "own"), (them, "other")))
    if receives:
        given = session.query(Enquiry).filter_by(reference=own["reference"]).one()
        given.assignee_id = given.answerer_id = common["colleague_id"]
    return World(me.id, me.email, own | common, other | common, _tokens(session, settings, own["reference"]))


def _figures(settings: Settings, person_id: int) -> str:
    """Return the name of someone's paper of the period that pages show where none is asked for."""
    today = datetime.now(UTC).astimezone(settings.zone).date()
    return papers.name(today.replace(day=1, year=today.year - 1), today, ReportBy.NETWORK, person_id)


def _common(session: Session, settings: Settings) -> dict[str, Any]:
    """Return what belongs to the office, not to anyone in particular."""
    kept, gone = (
        make_organisation(session),
        make_organisation(session, "Example College", domains=("college.example.org",)),
    )
    organisation = make_organisation(session, "Example Academy", domains=("academy.example.org",))
    contact = contacts.add(session, organisation, ContactFacts("Ann Example", "", "ann@academy.example.org"), by=OFFICE)
    merged = merging.merge(session, kept, gone, versions=(kept.version, gone.version), by=OFFICE)
    day = AT.date() + timedelta(40)
    asked = DataRequest(email="asked@example.org", language=Language.EN, nonce="n", token_hash="h", created_at=AT,
                        expires_at=AT + timedelta(5), erasure_asked_at=AT)  # fmt: skip
    term = Term(kind=TermKind.SCOPE, tag="tidal-power", label={"en": "Tidal power"}, position=1)
    session.add_all([asked, term])
    session.flush()
    trip = TripFacts("A trip", day, day, others="The Provost")
    return {
        "room_id": rooms.add(session, RoomFacts({"en": "Senate Room"}), by=OFFICE).id,
        "period_id": blocked.add(session, PeriodFacts({"en": "Examinations"}, day, day), by=OFFICE).id,
        "trip_id": trips.add(session, trip, by=OFFICE).id,
        "organisation_id": organisation.id,
        "request_id": asked.id,
        "contact_id": contact.id,
        "colleague_id": make_person(session).id,
        "merge_id": merged.id,
        "kept_id": kept.id,
        "kept_version": kept.version,
        "term_id": term.id,
        "faculty_id": make_faculty(session).id,
        "reply_id": canned_replies.add(session, ReplyWording("Delegates", Language.EN, "Send the list."), by=OFFICE).id,
        "closure_id": closures.declare(session, day, day, {"en": "Typhoon"}, by=replace(OFFICE, settings=settings)).id,
        "letter": "accept",
        "text_language": "en",
        "part": "promises",
        "kind": "csv",
    }


def _side(session: Session, settings: Settings, person: Person, word: str, common: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of one enquiry that is with a person, and of what that person has."""
    network = make_network(session, slug=f"net-{word}", liaison=person, owner=person)
    made = make_enquiry(session, settings, kind=Kind.VISIT, network=network, assignee=person, status=Status.IN_REVIEW,
                        now=AT, **_words(word))  # fmt: skip
    found = loading.locked(session, made.reference, actor=OFFICE.actor)
    by = replace(OFFICE, settings=settings)
    visiting.made(session, found, now=AT, settings=settings)
    received = receive(session, settings, found, person, now=AT)
    file = Attachment(enquiry_id=found.id, name=f"Plan-{word}-file.pdf", media_type="application/pdf", size=1,
                      sha256="x", content=b"x", added_at=AT)  # fmt: skip
    view = SavedView(owner_id=person.id, name=f"View {word}", query={}, shared=False, created_at=AT)
    feed = CalendarFeed(owner_id=person.id, scope=FeedScope.OWN, nonce=word, token_hash=word, created_at=AT)
    session.add_all([file, view, feed])
    number = "IL-2222-2222" if word == "own" else "IL-3333-3333"
    _delegation(session, found.id, word)
    for name in ("programme", "dossier", number):
        versions.keep(session, found.id, name, f"%PDF-1.7 {word}".encode(), now=AT)
    session.add(InvitationLetter(number=number, enquiry_id=found.id, purpose=LetterPurpose.SCHENGEN, name="KARI DAHL",
                                 issued_at=AT, valid_until=AT.date()))  # fmt: skip
    referral = _history(session, found, person, word, common, by)
    absence = Absence(person.id, date(2099, 1, 4), date(2099, 1, 5))
    away = leave.take(session, absence, by=OFFICE)
    session.flush()
    message = session.query(Message).filter(Message.enquiry_id == found.id).order_by(Message.id).first()
    mention = session.query(Mention).filter(Mention.person_id == person.id).one()
    assert message is not None
    message.state, message.next_attempt_at = MessageState.FAILED, None
    return {
        "reference": found.reference,
        "version": found.version,
        "action": "note",
        "attachment_id": file.id,
        "factor_id": make_authenticator(session, person).id,
        "slot_id": received.slot_id,
        "slot_version": received.slot.version,
        "host_id": received.id,
        "referral_id": referral.id,
        "message_id": message.id,
        "mention_id": mention.id,
        "feed_id": feed.id,
        "view_id": view.id,
        "paper": "programme",
        "number": number,
        "leave_id": away.id,
        "person_id": person.id,
        "sign_in_id": _signed_in(session, person),
        "slug": network.slug,
        "word": word,
        "place": 0,
        "change_id": 1,
    }


def _words(word: str) -> dict[str, Any]:
    return {
        "subject": f"subject-{word}",
        "message": f"message-{word}",
        "contact_name": f"Name-{word}",
        "contact_position": f"position-{word}",
        "contact_email": f"email-{word}@example.org",
        "phone": "+852 2766 5111" if word == "own" else "+852 2766 5222",
        "organisation": f"Organisation-{word}",
        "answers": {"leader_name": f"leader-{word}", "mode": "in_person", "windows": []},
    }


def _delegation(session: Session, enquiry_id: int, word: str) -> None:
    """Someone who comes, with all that is asked of them, and what is to be decided of them."""
    order = NameOrder.FAMILY_FIRST
    who = Delegate(enquiry_id=enquiry_id, precedence=1, family_name=f"Delegate-{word}", name_order=order,
                   position=f"post-{word}", organisation=f"house-{word}", email=f"delegate-{word}@example.org",
                   diet=f"diet-{word}", access_needs=f"needs-{word}",
                   arrival=f"flight-{word}", vehicle=f"plate-{word}", invitation_letter=True)  # fmt: skip
    who.passport = Passport(enquiry_id=enquiry_id, name=f"Passport-name-{word}", number=f"PASSPORT-{word}")
    session.add(who)
    session.flush()
    session.add_all([
        RosterChange(enquiry_id=enquiry_id, delegate_id=who.id, kind=RosterChangeKind.CHANGE, precedence=1,
                     after={"diet": f"diet-asked-{word}"}, passport={"number": f"PASSPORT-{word}"}, asked_at=AT),
        Promise(enquiry_id=enquiry_id, text=f"promise-{word}"),
        Gift(enquiry_id=enquiry_id, direction=GiftDirection.RECEIVED, day=AT.date(),
             item=f"gift-{word}", noted_by="Someone", noted_at=AT),
    ])  # fmt: skip


def _history(
    session: Session, found: Enquiry, person: Person, word: str, common: dict[str, Any], by: Acting
) -> Referral:
    notes.add(session, found, f"note-{word}", named=[person.id], by=by)
    checklist.add(session, found, f"checklist-{word}", by=by)
    tags.tag(session, found, f"tag-{word}", by=by)
    screening.screen(session, found, ScreeningResult.MATCH, lists="List", note=f"screened-{word}", by=by)
    actions.act(session, found, Action.WRITE, text=f"wrote-{word}", by=by.as_(actions.partner(found)))
    actions.act(session, found, Action.REPLY, text=f"reply-{word}", by=by)
    facts = records.OrganisationFacts(name=f"Record {word}", country="DE", type=found.organisation_type,
                                      notes=f"record-notes-{word}")  # fmt: skip
    origin.link_organisation(session, found, records.add(session, facts, by=OFFICE), version=found.version, by=by)
    request = referrals.ReferralRequest(
        faculty_id=common["faculty_id"], question=f"referral-question-{word}", return_by=AT.date() + timedelta(5)
    )
    referrals.refer(session, found, request, by=by)
    _returned(session, found, word, by)
    second = referrals.ReferralRequest(
        faculty_id=make_faculty(session, f"Faculty {word}").id,
        question=f"referral-question-{word}",
        return_by=AT.date() + timedelta(5),
    )
    _approved(session, found, word, by)
    return referrals.refer(session, found, second, by=by)


def _returned(session: Session, found: Enquiry, word: str, by: Acting) -> None:
    row = session.query(Referral).filter(Referral.enquiry_id == found.id).one()
    link = opened(session, by.settings, session.get_one(Link, row.link_id), now=AT)
    given: dict[str, Any] = {"note": f"finding-{word}", "now": AT, "settings": by.settings}
    referrals.answer(session, link, Finding.CANNOT_HELP, **given)


def _approved(session: Session, found: Enquiry, word: str, by: Acting) -> None:
    """Ask two, of whom the first answers: the link of the other is still good."""
    asked = [Approver(f"Prof. {name}", f"{name.lower()}-{word}@example.org") for name in ("Ho", "Lau")]
    approvals.ask(session, found, asked, in_order=False, text=f"approval-question-{word}", by=by)
    first = session.query(Approval).filter(Approval.enquiry_id == found.id).order_by(Approval.id).first()
    assert first is not None
    link = opened(session, by.settings, session.get_one(Link, first.link_id), now=AT)
    given: dict[str, Any] = {"note": f"approval-answer-{word}", "now": AT, "settings": by.settings}
    approvals.answer(session, link, ApprovalOutcome.APPROVED, **given)


def _signed_in(session: Session, person: Person) -> int:
    sessions.open_session(session, person, now=AT)
    session.flush()
    return session.query(StaffSession).filter(StaffSession.person_id == person.id).one().id


def _tokens(session: Session, settings: Settings, reference: str) -> dict[str, str]:
    found = loading.locked(session, reference, actor=OFFICE.actor)
    decision = issuing.issue(session, found, found.assignee_id or 0, now=datetime.now(UTC), settings=settings)
    asked = session.query(Link).filter(Link.enquiry_id == found.id)
    rows: dict[str, Any] = {
        "partner": issuing.tracking(session, found),
        "liaison": decision,
        "approver": asked.filter(Link.kind == LinkKind.APPROVAL).order_by(Link.id.desc()).first(),
        "faculty": asked.filter(Link.kind == LinkKind.REFERRAL).order_by(Link.id.desc()).first(),
        "host": asked.filter(Link.kind == LinkKind.HOST).one(),
    }
    return {name: link_token(row, secret_keys=settings.secret_keys) for name, row in rows.items()}
