"""Who looks at an enquiry now: seen by the others for a while, by no one without the memory, and never in the way."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import unavailable
from tests.factories import make_enquiry, make_person
from tests.queues import Queue, valkey
from tests.servers import Unavailable
from webapp.config import Settings
from webapp.domain.security.permissions import Actor
from webapp.vocabulary import ActorKind, Role
from webapp.web.desk.enquiry.presence import FADES_AFTER, Presence

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture(scope="module")
def memory() -> Iterator[Queue]:
    try:
        with valkey() as queue:
            yield queue
    except Unavailable as error:
        unavailable(str(error))


def actor(number: int, name: str) -> Actor:
    return Actor(ActorKind.STAFF, name, number, Role.COORDINATOR)


def test_others_are_named_until_they_fade(memory: Queue) -> None:
    presence = Presence(memory.url)
    lee, chan = actor(1, "Lee Siu Ming"), actor(2, "Chan Tai Man")
    assert presence.look(7, lee, now=1000) == []
    assert presence.look(7, chan, now=1010) == ["Lee Siu Ming"]
    assert presence.look(8, chan, now=1010) == [], "another enquiry"
    assert presence.look(7, lee, now=1020) == ["Chan Tai Man"]
    assert presence.look(7, lee, now=1011 + FADES_AFTER) == [], "nobody refreshed it"


def test_memory_that_is_away_or_hangs_names_nobody_and_is_left_alone(memory: Queue) -> None:
    assert Presence("unix:///nonexistent/queue.sock").look(1, actor(1, "Lee"), now=1) == []
    hanging = Presence(memory.url)
    with memory.stopped():
        assert hanging.look(9, actor(1, "Lee"), now=1) == []
    assert hanging.look(9, actor(2, "Chan"), now=2) == [], "it is asked again only after a while"


def test_page_says_who_else_looks_at_it(
    app: Flask, client: FlaskClient, memory: Queue, write: Write, settings: Settings, sign_in: Any
) -> None:
    app.extensions["presence"] = Presence(memory.url)
    people = write(lambda session: [make_person(session, name=name) for name in ("Lee Siu Ming", "Chan <Tai> Man")])
    reference = write(lambda session: make_enquiry(session, settings).reference)
    second = app.test_client()
    for one, person in zip((client, second), people, strict=True):
        sign_in(one, person)
    assert "looking at this now" not in client.get(f"/desk/enquiries/{reference}").text
    assert "Lee Siu Ming is looking at this now." in second.get(f"/desk/enquiries/{reference}").text
    assert "Chan &lt;Tai&gt; Man is looking" in client.get(f"/desk/enquiries/{reference}").text
    memory.client.flushall()
