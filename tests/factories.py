"""Rows for tests, made through the domain where it has a verb for them. All names are fictional."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.accounts import passwords, people
from webapp.domain.decisions import referrals
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.domain.directory import faculties
from webapp.domain.enquiries import confirming, drafts, loading, submissions, visiting
from webapp.domain.enquiries.submissions import Submission
from webapp.domain.links import issuing, opening
from webapp.domain.links.opening import Opened
from webapp.domain.organisations import records
from webapp.domain.organisations.records import OrganisationFacts
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.domain.security.tokens import link_token, new_token
from webapp.domain.visits import hosting, programme
from webapp.domain.visits.hosting import Invitee
from webapp.domain.visits.programme import SlotPlan
from webapp.models import NEVER, Enquiry, Faculty, Link, Network, Organisation, Person, Referral, SecondFactor, SlotHost
from webapp.vocabulary import (
    CLOCK_STATUSES,
    ActorKind,
    FactorKind,
    Group,
    Kind,
    Language,
    LeaderRank,
    LinkKind,
    OrganisationType,
    Purpose,
    Role,
    Status,
    VisitMode,
)

# The languages that are on where nothing else is said, each with its catalogue.
LANGUAGES: tuple[Language, ...] = Settings.model_fields["languages"].default
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"
_numbers = count(1)

VISIT_ANSWERS: dict[str, Any] = {
    "mode": VisitMode.IN_PERSON.value,
    "windows": [{"start": "2027-03-09", "end": "2027-03-11", "flex": 2}],
    "purposes": [Purpose.STUDENT_EXCHANGE.value],
    "group_size": 6,
    "leader_name": "Prof. Jan Kowalski",
    "leader_title": "Vice-President for International Affairs",
    "leader_rank": LeaderRank.VICE_PRESIDENT.value,
}


def make_person(
    session: Session, *, role: Role | None = Role.COORDINATOR, name: str = "", email: str = "", **more: Any
) -> Person:
    """Add a person; with a role they have an account with PASSWORD."""
    number = next(_numbers)
    person = people.add(
        session,
        email=email or f"person-{number}@example.org",
        name=name or f"Person {number}",
        role=role,
        now=NOW,
        **more,
    )
    person.password_hash = passwords.hashed(PASSWORD) if role else None
    session.flush()
    return person


def make_authenticator(session: Session, person: Person, *, name: str = "Phone") -> SecondFactor:
    """Give a person something for the second step, whose secret no one has."""
    made = SecondFactor(person_id=person.id, kind=FactorKind.AUTHENTICATOR, name=name, secret="", created_at=NOW)
    session.add(made)
    session.flush()
    return made


def make_network(session: Session, *, slug: str = "", liaison: Person | None = None, **more: Any) -> Network:
    """Add a network that is not among the real ones."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "slug": slug or f"network-{number}",
        "position": number,
        "group": Group.MEMBER,
        "acronym": f"NET{number}",
        "name": {"en": f"Example Network {number}"},
        "summary": {"en": "A network for examples."},
        "description": {"en": "A network for examples."},
        "as_of": date(2026, 11, 23),
        "source_url": "https://example.org/networks",
        "liaison": liaison,
        **more,
    }
    network = Network(**values)
    session.add(network)
    session.flush()
    return network


def submission(kind: Kind = Kind.VISIT, *, answers: Mapping[str, Any] | None = None, **more: Any) -> Submission:
    """Return what a partner sends."""
    values: dict[str, Any] = {
        "kind": kind,
        "network": "",
        "language": Language.EN,
        "contact_name": "Erika Mustermann",
        "contact_position": "Head of International Relations",
        "contact_email": "erika@example.org",
        "phone": "",
        "organisation": "Example Institute of Technology",
        "organisation_type": OrganisationType.UNIVERSITY,
        "country": "DE",
        "subject": "Joint service-learning programme",
        "message": "We would like to agree on a three-year plan.",
        "consent_version": "2026-09-01",
        "answers": answers if answers is not None else (VISIT_ANSWERS if kind is Kind.VISIT else {}),
        **more,
    }
    return Submission(**values)


def make_enquiry(
    session: Session,
    settings: Settings,
    *,
    kind: Kind = Kind.VISIT,
    status: Status = Status.RECEIVED,
    now: datetime = NOW,
    network: Network | None = None,
    assignee: Person | None = None,
    answers: Mapping[str, Any] | None = None,
    confirmed: bool = True,
    **more: Any,
) -> Enquiry:
    """Submit an enquiry as the form does, confirm its address, then bring it to a status."""
    given = submission(kind, answers=answers, network=network.slug if network else "", **more)
    draft = drafts.save(session, new_token(), kind=kind, language=given.language, fields={}, now=now)
    enquiry, _ = submissions.submit(session, given, draft=draft, now=now, settings=settings)
    if confirmed:
        confirming.confirm(session, enquiry, now=now)
    enquiry.status = status
    if status not in CLOCK_STATUSES:
        enquiry.due_on, enquiry.clock_stopped_on = NEVER, now.astimezone(settings.zone).date()
    if assignee is not None:
        enquiry.assignee, enquiry.answerer_id = assignee, assignee.id
    session.flush()
    return enquiry


def make_organisation(session: Session, name: str = "Example Institute of Technology", **more: Any) -> Organisation:
    """Make a record as staff do; by default the one that `submission` writes for."""
    values: dict[str, Any] = {
        "country": "DE",
        "type": OrganisationType.UNIVERSITY,
        "domains": ("example.org",),
        **more,
    }
    return records.add(session, OrganisationFacts(name=name, **values), by=acting())


def staff_actor(role: Role = Role.COORDINATOR, *, person_id: int | None = None) -> Actor:
    """Return an actor of the desk that has no row."""
    return Actor(ActorKind.STAFF, "Lee Siu Ming", person_id, role)


def make_settings(database_url: str, **more: Any) -> Settings:
    """Return settings for tests; nothing listens where queue and mail server would be."""
    values: dict[str, Any] = {
        "env": "test",
        "secret_key": "a key for tests only, thirty-two characters",
        "database_url": database_url,
        "redis_url": "unix:///nonexistent/queue.sock",
        "smtp_url": "smtp://127.0.0.1:9",
        "public_url": "https://desk.example.org",
        "rate_limits": "off",
        **more,
    }
    return Settings.model_validate(values)


def acting(actor: Actor | None = None, *, now: datetime = NOW, settings: Settings | None = None) -> Acting:
    """Return someone acting, by default a coordinator without a row; settings matter only to verbs that read them."""
    return Acting(actor or staff_actor(), now, settings or make_settings("sqlite:///unused.db"))


def make_faculty(session: Session, name: str = "Example Faculty of Engineering", **more: Any) -> Faculty:
    """Make a record as staff do."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": {"en": name, "zh-hant": "範例學院"},
        "contact_name": f"Dr Sample {number}",
        "email": f"faculty-{number}@example.org",
        **more,
    }
    return faculties.add(session, faculties.FacultyFacts(**values), by=acting())


def refer(session: Session, settings: Settings, enquiry: Enquiry, *, now: datetime = NOW, **more: Any) -> Referral:
    """Refer an enquiry to a faculty, a new one by default."""
    values: dict[str, Any] = {
        "question": "Could you receive them?",
        "return_by": now.astimezone(settings.zone).date() + timedelta(3),
        **more,
    }
    if "faculty_id" not in values:
        values["faculty_id"] = make_faculty(session, f"Example Faculty {next(_numbers)}").id
    held = loading.locked(session, enquiry.reference, actor=staff_actor())
    return referrals.refer(session, held, ReferralRequest(**values), by=acting(now=now, settings=settings))


def receive(
    session: Session, settings: Settings, enquiry: Enquiry, person: Person | None = None, *, now: datetime = NOW
) -> SlotHost:
    """Ask someone, a new colleague by default, to receive the visitors of an enquiry in a new slot of its visit."""
    by = acting(now=now, settings=settings)
    held = loading.locked(session, enquiry.reference, actor=staff_actor())
    visiting.made(session, held, now=now, settings=settings)
    starts = now + timedelta(days=90)
    plan = SlotPlan(starts, starts + timedelta(hours=1), {"en": "Meeting"}, {"en": "Talks"})
    slot = programme.add(session, held, plan, by=by)
    invitee = Invitee((person or make_person(session, role=None)).id)
    return hosting.invite(session, held, slot.id, invitee, by=by)


def tracking_token(session: Session, settings: Settings, enquiry: Enquiry) -> str:
    """Return the secret by which the partner opens an enquiry."""
    return link_token(issuing.tracking(session, enquiry), secret_keys=settings.secret_keys)


def opened(session: Session, settings: Settings, link: Link | str, *, now: datetime = NOW, **more: Any) -> Opened:
    """Open a link, of whichever kind, by its row or its token."""
    token = link if isinstance(link, str) else link_token(link, secret_keys=settings.secret_keys)
    return opening.opened(session, token, *LinkKind, now=now, **more)
