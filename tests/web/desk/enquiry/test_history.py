"""The desk and the partner read of each kind of event what they always did; what cannot be read breaks no page."""

import os
import re
from collections.abc import Callable
from html import unescape
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.event_samples import SAMPLES, Sample
from tests.factories import NOW, acting, make_enquiry, make_person, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.enquiries.tracking import history as public_history
from webapp.domain.links import issuing
from webapp.domain.security.permissions import staff
from webapp.domain.security.tokens import link_token
from webapp.domain.triage import bulk
from webapp.models import Enquiry, Event, event_codec
from webapp.models.event_data import ActionTaken, Unknown
from webapp.vocabulary import Action, ActorKind, EventKind, Role, Status
from webapp.web.desk.enquiry import history
from webapp.web.desk.enquiry.history import line
from webapp.web.tracking import standing

Write = Callable[[Callable[[Session], Any]], Any]
GOLDEN = Path(__file__).with_name("golden_history.txt")
BROKEN: list[Any] = [{"v": 2, "status": "new"}, {"v": 1, "status": {"before": "received"}}, {}, [], None, "text", 5]


def event(sample: Sample, stored: Any = None, **more: Any) -> Event:
    own = event_codec.encode(sample.kind, sample.action, sample.facts)
    given: dict[str, Any] = {
        "at": NOW, "kind": sample.kind, "action": sample.action, "actor_kind": ActorKind.STAFF,
        "actor_name": "Lee Siu Ming", "stored": own if stored is None else stored, "public": True, "text": "",
    }  # fmt: skip
    return Event(**{**given, **more})


def told(sample: Sample) -> str:
    enquiry, found = Enquiry(contact_name="Erika Mustermann"), event(sample)
    happening = standing._happening(found, "Office")
    partner = " | ".join(filter(None, (happening.label, happening.status)))
    return f"{sample.kind} {sample.action or '-'}: {line(found, enquiry).sentence} | {partner}"


def test_every_kind_is_told_as_it_was(app: Flask) -> None:
    with app.test_request_context("/"), time_machine.travel(NOW, tick=False):
        lines = [told(sample) for sample in SAMPLES]
    if os.environ.get("LIAISON_UPDATE_GOLDEN"):
        GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_names_in_a_line_are_text_and_never_markup(app: Flask) -> None:
    with app.test_request_context("/"):
        for sample in SAMPLES:
            said = str(line(event(sample, actor_name="<i>Lee</i>"), Enquiry(contact_name="<i>Lee</i>")).sentence)
            assert "<i>" not in said, sample


def test_what_cannot_be_read_is_told_by_who_did_it_alone(app: Flask) -> None:
    said = {}
    with app.test_request_context("/"):
        for sample in SAMPLES:
            said[sample.action or sample.kind] = str(line(event(sample, {"v": 2}), Enquiry(contact_name="x")).sentence)
    who = "<strong>Lee Siu Ming</strong>"
    assert all(who in sentence and "%(" not in sentence for sentence in said.values())
    assert said["review"] == f"{who} started the review."
    assert said["tag"] == said["refer"] == said["handed_over"] == said["merge"] == f"{who} changed it."
    assert said["reply"] == f"{who} wrote to the partner:"


@pytest.mark.parametrize("turn", range(len(BROKEN)))
def test_pages_show_a_history_that_cannot_be_read(
    client: FlaskClient,
    write: Write,
    settings: Settings,
    sign_in: Any,
    turn: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each kind of line is broken in each way, one way a turn; each turn looks at other statuses."""
    broken = BROKEN[turn:] + BROKEN[:turn]
    for module, size in ((history, "LINES"), (standing, "MESSAGES"), (standing, "LINES")):
        monkeypatch.setattr(module, size, 100)  # all on one page

    def make(session: Session) -> tuple[str, str, str]:
        person = make_person(session, email="lee@example.org")
        enquiry = make_enquiry(session, settings, assignee=person)
        session.execute(update(Event).values(stored=broken[0]))
        for sample, stored in zip(SAMPLES, cycle(broken), strict=False):
            session.add(event(sample, [] if stored is None else stored, enquiry_id=enquiry.id, text="Its words stay"))
        session.flush()
        session.refresh(enquiry, ["events"])
        assert public_history(enquiry)
        found = issuing.issue(session, enquiry, person.id, now=NOW, settings=settings)
        secret = tracking_token(session, settings, enquiry)
        return enquiry.reference, secret, link_token(found, secret_keys=settings.secret_keys)

    with time_machine.travel(NOW, tick=False):
        reference, tracked, decided = write(make)
        sign_in(client, "lee@example.org")
        paths = {
            f"/desk/enquiries/{reference}": len(SAMPLES),
            f"/desk/enquiries/{reference}?history=public": len(SAMPLES),
            "/desk/activity": 1,
            f"/track/{tracked}": len(SAMPLES),
            f"/decisions/{decided}": len(SAMPLES),
        }
        for path, least in paths.items():
            page = client.get(path)
            assert page.status_code == 200, path
            assert page.text.count("Its words stay") >= least, path
        assert client.get(f"/track/{tracked}", headers={"Accept": "application/json"}).status_code == 200
        for status in list(Status)[turn :: len(BROKEN)]:
            write(lambda s, status=status: s.execute(update(Enquiry).values(status=status)))
            assert client.get(f"/desk/enquiries/{reference}").status_code == 200, status
            assert client.get(f"/track/{tracked}").status_code == 200, status


def test_partner_reads_that_something_happened_where_it_cannot_be_read(app: Flask) -> None:
    with app.test_request_context("/"):
        for kind in (EventKind.PROMISE_MOVED, EventKind.CONVERTED, EventKind.SPLIT):
            sample = next(sample for sample in SAMPLES if sample.kind is kind)
            assert standing._happening(event(sample, {"v": 2}), "Office").label == "Your enquiry was updated."


@pytest.mark.one_database
@pytest.mark.usefixtures("few_pages")
def test_no_action_can_be_taken_without_what_its_line_knows(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, put_back: Callable[[], None]
) -> None:
    """Posted with nothing but words, an action is refused, or writes a line that can be read."""

    def make(session: Session) -> list[str]:
        make_person(session, role=Role.ADMINISTRATOR, email="lee@example.org")
        return [make_enquiry(session, settings, status=status).reference for status in Status]

    def unread(session: Session) -> list[str]:
        return [found.stored for found in session.scalars(select(Event)) if isinstance(found.facts, Unknown)]

    references, wrong = write(make), []
    sign_in(client, "lee@example.org")
    for action in Action:
        put_back()
        for status, reference in zip(Status, references, strict=True):
            answer = client.post(f"/desk/enquiries/{reference}/actions/{action}", data={"text": "Words", "version": 1})
            if answer.status_code >= 500:
                wrong.append((action, status, answer.status_code))
        wrong += [(action, stored) for stored in write(unread)]
    assert wrong == []
    assert {*bulk.moves()} <= {known for known, facts in event_codec.BY_ACTION.items() if facts is ActionTaken}


def test_long_history_and_many_emails_are_shown_in_parts(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    def make(session: Session) -> str:
        person = make_person(session, email="lee@example.org")
        enquiry = make_enquiry(session, settings, assignee=person)
        by = acting(staff(person), settings=settings)
        for number in range(100):
            actions.act(session, enquiry, Action.REPLY, text=f"Reply {number:03}", by=by)
        return enquiry.reference

    reference = write(make)
    sign_in(client, "lee@example.org")
    for anchor, pattern in (("history", r"Reply \d{3}"), ("mails", r"/desk/messages/\d+(?=\">)")):
        path: str | None = f"/desk/enquiries/{reference}"
        seen: list[str] = []
        while path:
            page = client.get(path).text
            found = re.findall(pattern, page.partition(f'id="{anchor}"')[2].partition("</section>")[0])
            assert len(found) <= 40
            seen += found
            links = re.findall(rf'rel="next" href="([^"]*#{anchor})"', page)
            path = unescape(links[0]) if links else None
        assert len(seen) == len(set(seen)) >= 100
