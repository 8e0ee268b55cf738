"""The list at the door with a poor connection: presses are kept on the device, said on the page, sent again."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.conftest import make_settings
from tests.domain.visits.test_papers import delegate, planned
from tests.factories import make_person
from webapp.config import Settings
from webapp.models import Delegate

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, public_url="http://127.0.0.1")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=60)


def here(write: Write) -> set[str]:
    query = select(Delegate.given_name, Delegate.family_name).where(Delegate.arrived_at.is_not(None))
    return {given or family for given, family in write(lambda s: s.execute(query).all())}


def test_what_cannot_be_sent_is_kept_said_and_sent_later(
    address: str, browser: Browser, write: Write, settings: Settings, sign_in: Any, client: Any
) -> None:
    def rows(session: Session) -> str:
        enquiry, _visit = planned(session, settings)
        for place, name in enumerate(("Kari", "Olav", "Liv"), start=1):
            delegate(session, enquiry, place, name)
        return enquiry.reference

    reference = write(rows)
    sign_in(client, write(lambda session: make_person(session).email))
    cookie = client.get_cookie("liaison")
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.add_cookies([{"name": "liaison", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/desk/visits/{reference}/arrivals")
    page.wait_for_function("document.documentElement.dataset.ready === 'door'")
    page.get_by_role("button", name="Is here Kari Dahl").click()
    expect(page.get_by_text("1 of 3 are here")).to_be_visible()
    unsent = page.locator("[data-unsent]")
    expect(unsent).to_be_hidden()
    context.set_offline(True)
    page.get_by_role("button", name="Is here Olav Dahl").click()
    page.get_by_label("Full name").fill("Jón Örn")
    page.get_by_role("button", name="Add; they are here").click()
    expect(unsent).to_contain_text("Not sent yet")
    expect(unsent.get_by_role("listitem")).to_have_text(["Is here Olav Dahl", "Add; they are here – Jón Örn"])
    page.get_by_role("button", name="Try now").click()
    expect(unsent.get_by_role("listitem")).to_have_count(2)
    assert here(write) == {"Kari"}
    context.set_offline(False)
    expect(page.get_by_text("3 of 4 are here")).to_be_visible()
    expect(unsent).to_be_hidden()
    assert here(write) == {"Kari", "Olav", "Jón Örn"}
    # Kept over a page that was closed meanwhile, and while the sign-in is over.
    context.set_offline(True)
    page.get_by_role("button", name="Is here Liv Dahl").click()
    expect(unsent).to_be_visible()
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{address}/desk/visits/{reference}/arrivals")
    expect(again.get_by_text("4 of 4 are here")).to_be_visible()
    context.clear_cookies()
    again.get_by_role("button", name="Undo Liv Dahl").click()
    expect(again.get_by_role("link", name="Sign in to send it")).to_be_visible()
    assert here(write) == {"Kari", "Olav", "Liv", "Jón Örn"}
