"""The list at the door: in the order of precedence, each press once however often it is sent, undone, small."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import confirmed
from tests.factories import make_person
from webapp.config import Settings
from webapp.models import Delegate
from webapp.vocabulary import NameOrder, Role

Write = Callable[[Callable[[Session], Any]], Any]
NAMES = (
    ("𠮷田", "花子", NameOrder.FAMILY_FIRST, "𠮷田花子"),
    ("Ngũgĩ", "", NameOrder.GIVEN_FIRST, "Ngũgĩ"),
    ("Okafor", "Ben", NameOrder.GIVEN_FIRST, "Ben Okafor"),
    ("Nguyễn", "Văn An", NameOrder.FAMILY_FIRST, "Nguyễn Văn An"),
)


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    def rows(session: Session) -> str:
        enquiry = confirmed(session, settings)
        # The order of rows is not that of precedence.
        for place, (family, given, order, _) in reversed(list(enumerate(NAMES, start=1))):
            session.add(Delegate(enquiry_id=enquiry.id, precedence=place, family_name=family, given_name=given,
                                 name_order=order, position="Dean" if place == 1 else ""))  # fmt: skip
        return enquiry.reference

    return str(build(rows))


def stored(write: Write) -> dict[str, Any]:
    return dict(write(lambda s: [(row.family_name, row.arrived_at) for row in s.scalars(select(Delegate))]))


def test_arrivals_are_noted_once_undone_and_added(
    client: FlaskClient, app: Any, write: Write, sign_in: Any, reference: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, write(lambda session: make_person(session).email))
    path = f"/desk/visits/{reference}/arrivals"
    response = client.get(path)
    page = unescape(response.text)
    places = [page.index(f'<strong dir="auto">{shown}</strong>') for *_, shown in NAMES]
    assert places == sorted(places)
    assert "0 of 4 are here" in page
    main = response.text[response.text.index("<main") : response.text.index("</main>")]
    assert len(main.encode()) < 1500 + 900 * len(NAMES), "small enough for a poor connection"
    ids = dict(write(lambda s: [(row.family_name, row.id) for row in s.scalars(select(Delegate))]))
    here = {"do": "here", "delegate": ids["Okafor"]}
    assert client.post(path, data=here).headers["Location"].endswith(f"#d-{ids['Okafor']}")
    first = stored(write)["Okafor"]
    assert first is not None
    assert client.post(path, data=here).status_code == 303
    assert stored(write)["Okafor"] == first, "a second press changes nothing"
    assert "1 of 4 are here" in client.get(path).text
    assert client.post(path, data={**here, "do": "undo"}).status_code == 303
    assert stored(write)["Okafor"] is None
    for name in (" Jón  Örn ", "jón örn", "BEN OKAFOR"):
        assert client.post(path, data={"do": "add", "name": name}).status_code == 303
    found = stored(write)
    assert len(found) == 5
    assert found["Jón Örn"] is not None
    assert found["Okafor"] is not None, "whose name is on the list has arrived"
    assert "Enter the name." in client.post(path, data={"do": "add", "name": " "}).text
    assert client.post(path, data={"do": "here", "delegate": "999"}).status_code == 404
    other = write(lambda s: make_person(s, role=Role.HOST).email)
    client.post("/desk/sign-out")
    sign_in(client, other)
    assert client.post(path, data=here).status_code == 404, "a host sees their own visits alone"
