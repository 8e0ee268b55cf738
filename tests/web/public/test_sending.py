"""What posting a form costs, and that what was checked once is checked again as soon as anything else holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from werkzeug.datastructures import MultiDict

from tests.conftest import RecordingBroker
from tests.factories import acting, make_network, make_person, staff_actor
from webapp.db import db, transaction
from webapp.domain.privacy import notice
from webapp.domain.privacy.notice import Wording
from webapp.models import Draft, Enquiry, EnquiryTerms, Event, Link, Message, Network
from webapp.vocabulary import LinkKind, Role
from webapp.web import edge
from webapp.web.public.forms import EnquiryForm

Answers = Callable[..., MultiDict[str, Any]]
Post = Callable[..., Any]


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect what is asked of the database meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def network(app: Flask) -> str:
    """A network with someone who answers for it; what pages show is in memory."""
    with app.app_context(), transaction() as session:
        make_network(session, slug="sample", liaison=make_person(session, email="ng@example.org"))
    app.extensions["shown"].version()
    app.extensions["shown"].fresh = 600
    return "sample"


def number(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_databases
def test_posting_a_form_takes_few_statements(
    app: Flask, client: FlaskClient, network: str, answers: Answers, save: Post, send: Post, broker: RecordingBroker
) -> None:
    warm = answers("visit", network=network)
    client.get(save(warm).location)
    client.get(send(warm["form_id"]).location)
    with statements(app) as drafting:
        checked = save(data := answers("visit", network=network))
    assert checked.status_code == 303
    assert [each.split()[0] for each in drafting] == ["INSERT"], drafting
    with statements(app) as checking:
        assert client.get(checked.location).status_code == 200
    assert [each.split()[0] for each in checking] == ["SELECT"], checking
    with statements(app) as sending:
        page = send(data["form_id"]).location
    assert "/track/" in page
    with statements(app) as following:
        assert "Thank you. We have received your" in client.get(page).text
    assert [each.split()[0] for each in following] == ["SELECT"] * 2, following
    one = app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    written = ["WITH"] if one else [*["INSERT"] * 8, "UPDATE"]
    assert [each.split()[0] for each in sending] == ["SELECT", *written]
    assert not any("networks" in each for each in (*drafting, *sending))
    whole = {Enquiry: 1, EnquiryTerms: 1, Event: 1, Link: len((LinkKind.TRACKING, LinkKind.BROWSER, LinkKind.DECISION))}
    for model, each in (whole | {Message: 2}).items():
        assert number(app, model) == 2 * each, model
    assert len(broker.jobs) == 4


def test_what_was_checked_once_consents_to_the_notice_that_the_office_published(
    app: Flask, answers: Answers, save: Post, send: Post
) -> None:
    by = acting(staff_actor(Role.ADMINISTRATOR))
    with app.app_context(), transaction() as session:
        published = notice.publish(session, Wording({"en": "Ours"}), after=0, before=Wording({"en": "Theirs"}), by=by)
        assert published is not None
        version = published.version
    save(data := answers("question"))
    assert "/track/" in send(data["form_id"]).location
    with app.app_context():
        assert db.session().scalars(select(Enquiry.consent_version)).all() == [version]


def _typed_otherwise(app: Flask, **_: Any) -> None:
    with app.app_context(), transaction() as session:
        draft = session.scalars(select(Draft)).one()
        draft.fields = {**draft.fields, "subject": ["Something else"]}


def _hidden(app: Flask, **_: Any) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Network).values(active=False))


def _files_gone(app: Flask, **_: Any) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Draft).values(files_gone=["plan.pdf"]))


def _of_yesterday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    del app
    today = edge.today
    monkeypatch.setattr(edge, "today", lambda: today() + timedelta(days=1))


def _nothing(app: Flask, **_: Any) -> None:
    del app


@pytest.mark.parametrize(
    ("changed", "prefix", "again", "code"),
    [
        (_nothing, "", False, 303),
        (_typed_otherwise, "", True, 303),
        (_hidden, "", True, 422),
        (_files_gone, "", True, 422),
        (_of_yesterday, "", True, 303),
        (_nothing, "/zh-hant", True, 303),
    ],
)
def test_form_is_checked_again_where_anything_changed_since(
    app: Flask,
    client: FlaskClient,
    network: str,
    answers: Answers,
    save: Post,
    monkeypatch: pytest.MonkeyPatch,
    changed: Callable[..., None],
    prefix: str,
    again: bool,
    code: int,
) -> None:
    data = answers("visit", network=network, subject="  What was typed  ")
    assert save(data).status_code == 303
    changed(app, monkeypatch=monkeypatch)
    checks = []
    whole = EnquiryForm.validate

    def counted(form: EnquiryForm, *given: Any, **more: Any) -> bool:
        checks.append(form)
        return whole(form, *given, **more)

    monkeypatch.setattr(EnquiryForm, "validate", counted)
    page = client.get(f"{prefix}/enquiries/check/{data['form_id']}")
    assert page.status_code == (303 if code == 422 else 200)
    assert bool(checks) == (again and changed is not _files_gone)
    checks.clear()
    sent = client.post(f"{prefix}/enquiries/new", data={"form_id": data["form_id"], "final": "yes"})
    assert (sent.status_code, bool(checks)) == (code, again)
    with app.app_context():
        found = db.session().scalars(select(Enquiry.subject)).all()
    assert found == ([] if code == 422 else ["Something else" if changed is _typed_otherwise else "What was typed"])


def test_network_that_was_hidden_just_now_is_refused_by_the_post_that_keeps_the_form(
    app: Flask, network: str, answers: Answers, save: Post, send: Post
) -> None:
    new = answers("question", network=network)
    known = answers("visit", network=network)
    assert save(known).status_code == 303
    _hidden(app)
    # What was typed into another kind's form goes a longer way.
    for data in (new, answers("question", network=network, form_id=known["form_id"])):
        assert save(data).status_code == 422
        assert send(data["form_id"]).status_code == 422
    assert number(app, Enquiry) == 0
