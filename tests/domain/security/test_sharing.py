"""What is made for all others needs a right of its own; tags of enquiries that one may not open are not shown."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import loading
from webapp.domain.errors import NotAllowed
from webapp.domain.security.permissions import SEE_ALL, staff
from webapp.domain.triage import saved_views, tags
from webapp.models import Person, SavedView
from webapp.vocabulary import Kind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
MAY = (Role.ADMINISTRATOR, Role.COORDINATOR)
MAY_NOT = tuple(role for role in Role if role not in MAY)


def person(write: Write, role: Role) -> Person:
    found: Person = write(lambda session: make_person(session, role=role))
    return found


def share(write: Write, owner: Person, query: dict[str, str] | None = None) -> SavedView:
    view: SavedView = write(
        lambda session: saved_views.save(session, "Ours", query or {}, shared=True, by=acting(staff(owner)))
    )
    return view


def change(write: Write, owner: Person, view: SavedView, name: str, *, shared: bool) -> SavedView:
    given: dict[str, Any] = {"shared": shared, "version": view.version, "actor": staff(owner)}
    changed: SavedView = write(lambda session: saved_views.change(session, view.id, name, **given))
    return changed


@pytest.mark.parametrize("role", MAY)
def test_those_who_lead_the_office_share_views(write: Write, role: Role) -> None:
    assert share(write, person(write, role)).shared


@pytest.mark.parametrize("role", MAY_NOT)
def test_others_keep_their_views_to_themselves(write: Write, role: Role) -> None:
    me = person(write, role)
    with pytest.raises(NotAllowed):
        share(write, me)
    own = write(lambda session: saved_views.save(session, "Mine", {}, shared=False, by=acting(staff(me))))
    with pytest.raises(NotAllowed):
        change(write, me, own, "Mine", shared=True)


def test_someone_who_may_share_no_more_can_only_take_a_view_back(write: Write) -> None:
    me = person(write, Role.COORDINATOR)
    view = share(write, me)
    me.role = Role.OBSERVER
    with pytest.raises(NotAllowed):
        change(write, me, view, "Other words for all", shared=True)
    assert not change(write, me, view, "Mine", shared=False).shared


@pytest.fixture
def tagged(write: Write, settings: Settings) -> dict[str, Any]:
    """Two networks with a liaison each, and a tag on an enquiry of each; another enquiry is a host's."""

    def make(session: Session) -> dict[str, Any]:
        people = {name: make_person(session, role=Role.LIAISON, name=name) for name in ("A", "B")}
        people["host"] = make_person(session, role=Role.HOST)
        people |= {str(role): make_person(session, role=role) for role in sorted(SEE_ALL)}
        networks = {name: make_network(session, liaison=people[name]) for name in ("A", "B")}
        for name, word in (("A", "investigation-of-B"), ("B", "open day")):
            made = make_enquiry(session, settings, network=networks[name], kind=Kind.QUESTION, status=Status.IN_REVIEW)
            held = loading.locked(session, made.reference, actor=staff_actor())
            tags.tag(session, held, word, by=acting(settings=settings))
        return people

    found: dict[str, Any] = write(make)
    return found


EXPECTED = {
    "A": {"investigation-of-B"},
    "B": {"open day"},
    "host": set(),
    **{str(role): {"investigation-of-B", "open day"} for role in sorted(SEE_ALL)},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_tags_that_are_offered_are_those_of_enquiries_that_one_sees(
    session: Session, tagged: dict[str, Any], name: str
) -> None:
    asked = {"investigation-of-b", "open day"}
    for besides in ((), asked):
        assert {tag.name for tag in tags.tags(session, actor=staff(tagged[name]), besides=besides)} == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_pages_and_shared_views_show_no_other_tag(
    client: FlaskClient, write: Write, sign_in: Any, tagged: dict[str, Any], name: str
) -> None:
    lead = person(write, Role.COORDINATOR)
    share(write, lead, {"tag": "investigation-of-b"})
    sign_in(client, tagged[name])
    pages = [client.get(address).text for address in ("/desk/", "/desk/board", "/desk/views")]
    seen = "investigation-of-B" in EXPECTED[name]
    assert [("investigation-of-b" in page.lower()) for page in pages] == [seen] * 3
