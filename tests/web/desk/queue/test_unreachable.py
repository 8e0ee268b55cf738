"""A network that no one answers for is shown to those who can see to it, in the queue and in their day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import NOW, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.models import Leave
from webapp.vocabulary import Role

Write = Callable[[Callable[[Any], Any]], Any]
WARNING = "No one of a network can be reached"


@pytest.mark.both_databases
@pytest.mark.parametrize("why", ["away", "gone", "covered", "mailbox", "no liaison"])
def test_network_without_anyone_is_warned_of(client: FlaskClient, write: Write, sign_in: Any, why: str) -> None:
    def make(session: Any) -> dict[Role, str]:
        liaison = make_person(session, role=None)
        named = None if why == "no liaison" else liaison
        mailbox = "team@example.org" if why == "mailbox" else ""
        make_network(session, slug="lonely", acronym="LONELY", liaison=named, mailbox=mailbox)
        make_network(session, slug="fine", acronym="FINE", liaison=make_person(session, role=None))
        today = datetime.now(UTC).date()
        cover = make_person(session, role=None) if why == "covered" else None
        if why in ("gone", "mailbox"):
            liaison.active = False
        else:
            session.add(
                Leave(
                    person_id=liaison.id,
                    cover_id=cover and cover.id,
                    starts_on=today - timedelta(2),
                    ends_on=today + timedelta(2),
                    entered_by="",
                    entered_at=NOW,
                )
            )
        return {role: make_person(session, role=role).email for role in Role}

    readers = []
    for role, email in write(make).items():
        readers.append((role, client.application.test_client()))
        sign_in(readers[-1][1], email)
    for (role, reader), path in product(readers, ("/desk/", "/desk/my-day")):
        warned = why in ("away", "gone") and role in (Role.ADMINISTRATOR, Role.COORDINATOR)
        page = reader.get(path).text
        assert (WARNING in page) is warned, (role, path)
        if warned:
            notice = page.partition(WARNING)[2].partition("</div>")[0]
            assert 'href="/desk/networks/lonely"' in notice
            assert "FINE" not in notice


@pytest.mark.parametrize("other", ["LD-2222-2222", "nonsense", ""])
def test_heading_after_a_refused_link_is_its_own(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, other: str
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    sign_in(client, write(lambda session: make_person(session).email))
    for path, name in (("links", "other"), ("merge", "into")):
        answer = client.post(f"/desk/enquiries/{reference}/{path}", data={name: other, "version": "1"})
        assert answer.status_code == 400
        assert "Nothing was linked or merged" in answer.text
        assert "This action needs a few words" not in answer.text
