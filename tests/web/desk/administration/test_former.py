"""What the desk shows of former colleagues, in the reader's language, and for how long they are kept."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.enquiries import actions, assignment
from webapp.domain.security.permissions import Actor
from webapp.vocabulary import Action, ActorKind, Language, Role

Write = Callable[[Callable[[Session], Any]], Any]
SHOWN = {Language.EN: "Former colleague 12", Language.ZH_HANT: "前同事12", Language.ZH_HANS: "前同事12"}


@pytest.mark.parametrize("language", list(SHOWN))
def test_pages_name_a_former_colleague_in_the_readers_language(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, language: Language
) -> None:
    def make(session: Session) -> tuple[str, str]:
        make_person(session, email="reader@example.org", role=Role.ADMINISTRATOR, language=language)
        former = make_person(session, name=SHOWN[Language.EN])
        enquiry = make_enquiry(session, settings)
        by = acting(Actor(ActorKind.STAFF, former.name, former.id, Role.COORDINATOR), settings=settings)
        assignment.assign(session, enquiry, former.id, by=acting(settings=settings))
        actions.act(session, enquiry, Action.NOTE, text="Words", by=by)
        network = make_network(session, verified_by=former.name, verified_on=NOW.date())
        former.active, former.closed_at, former.erased_at = False, NOW, NOW
        return enquiry.reference, network.slug

    reference, slug = write(make)
    sign_in(client, "reader@example.org")
    history = client.get(f"/desk/enquiries/{reference}").text.partition('id="history"')[2]
    assert history.count(SHOWN[language]) >= 2
    assert SHOWN[language] in client.get(f"/desk/networks/{slug}").text
    listed = client.get("/desk/people")
    assert (listed.status_code, "Former colleague" in listed.text, "前同事" in listed.text) == (200, False, False)


def test_administrators_say_how_long_and_the_records_say_it_too(
    client: FlaskClient, write: Write, sign_in: Any
) -> None:
    write(lambda s: make_person(s, email="admin@example.org", role=Role.ADMINISTRATOR))
    sign_in(client, "admin@example.org")
    page = client.get("/desk/settings/privacy").text
    assert 'name="keep_colleagues"' in page
    months = {"keep_enquiries": 36, "keep_spam": 3, "keep_messages": 24, "keep_contacts": 36, "keep_leave": 12}
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    for given, code in (("0", 400), ("48", 303)):
        data = {**months, "keep_colleagues": given, "version": version}
        assert client.post("/desk/settings/privacy", data=data).status_code == code
    records = client.get("/desk/privacy/records").text
    assert "Until 48 months after the account is closed" in records
    assert "A number takes the place of the name" in records
