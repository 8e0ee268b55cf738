"""Who may do what: one table from role to permissions, and the part of the enquiries that an actor sees."""

from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from webapp.domain.errors import NotAllowed
from webapp.models import Enquiry, Network, Person, SlotHost, Visit, VisitSlot
from webapp.vocabulary import ActorKind, Permission, Role, SlotAnswer, VisitState

P = Permission
_READ = frozenset({P.ENQUIRY_READ, P.MESSAGE_READ, P.NETWORK_READ, P.LEAVE_TAKE, P.REPORT_READ})
_LIAISON = _READ | {
    P.ENQUIRY_TRIAGE,
    P.ENQUIRY_DECIDE,
    P.ENQUIRY_NOTE,
    P.ENQUIRY_REPLY,
    P.NETWORK_VERIFY,
    P.CARE_READ,
}
_COORDINATOR = _LIAISON | {
    P.ENQUIRY_ASSIGN,
    P.MESSAGE_RESEND,
    P.LEAVE_MANAGE,
    P.CALENDAR_EDIT,
    P.ORGANISATION_READ,
    P.ORGANISATION_EDIT,
    P.ENQUIRY_SCREEN,
    P.PASSPORT_READ,
    P.FACULTY_EDIT,
    P.VIEW_SHARE,
    P.REPLY_EDIT,
}

TABLE: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: _COORDINATOR
    | {
        P.NETWORK_EDIT,
        P.PERSON_MANAGE,
        P.OUTSIDER_NAME,
        P.LETTER_EDIT,
        P.SETTINGS_EDIT,
        P.CHANGE_READ,
        P.PRIVACY_MANAGE,
        P.AUDIT_READ,
    },
    Role.COORDINATOR: _COORDINATOR,
    Role.LIAISON: _LIAISON,
    Role.HOST: frozenset({P.ENQUIRY_READ, P.ENQUIRY_NOTE, P.LEAVE_TAKE, P.CARE_READ}),
    Role.OBSERVER: _READ | {P.ORGANISATION_READ},
}
# Those who act by a link: the partner, and those who answer by the link in an email.
LINKS: dict[ActorKind, frozenset[Permission]] = {
    ActorKind.PARTNER: frozenset({P.TRACKING_USE}),
    ActorKind.LIAISON: frozenset({P.ENQUIRY_DECIDE, P.ENQUIRY_ASSIGN, P.LEAVE_TAKE}),
    ActorKind.APPROVER: frozenset({P.APPROVAL_GIVE}),
    ActorKind.FACULTY: frozenset({P.REFERRAL_GIVE}),
    # Their link acts on one slot alone, whatever they may otherwise.
    ActorKind.HOST: frozenset(),
}
# Roles that see every enquiry; the others see their own part of them.
SEE_ALL = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.OBSERVER})
# Roles that read what is no work of theirs: the audit log keeps which enquiries they opened.
ONLY_READ = frozenset({Role.OBSERVER})


@dataclass(frozen=True)
class Origin:
    """From where someone acts: the address and the request; on the command line, the server's user."""

    address: str = ""
    request_id: str = ""
    system_user: str = ""


UNKNOWN_ORIGIN = Origin()


@dataclass(frozen=True)
class Actor:
    """Who does something: staff with a role, someone by a link, or the service itself."""

    kind: ActorKind
    name: str
    person_id: int | None = None
    role: Role | None = None
    origin: Origin = field(default=UNKNOWN_ORIGIN, compare=False)
    # Those that a liaison answers for, where they were read; else conditions look them up.
    networks: frozenset[int] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        if self.kind in LINKS:
            return LINKS[self.kind]
        return TABLE[self.role] if self.role is not None else frozenset()

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions


SYSTEM = Actor(ActorKind.SYSTEM, "")
# Those who can run commands on the server may do all that an administrator may.
COMMAND_LINE = Actor(ActorKind.SYSTEM, "Command line", None, Role.ADMINISTRATOR)


def staff(person: Person, origin: Origin = UNKNOWN_ORIGIN, networks: frozenset[int] | None = None) -> Actor:
    """Return the actor that a person with an account is; without a role there are no permissions."""
    return Actor(ActorKind.STAFF, person.name, person.id, person.role, origin, networks)


def answered_by(session: Session, person: Person) -> frozenset[int] | None:
    """Return the networks that a liaison answers for, also as deputy; None for a role that sees no more by them.

    With their numbers PostgreSQL knows whether someone sees much or little, and reads no enquiries of others.
    """
    return frozenset(session.scalars(answered(staff(person)))) if person.role is Role.LIAISON else None


def as_now(actor: Actor) -> Actor:
    """Return an actor whose networks are looked up when they are asked for: what is changed asks it at that moment."""
    return replace(actor, networks=None)


def answered(actor: Actor) -> Select[int]:
    """Return the networks whose enquiries the actor sees as liaison or deputy: none in another role."""
    own = or_(Network.liaison_id == actor.person_id, Network.deputy_id == actor.person_id)
    return select(Network.id).where(own if actor.role is Role.LIAISON else false())


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the actor holds the permission."""
    if not actor.can(permission):
        raise NotAllowed(f"{actor.role or actor.kind} may not {permission}")


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an enquiry must meet for the actor to see it whole; every fetch must have it.

    Who only receives its visitors does not: see `visit_visible`.
    """
    if actor.role in SEE_ALL:
        return true()
    if actor.role is Role.LIAISON and actor.networks != frozenset():
        own = answered(actor) if actor.networks is None else sorted(actor.networks)
        return or_(Enquiry.network_id.in_(own), given(actor))
    return given(actor) if actor.role in (Role.LIAISON, Role.HOST) else false()


def given(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an enquiry was given to the actor, or is theirs to answer."""
    return or_(Enquiry.assignee_id == actor.person_id, Enquiry.answerer_id == actor.person_id)


def visit_visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an enquiry must meet for the actor to see of its visit what hosts see.

    Those who see it whole, and those who receive: as host of the confirmed visit, or asked for a slot, until they
    say no.
    """
    if actor.role is None or actor.role in SEE_ALL:
        return visible(actor)
    asked = (
        SlotHost.person_id == actor.person_id,
        SlotHost.invited_at.is_not(None),
        SlotHost.answer.in_((SlotAnswer.NONE, SlotAnswer.YES)),
    )
    of_visit, slots = aliased(Visit), select(true()).select_from(SlotHost).join(VisitSlot)
    hosts = select(true()).where(of_visit.host_id == actor.person_id, of_visit.confirmed_at.is_not(None))
    receives = slots.join(of_visit, of_visit.id == VisitSlot.visit_id).where(
        SlotHost.enquiry_id == Enquiry.id, *asked, of_visit.state != VisitState.CANCELLED
    )
    # Asked for each enquiry by itself: for a list of all that someone received PostgreSQL would read every enquiry.
    each = (hosts.where(of_visit.enquiry_id == Enquiry.id), receives.limit(1))
    return or_(visible(actor), *(one.correlate(Enquiry).scalar_subquery() for one in each))
