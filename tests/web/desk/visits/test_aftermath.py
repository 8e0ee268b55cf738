"""After a visit at the desk: outcome, promises and gifts are noted, refused by their fields, undone."""

from collections.abc import Callable
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import confirmed
from tests.factories import make_organisation, make_person
from webapp.config import Settings
from webapp.models import Enquiry, Gift, Promise

Write = Callable[[Callable[[Session], Any]], Any]


def shown(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(unescape(response.text).split())


def test_outcome_promises_and_gifts(
    client: FlaskClient, app: Any, write: Write, settings: Settings, sign_in: Any
) -> None:
    def rows(session: Session) -> tuple[str, int]:
        enquiry = confirmed(session, settings)
        enquiry.organisation_id = make_organisation(session).id
        return enquiry.reference, enquiry.organisation_id

    app.config["WTF_CSRF_ENABLED"] = False
    reference, organisation = write(rows)
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))
    here = f"/desk/visits/{reference}"
    version = write(lambda s: s.scalars(select(Enquiry.version)).one())
    outcome = {"outcome": "A plan for three years.", "held_on": "2026-11-20", "agreements": "2", "version": version}
    for wrong, words in (
        ({"outcome": ""}, "Write what came of it."),
        ({"held_on": ""}, "Enter the day."),
        ({"held_on": "2099-01-01"}, "This day has not come yet."),
        ({"agreements": "many"}, "enter a whole number from 0 to 50."),
    ):
        refused = client.post(f"{here}/outcome", data={**outcome, **wrong})
        assert (refused.status_code, words in refused.text) == (422, True)
    assert client.post(f"{here}/outcome", data=outcome).status_code == 303
    assert client.post(f"{here}/outcome", data={**outcome, "outcome": "Lost?"}).status_code == 409
    page = shown(client, f"{here}/after")
    assert "A plan for three years." in page
    assert "2 agreements" in page
    assert "Look again on Thursday 18 February 2027" in page
    assert client.post(f"{here}/outcome", data={"do": "looked"}).status_code == 303
    assert "Someone has looked" in shown(client, f"{here}/after")

    assert client.post(f"{here}/promises", data={"do": "add", "text": "", "due_on": "soon"}).status_code == 422
    assert client.post(f"{here}/promises", data={"do": "add", "text": "A draft"}).status_code == 303
    number = write(lambda s: s.scalars(select(Promise.id)).one())
    for do, words in (("keep", "Open again"), ("undo", "Kept")):
        assert client.post(f"{here}/promises", data={"do": do, "promise": number}).status_code == 303
        assert words in shown(client, f"{here}/after")

    gift = {"do": "add", "direction": "received", "item": "A bowl", "day": "2026-11-20", "number": "1"}
    for wrong, words in (
        ({"item": ""}, "Enter what it is."),
        ({"value": "much"}, "Enter a number such as 120.50."),
        ({"value": "5"}, "Enter the currency of the value."),
        ({"value": "NaN", "currency": "EUR"}, "Enter a number such as 120.50."),
        ({"currency": "euro"}, "Enter the three letters of the currency"),
    ):
        refused = client.post(f"{here}/gifts", data={**gift, **wrong})
        assert (refused.status_code, words in refused.text) == (422, True), wrong
    valued = {**gift, "value": "1,200.5", "currency": "hkd", "giver": "Erika Mustermann", "receiver": "Prof. Chan"}
    assert client.post(f"{here}/gifts", data=valued).status_code == 303
    made = write(lambda s: s.scalars(select(Gift.id)).one())
    decided = {"do": "decide", "gift": made, "decision": "display", "whereabouts": "Library"}
    assert client.post(f"{here}/gifts", data=decided).status_code == 303
    record = shown(client, f"/desk/organisations/{organisation}")
    for page in (shown(client, f"{here}/after"), record):
        assert "1,200.50 HKD" in page
        assert "Erika Mustermann → Prof. Chan" in page
        assert "Display it · Library" in page
    assert 'Gifts</th><td class="num">1</td><td class="num">0</td>' in record
    assert "1,200.50 HKD</td>" in record
    assert "Outcome and thanks" in shown(client, here)
