"""What clashes with days, on the pages of an enquiry and of its visit: in words, and not more than one may know."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.domain.visits import at, make_room, make_visit
from tests.factories import NOW, make_enquiry, make_network, make_person
from tests.forms import form_with
from webapp.config import Settings
from webapp.models import BlockedPeriod, Enquiry
from webapp.vocabulary import Role

Write = Callable[[Callable[[Session], Any]], Any]
DAY = date(2027, 3, 9)


def field_in(page: str) -> str:
    """Return the version in the form of a level."""
    return form_with(page, "reason")["version"][0]


def test_page_of_an_enquiry_says_of_each_day_what_stands_against_it(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    def fill(session: Session) -> tuple[str, str, str]:
        liaison = make_person(session, role=Role.LIAISON)
        network = make_network(session, liaison=liaison)
        make_visit(session, settings, organisation="Example College", **at(DAY, "10:00-11:00"))
        session.add(BlockedPeriod(name={"en": "Examinations"}, first=DAY, last=DAY, hard=True, created_at=NOW))
        asked = make_enquiry(session, settings, network=network)
        return asked.reference, make_person(session).email, liaison.email

    reference, coordinator, liaison = write(fill)
    sign_in(client, coordinator)
    page = client.get(f"/desk/enquiries/{reference}").text
    strip = page.partition('<ol role="list" class="strip">')[2].partition("</ol>")[0]
    assert [tile.partition('"')[0] for tile in strip.split('<li data-tone="')[1:]] == ["bad", "good", "good"]
    assert all(word in strip for word in ("not possible", "free"))
    assert "No visits: Examinations." in page
    assert "Another visit is confirmed: Example College." in page
    assert "Next free" not in page
    assert "分" not in page
    assert "Examinations" in client.get(f"/desk/enquiries/{reference}?language=zh-hant").text
    client.post("/desk/sign-out")
    sign_in(client, liaison)
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "Another visit is confirmed: another visit." in page
    assert "Example College" not in page


def test_page_of_a_visit_says_its_level_why_and_the_next_free_days(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    def fill(session: Session) -> tuple[str, str]:
        room = make_room(session).id
        make_visit(session, settings, organisation="Example College", room_id=room, **at(DAY, "10:00-11:00"))
        own = make_visit(session, settings, room_id=room, **at(DAY, "10:30-11:30"))
        return session.get_one(Enquiry, own.enquiry_id).reference, make_person(session).email

    reference, email = write(fill)
    sign_in(client, email)
    here, version = f"/desk/visits/{reference}/level", field_in(client.get(f"/desk/visits/{reference}/level").text)
    for sent, code in (({"level": "a"}, 400), ({"level": "z", "reason": "x"}, 400)):
        assert client.post(here, data={**sent, "version": version}).status_code == code
    sent = {"level": "a", "reason": "The rector is a laureate.", "version": version}
    assert client.post(here, data=sent).status_code == 303
    assert "Level of the visit: Level A" in client.get(f"/desk/enquiries/{reference}").text
    page = client.get(f"/desk/visits/{reference}").text
    assert "The room is taken by Example College, which is confirmed." in page
    assert 'Next free: <time datetime="2027-03-10">' in page
    for said in ("Level A", "by the table: Level B", "The office chose it: The rector is a laureate.",
                 "President or deputy president", "The President’s office, security, the press office"):  # fmt: skip
        assert said in page
