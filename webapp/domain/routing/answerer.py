"""Who answers an enquiry today, and why: the network's people, past those who are away, with the office at the end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from webapp.config import Settings
from webapp.domain.security.permissions import Actor
from webapp.models import Enquiry, Leave, Network, Person
from webapp.models.event_data import RoutingStep
from webapp.vocabulary import Language, Obstacle, Permission, Post

# What must be loaded of an enquiry before it can be asked who answers it.
PARTIES: tuple[ORMOption, ...] = (
    joinedload(Enquiry.network).options(joinedload(Network.liaison), joinedload(Network.deputy)),
    joinedload(Enquiry.assignee),
)


@dataclass(frozen=True)
class Answerer:
    """Whom the email goes to, in which post, and whom it passed on the way. An empty name is the office."""

    name: str
    email: str
    language: Language
    person_id: int | None = None
    post: Post = Post.OFFICE
    steps: tuple[RoutingStep, ...] = ()
    has_account: bool = True

    @property
    def is_last_resort(self) -> bool:
        """Return whether no one of those who should answer can be reached, so that someone has to decide who does."""
        return self.person_id is None and bool(self.steps)


def public_name(name: str) -> str:
    """Return a person's name as partners read it: nothing where only an address is known, which is not theirs to see.

    A person to whom an enquiry was passed by address is named by that until someone enters their name.
    """
    return "" if "@" in name else name


class Absences:
    """Who is away on one day, and who answers meanwhile."""

    def __init__(self, leaves: Iterable[Leave]) -> None:
        """`leaves` are those of the day, each with its cover loaded."""
        self._leaves: dict[int, list[Leave]] = {}
        for leave in leaves:
            self._leaves.setdefault(leave.person_id, []).append(leave)

    def of(self, person_id: int, network_id: int | None) -> Leave | None:
        """Return why a person does not answer for a network; what was said for just this network comes first."""
        fitting = [leave for leave in self._leaves.get(person_id, ()) if leave.network_id in (None, network_id)]
        return max(fitting, key=lambda leave: (leave.network_id is not None, leave.ends_on, leave.id), default=None)


def absences(session: Session, *, day: date) -> Absences:
    """Return who is away on a day of the institution, in one query."""
    query = select(Leave).where(Leave.ends_on >= day, Leave.starts_on <= day).options(joinedload(Leave.cover))
    return Absences(session.scalars(query))


def answerer(
    network: Network | None, away: Absences, *, settings: Settings, assignee: Person | None = None
) -> Answerer:
    """Return who answers today: the assignee, else the liaison, the deputy, the mailbox, the office; never no one.

    A person on leave is replaced by their cover, as long as that leads to someone not tried before.
    `network.liaison` and `.deputy` must be loaded.
    """
    search = _Search(network.id if network else None, away)
    for post, person in _posts(network, assignee):
        if person.id not in search.asked:
            found = search.reach(post, person)
            if found is not None:
                return found
    steps = tuple(search.steps)
    if network is not None and network.mailbox:
        language = Language(network.languages[0]) if network.languages else settings.language
        return Answerer(network.short_name, network.mailbox, language, post=Post.MAILBOX, steps=steps)
    return Answerer("", settings.office_email, settings.language, steps=steps)


def may_answer(network: Network | None, away: Absences, *, assignee: Person | None = None) -> frozenset[int]:
    """Return who may answer today, by person's id: assignee, liaison, deputy, and the covers of those who are away.

    More than one may, though one answers. Loaded as for `answerer`.
    """
    search = _Search(network.id if network else None, away)
    for post, person in _posts(network, assignee):
        if person.id not in search.asked:
            search.reach(post, person)
    return frozenset(search.asked)


def _posts(network: Network | None, assignee: Person | None) -> list[tuple[Post, Person]]:
    """Return who is asked, in this order, before anyone covers for them."""
    chosen = [(Post.ASSIGNEE, assignee)]
    if network is not None:
        chosen += [(Post.LIAISON, network.liaison), (Post.DEPUTY, network.deputy)]
    return [(post, person) for post, person in chosen if person is not None]


def unreachable(networks: Iterable[Network], away: Absences, *, actor: Actor, settings: Settings) -> list[Network]:
    """Return the networks, of these, whose people are all away or gone, so that their enquiries are with the office.

    Nothing for those who cannot act on that. `network.liaison` and `.deputy` must be loaded.
    """
    if not (actor.can(Permission.NETWORK_EDIT) or actor.can(Permission.LEAVE_MANAGE)):
        return []
    return [row for row in networks if row.active and _is_with_office(answerer(row, away, settings=settings))]


def _is_with_office(who: Answerer) -> bool:
    return who.post is Post.OFFICE and who.is_last_resort


@dataclass
class _Search:
    """Whom one search has asked so far, and why they do not answer."""

    network_id: int | None
    away: Absences
    asked: set[int] = field(default_factory=set)
    steps: list[RoutingStep] = field(default_factory=list)

    def reach(self, post: Post, person: Person) -> Answerer | None:
        """Follow the covers from one person on. `asked` grows with each step, so that this ends."""
        while person.id not in self.asked:
            self.asked.add(person.id)
            if not person.active:
                self.steps.append(RoutingStep(post, person.name, Obstacle.GONE))
                return None
            leave = self.away.of(person.id, self.network_id)
            if leave is None:
                return self._found(post, person)
            self.steps.append(RoutingStep(post, person.name, Obstacle.AWAY, leave.ends_on))
            if leave.cover is None:
                return None
            post, person = Post.COVER, leave.cover
        self.steps.append(RoutingStep(post, person.name, Obstacle.ASKED))
        return None

    def _found(self, post: Post, person: Person) -> Answerer:
        return Answerer(
            person.name, person.email, person.language, person.id, post, tuple(self.steps), person.may_sign_in
        )


def answerer_of(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> Answerer:
    """Return who answers an enquiry today, at the cost of one query. The enquiry needs what PARTIES loads."""
    away = absences(session, day=now.astimezone(settings.zone).date())
    return answerer(enquiry.network, away, settings=settings, assignee=enquiry.assignee)


def may_answer_now(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> frozenset[int]:
    """Return who may answer an enquiry today, at the cost of one query. The enquiry needs what PARTIES loads."""
    away = absences(session, day=now.astimezone(settings.zone).date())
    return may_answer(enquiry.network, away, assignee=enquiry.assignee)


def needs_rerouting(session: Session, *, now: datetime, settings: Settings) -> list[str]:
    """Return the references of open enquiries that are with someone else than who answers today, oldest first.

    Costs four queries and loads no enquiry, so that it can be asked every few minutes.
    """
    away = absences(session, day=now.astimezone(settings.zone).date())
    posts = (joinedload(Network.liaison), joinedload(Network.deputy))
    networks: Mapping[int, Network] = {row.id: row for row in session.scalars(select(Network).options(*posts))}
    people: Mapping[int, Person] = {row.id: row for row in session.scalars(select(Person))}
    columns = (Enquiry.reference, Enquiry.network_id, Enquiry.assignee_id, Enquiry.answerer_id)
    today: dict[tuple[int | None, int | None], int | None] = {}
    found = []
    for reference, network_id, assignee_id, answerer_id in session.execute(
        select(*columns).where(Enquiry.is_open).order_by(Enquiry.id)
    ):
        both = network_id, assignee_id
        if both not in today:
            network, assignee = networks.get(network_id or 0), people.get(assignee_id or 0)
            today[both] = answerer(network, away, settings=settings, assignee=assignee).person_id
        if today[both] != answerer_id:
            found.append(reference)
    return found
