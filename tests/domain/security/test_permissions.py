"""Who may do what, and which enquiries each role sees."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.enquiries import loading
from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.messages import outbox
from webapp.domain.security.permissions import SYSTEM, TABLE, Actor, answered_by, require, staff, visible
from webapp.domain.triage import queue
from webapp.domain.triage.queue import Filters
from webapp.models import Enquiry, Message
from webapp.vocabulary import ActorKind, Permission, Role

P = Permission
EVERYTHING = set(P) - {P.TRACKING_USE, P.APPROVAL_GIVE, P.REFERRAL_GIVE}
EXPECTED = {
    Role.ADMINISTRATOR: EVERYTHING,
    Role.COORDINATOR: EVERYTHING
    - {P.NETWORK_EDIT, P.PERSON_MANAGE, P.OUTSIDER_NAME, P.LETTER_EDIT, P.SETTINGS_EDIT, P.CHANGE_READ}
    - {P.PRIVACY_MANAGE, P.AUDIT_READ},
    Role.LIAISON: {
        P.ENQUIRY_READ,
        P.MESSAGE_READ,
        P.NETWORK_READ,
        P.ENQUIRY_TRIAGE,
        P.ENQUIRY_DECIDE,
        P.ENQUIRY_NOTE,
        P.ENQUIRY_REPLY,
        P.LEAVE_TAKE,
        P.NETWORK_VERIFY,
        P.REPORT_READ,
        P.CARE_READ,
    },
    Role.HOST: {P.ENQUIRY_READ, P.ENQUIRY_NOTE, P.LEAVE_TAKE, P.CARE_READ},
    Role.OBSERVER: {P.ENQUIRY_READ, P.MESSAGE_READ, P.NETWORK_READ, P.ORGANISATION_READ, P.LEAVE_TAKE, P.REPORT_READ},
}
PARTNER = Actor(ActorKind.PARTNER, "Erika Mustermann")


@pytest.mark.parametrize("role", Role)
def test_role_holds_exactly_its_permissions(role: Role) -> None:
    assert set(TABLE[role]) == EXPECTED[role]
    actor = Actor(ActorKind.STAFF, "Lee Siu Ming", 1, role)
    for permission in P:
        assert actor.can(permission) == (permission in EXPECTED[role])


def test_partner_may_only_use_the_secret_link() -> None:
    assert set(PARTNER.permissions) == {P.TRACKING_USE}


@pytest.mark.parametrize("actor", [SYSTEM, Actor(ActorKind.STAFF, "Nobody", 1, None)])
def test_without_a_role_nothing_is_allowed(actor: Actor) -> None:
    assert not actor.permissions
    with pytest.raises(NotAllowed):
        require(actor, P.ENQUIRY_READ)


@pytest.fixture
def seen(write: Callable[[Callable[[Session], Any]], Any], settings: Settings) -> dict[str, set[str]]:
    """Which of five enquiries everyone sees, by who looks."""

    def look(session: Session) -> dict[str, set[str]]:
        liaison, deputy = (make_person(session, role=Role.LIAISON) for _ in range(2))
        host, other = make_person(session, role=Role.HOST), make_person(session, role=Role.LIAISON)
        network = make_network(session, liaison=liaison, deputy=deputy)
        rows = {
            "of the network": make_enquiry(session, settings, network=network),
            "of another network": make_enquiry(session, settings, network=make_network(session)),
            "of no network": make_enquiry(session, settings),
            "the host's": make_enquiry(session, settings, assignee=host),
            "given to the other": make_enquiry(session, settings, network=network, assignee=other),
        }
        names = {enquiry.id: name for name, enquiry in rows.items()}
        people = {"own liaison": liaison, "deputy": deputy, "own host": host, "other": other}
        actors = {name: staff(person) for name, person in people.items()}
        as_read = {name: staff(person, networks=answered_by(session, person)) for name, person in people.items()}
        actors |= {str(role): Actor(ActorKind.STAFF, "x", 0, role) for role in Role}
        actors |= {"partner": PARTNER, "system": SYSTEM, "roleless": Actor(ActorKind.STAFF, "x", liaison.id, None)}
        found = {}
        for name, actor in actors.items():
            found[name] = {names[number] for number in session.scalars(select(Enquiry.id).where(visible(actor)))}
            by_numbers = select(Enquiry.id).where(visible(as_read.get(name, actor)))
            assert {names[number] for number in session.scalars(by_numbers)} == found[name]
            views = {str(row.network_id): Filters(network_id=row.network_id) for row in rows.values() if row.network_id}
            if actor.can(P.ENQUIRY_READ):
                counted = queue.counts(session, views, actor=as_read.get(name, actor))
                of = [str(row.network_id) for row in rows.values() if names[row.id] in found[name]]
                assert counted == {view: of.count(view) for view in views}
            if actor.can(P.ENQUIRY_READ):
                for enquiry in rows.values():
                    reads = can_open(session, enquiry, actor)
                    assert reads == (names[enquiry.id] in found[name])
        return found

    result: dict[str, set[str]] = write(look)
    return result


def test_a_network_that_a_liaison_lost_since_their_page_was_asked_for_opens_nothing_to_act_on(
    write: Callable[[Callable[[Session], Any]], Any], settings: Settings
) -> None:
    def look(session: Session) -> None:
        liaison, next_one = (make_person(session, role=Role.LIAISON) for _ in range(2))
        network = make_network(session, liaison=liaison)
        enquiry = make_enquiry(session, settings, network=network)
        actor = staff(liaison, networks=answered_by(session, liaison))
        network.liaison_id, enquiry.answerer_id = next_one.id, next_one.id
        session.flush()
        with pytest.raises(NotFound):
            loading.locked(session, enquiry.reference, actor=actor)
        assert loading.locked_several(session, [enquiry.reference], actor=actor) == []
        present = staff(next_one, networks=answered_by(session, next_one))
        assert loading.locked(session, enquiry.reference, actor=present) is enquiry

    write(look)


def can_open(session: Session, enquiry: Enquiry, actor: Actor) -> bool:
    """Whether every way to an enquiry is open, or every one is closed."""
    answers = []
    mail = session.scalars(select(Message.id).where(Message.enquiry_id == enquiry.id)).first()
    assert mail is not None
    ways: list[Callable[[], Any]] = [
        lambda: loading.enquiry(session, enquiry.reference, actor=actor),
        lambda: loading.locked(session, enquiry.reference, actor=actor),
    ]
    if actor.can(P.MESSAGE_READ):
        ways.append(lambda: outbox.message(session, mail, actor=actor))
    for way in ways:
        try:
            way()
        except NotFound:
            answers.append(False)
        else:
            answers.append(True)
    assert len(set(answers)) == 1
    return answers[0]


def test_each_role_sees_its_part(seen: dict[str, set[str]]) -> None:
    own = {"of the network", "given to the other"}
    everything = own | {"of another network", "of no network", "the host's"}
    assert seen["administrator"] == seen["coordinator"] == seen["observer"] == everything
    assert seen["own liaison"] == seen["deputy"] == own
    assert seen["other"] == {"given to the other"}
    assert seen["own host"] == {"the host's"}
    assert not any(seen[name] for name in ("partner", "system", "roleless"))
