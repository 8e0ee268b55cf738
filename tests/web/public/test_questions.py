"""Each question of each kind from the form to every page and email that shows its answer; one row is enough for it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tests.factories import NOW, acting, make_network, make_person, make_settings, staff_actor
from tests.web.public.conftest import BROWSER
from webapp import labels, questions
from webapp.config import Settings
from webapp.domain.enquiries import conversion, drafts, loading
from webapp.domain.search import text as search_text
from webapp.domain.security.tokens import link_token
from webapp.domain.triage import queue
from webapp.domain.triage.queue import Filters
from webapp.models import Enquiry, Link, Message
from webapp.questions import Question, Searched, Shape
from webapp.vocabulary import Kind, Language, LinkKind, MessageKind
from webapp.web import browser
from webapp.web.public import checked
from webapp.web.public.forms import build, field_errors

pytestmark = pytest.mark.one_database
Write = Callable[[Callable[[Session], Any]], Any]
OFFICE = staff_actor()
TUNES = {"slow": "Slow air", "fast": "Quick reel", "march": "March"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


def more(kind: Kind) -> tuple[Question, ...]:
    """Rows of every shape that an answer can have, none of which the code has ever heard of."""
    section = questions.TABLE[kind].sections[-2]
    days = [{"start": "2027-05-03", "end": "2027-05-04", "flex": 1}]
    return (
        Question(
            "instrument",
            Shape.LINE,
            section,
            "Which instrument do you bring?",
            "Instrument",
            required="Name the instrument.",
            searched=Searched.WORDS,
            main=True,
            sample="Gamelan",
        ),
        Question("programme_notes", Shape.TEXT, section, "What do you play?", searched=Searched.NAMES, sample="A\nB"),
        Question("agent_email", Shape.EMAIL, section, "Whom do we write to?", "Agent", sample="agent@example.org"),
        Question("stage_phone", Shape.PHONE, section, "Phone on the day", sample="+49 30 23125 001"),
        Question("opening", Shape.CHOICE, section, "How do you begin?", "Opening", choices=TUNES, sample="slow"),
        Question("encores", Shape.CHOICES, section, "And then?", "Encores", choices=TUNES, sample=["fast", "slow"]),
        Question("wishes", Shape.RANKED, section, "Best first?", "Wishes", choices=TUNES, sample=["march", "slow"]),
        Question("piano", Shape.NEED, section, "Do you need a piano?", "Piano", sample=True),
        Question("chairs", Shape.NUMBER, section, "How many chairs?", "Chairs", bounds=(2, 9), sample=7),
        Question("rehearsal", Shape.DAYS, section, "How long before?", "Rehearsal", bounds=(1, 5), sample=1),
        Question("players", Shape.PEOPLE, section, "How many play?", "Players", bounds=(1, 90), sample=12),
        Question("home", Shape.COUNTRY, section, "Where from?", "Home", sample="ID"),
        Question("sung_in", Shape.LANGUAGE, section, "Sung in", sample="zh-hans"),
        Question("rehearsals", Shape.WINDOWS, section, "Rehearsals", sample=days),
    )


def test_rows_more_have_every_shape() -> None:
    """But that of the network, whose answer is no word and no number."""
    assert {row.shape for row in more(Kind.VISIT)} == set(Shape) - {Shape.NETWORK}


def forget() -> None:
    for read in (questions.columns, questions.own, questions.asked):
        read.cache_clear()


@pytest.fixture(autouse=True)
def remembered() -> Iterator[None]:
    """What is remembered of a table goes with it."""
    yield
    forget()


@pytest.fixture(params=[(kind, extended) for extended in (False, True) for kind in Kind], ids=str)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    """Each kind as it is, and with rows more."""
    kind, extended = request.param
    if extended:
        extend(monkeypatch, kind)
    return kind  # type: ignore[no-any-return]


def extend(monkeypatch: pytest.MonkeyPatch, kind: Kind, *rows: Question) -> None:
    asks = questions.TABLE[kind]
    monkeypatch.setitem(questions.TABLE, kind, replace(asks, questions=(*asks.questions, *(rows or more(kind)))))
    # What a process remembers of the table, which changes in tests alone.
    monkeypatch.setattr(search_text, "_searched", search_text._searched.__wrapped__)
    forget()
    # Another table is another version of the program: what was checked by the one before is checked again.
    monkeypatch.setattr(checked, "_rules", lambda _settings: "the next version")


def answer(question: Question, number: int) -> Any:
    """Return an answer that no other question has, where it is written; else the sample."""
    word = f"word{chr(97 + number // 26)}{chr(97 + number % 26)}"
    if question.shape in (Shape.LINE, Shape.TEXT):
        return f"{word} {question.sample}"
    if question.shape is Shape.EMAIL:
        return f"{word}@example.org"
    return "usrn" if question.shape is Shape.NETWORK else question.sample


def typed(question: Question, given: Any) -> dict[str, Any]:
    """Return what a browser sends for an answer."""
    if question.shape is Shape.WINDOWS:
        return {
            f"{question.name}-{number}-{part}": str(value)
            for number, window in enumerate(given)
            for part, value in window.items()
        }
    if question.shape is Shape.NEED:
        return {question.name: "yes" if given else "no"}
    return {question.name: given if isinstance(given, list) else str(given)}


@pytest.fixture(autouse=True)
def _same_browser(client: FlaskClient) -> None:
    client.set_cookie(browser.COOKIE, BROWSER)


def form_id() -> str:
    """Return the id of a form that the tests' browser began."""
    return drafts.new_id(BROWSER, secret_key=make_settings("sqlite:///unused.db").secret_key)


def filled(kind: Kind) -> tuple[dict[Question, Any], MultiDict[str, Any]]:
    given = {question: answer(question, n) for n, question in enumerate(questions.TABLE[kind].questions)}
    sent = {name: value for question, each in given.items() for name, value in typed(question, each).items()}
    return given, MultiDict({"kind": kind.value, "form_id": form_id(), "consent": "yes", **sent})


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def facts(page: str) -> dict[str, str]:
    return {plain(label): plain(value) for label, value in re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.S)}


def read(question: Question, given: Any) -> str:
    if question.shape is Shape.NETWORK:
        return "Example Network"
    return labels.answer_text(question, given, str, Language.EN)


@dataclass
class Sent:
    """An enquiry that was sent through the form, and what its sender was shown on the way."""

    given: dict[Question, Any]
    check: str
    track: str
    reference: str


@pytest.fixture
def sent(client: FlaskClient, write: Write, kind: Kind) -> Sent:
    write(lambda s: make_network(s, slug="usrn", liaison=make_person(s, email="liaison@example.org")))
    given, data = filled(kind)
    checked = client.post("/enquiries/new", data=data)
    assert checked.status_code == 303, re.findall(r'<a href="#[^"]*">[^<]*', checked.text)
    track = client.post("/enquiries/new", data={"form_id": data["form_id"], "final": "yes"}).location
    reference = write(lambda s: s.scalars(select(Enquiry.reference)).one())
    return Sent(given, client.get(checked.location).text, client.get(track).text, reference)


def test_every_question_is_asked(client: FlaskClient, kind: Kind) -> None:
    page = client.get(f"/enquiries/new?kind={kind}").text
    former = [question.name for question in questions.TABLE[kind].questions if question.former]
    assert not [name for name in former if f'id="{name}"' in page]
    _given, data = filled(kind)
    client.post("/enquiries/new", data=data | {"step": "kind"})
    page += client.get(f"/enquiries/new?draft={data['form_id']}").text
    for question in questions.TABLE[kind].questions:
        first = f"{question.name}-0-start" if question.shape is Shape.WINDOWS else question.name
        assert f'id="{first}"' in page, question.name
        if question.shape is not Shape.WINDOWS:
            assert re.search(rf">{re.escape(question.label)}\s*<", unescape(page)), question.name


def test_every_answer_is_stored_as_it_was_given(write: Write, sent: Sent) -> None:
    found = write(lambda s: s.scalars(select(Enquiry)).one())
    own = {question.name: given for question, given in sent.given.items() if not question.column}
    assert found.answers == own
    for question, given in sent.given.items():
        if question.column and question.shape is not Shape.NETWORK:
            assert getattr(found, question.name) == given
    assert found.network_id


def test_every_answer_is_checked_before_it_is_sent(client: FlaskClient, write: Write, kind: Kind) -> None:
    write(lambda s: make_network(s, slug="usrn"))
    given, data = filled(kind)
    shown = facts(client.get(client.post("/enquiries/new", data=data).location).text)
    for question, each in given.items():
        label = question.label if question.column else question.heading
        for line in read(question, each).splitlines():
            assert re.sub(r"^\d\. ", "", line) in shown[label], question.name


def test_partner_reads_every_answer_under_its_heading(sent: Sent) -> None:
    shown = facts(sent.track)
    for question, given in sent.given.items():
        if not question.column or question in questions.SENDER:
            assert shown[question.heading] == plain(read(question, given)), question.name
        elif question.name == "message":
            assert plain(given) in plain(sent.track)
    main = facts(sent.track.split("<aside")[1])
    for question, given in sent.given.items():
        assert (main.get(question.heading) == plain(read(question, given))) == question.main, question.name


def test_office_reads_every_answer_under_its_heading(
    client: FlaskClient, write: Write, sign_in: Callable[..., None], sent: Sent
) -> None:
    sign_in(client, write(lambda s: make_person(s).email))
    page = client.get(f"/desk/enquiries/{sent.reference}").text
    shown = facts(page)
    for question, given in sent.given.items():
        if not question.column:
            assert shown[question.heading] == plain(read(question, given)), question.name
        elif question.shape is not Shape.NETWORK:
            assert plain(read(question, given)) in plain(page), question.name


def test_liaison_reads_every_answer_in_the_email_and_behind_its_link(
    client: FlaskClient, write: Write, settings: Settings, sent: Sent
) -> None:
    received = Message.kind == MessageKind.LIAISON_RECEIVED
    text = write(lambda s: s.scalars(select(Message.text).where(received)).one())
    mail = plain(text.replace("\n> ", "\n"))
    query = select(Link).where(Link.kind == LinkKind.DECISION)
    token = write(lambda s: link_token(s.scalars(query).one(), secret_keys=settings.secret_keys))
    shown = facts(client.get(f"/decisions/{token}").text)
    for question, given in sent.given.items():
        if question.shape is not Shape.NETWORK:
            read_as = plain(read(question, given))
            assert (read_as if question.column else f"{question.heading}: {read_as}") in mail, question.name
        if not question.column:
            assert shown[question.heading] == plain(read(question, given)), question.name


def test_search_finds_what_its_row_says_and_no_more(write: Write, sent: Sent) -> None:
    for question, given in sent.given.items():
        if question.shape in (Shape.LINE, Shape.TEXT, Shape.EMAIL):
            word = given.partition(" ")[0]
            hits = len(write(lambda s, word=word: queue.queue(s, Filters(text=word), actor=OFFICE)).rows)
            assert hits == bool(question.searched), question.name


def test_every_answer_survives_other_kinds_and_back(write: Write, settings: Settings, kind: Kind, sent: Sent) -> None:
    before = write(lambda s: s.scalars(select(Enquiry)).one()).answers
    whole = labels.answer_rows(kind, before, str, Language.EN)
    for other in (*(other for other in Kind if other is not kind), kind):

        def change(session: Session, other: Kind = other) -> None:
            found = loading.locked(session, sent.reference, actor=OFFICE)
            conversion.convert(session, found, other, version=found.version, by=acting(OFFICE, settings=settings))

        write(change)
        found = write(lambda s: s.scalars(select(Enquiry)).one())
        assert found.answers == before
        shown = [
            *labels.answer_rows(other, before, str, Language.EN),
            *labels.earlier_answer_rows(other, before, str, Language.EN),
        ]
        assert sorted(shown) == sorted(whole)
    assert labels.answer_rows(kind, found.answers, str, Language.EN) == whole


def errors(app: Flask, kind: Kind, data: MultiDict[str, Any]) -> dict[str, list[str]]:
    with app.test_request_context():
        form = build(kind, data)
        form.validate()
        return field_errors(form)


def test_what_must_be_answered_is_asked_for_in_its_own_words(app: Flask, write: Write, kind: Kind) -> None:
    write(lambda s: make_network(s, slug="usrn"))
    for question in questions.TABLE[kind].questions:
        given, data = filled(kind)
        for name in typed(question, given[question]):
            data.poplist(name)
        if question.shape is Shape.WINDOWS:
            assert errors(app, kind, data) == {f"{question.name}-0-start": ["Enter the first day."]}
        else:
            assert errors(app, kind, data) == ({question.name: [question.required]} if question.required else {})


def test_numbers_stay_within_their_bounds(app: Flask, write: Write, kind: Kind) -> None:
    write(lambda s: make_network(s, slug="usrn"))
    for question in questions.TABLE[kind].questions:
        lowest, highest = question.bounds
        for number in {lowest - 1, lowest, highest, highest + 1} if highest else ():
            _given, data = filled(kind)
            data[question.name] = str(number)
            wrong = [] if lowest <= number <= highest else [question.name]
            assert list(errors(app, kind, data)) == wrong, (question.name, number)


def test_what_is_not_in_the_list_is_refused(app: Flask, write: Write, kind: Kind) -> None:
    write(lambda s: make_network(s, slug="usrn"))
    closed = {Shape.CHOICE, Shape.CHOICES, Shape.RANKED, Shape.NEED, Shape.NETWORK, Shape.COUNTRY, Shape.LANGUAGE}
    for question in questions.TABLE[kind].questions:
        if question.shape in closed:
            _given, data = filled(kind)
            data.setlist(question.name, ["unheard_of"])
            assert list(errors(app, kind, data)) == [question.name]


def test_text_that_is_too_long_is_refused(app: Flask, write: Write, kind: Kind) -> None:
    write(lambda s: make_network(s, slug="usrn"))
    for question in questions.TABLE[kind].questions:
        if question.is_written and question.shape is not Shape.EMAIL:
            _given, data = filled(kind)
            data[question.name] = "1" * ((question.limit or {Shape.TEXT: 5000}.get(question.shape, 200)) + 1)
            assert list(errors(app, kind, data)) == [question.name]


def test_draft_of_before_is_opened_and_asked_what_is_new(
    client: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lambda s: make_network(s, slug="usrn"))
    _given, data = filled(Kind.COLLABORATION)
    kept = client.post("/enquiries/new", data=data)
    extend(monkeypatch, Kind.COLLABORATION, more(Kind.COLLABORATION)[0])
    back = client.get(kept.location)
    assert (back.status_code, back.location) == (303, f"/enquiries/new?draft={data['form_id']}")
    page = client.get(back.location).text
    assert 'id="instrument"' in page
    assert data["university_contact"] in page
    data["instrument"] = "Gamelan"
    assert client.post("/enquiries/new", data=data).location == kept.location
    assert facts(client.get(kept.location).text)["Instrument"] == "Gamelan"


def test_each_ranked_answer_is_put_in_order_by_itself(
    client: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two questions may offer the same word."""
    write(lambda s: make_network(s, slug="usrn"))
    section = questions.PURPOSES.section
    extend(monkeypatch, Kind.VISIT, replace(questions.PURPOSES, name="fallbacks", read="Fallbacks", section=section))
    _given, data = filled(Kind.VISIT)
    data.setlist("fallbacks", ["courtesy", "student_exchange"])
    path = client.post("/enquiries/new", data=data).location
    moved = client.post(path, data={"question": "fallbacks", "raise": "student_exchange"})
    assert moved.location == f"{path}#purpose"
    shown = facts(client.get(path).text)
    assert shown["Fallbacks"].index("Student exchange") < shown["Fallbacks"].index("Courtesy call")
    assert shown["Purposes, by priority"].index("Service learning") < shown["Purposes, by priority"].index("Student")


def test_first_questions_beside_the_directory_are_those_of_the_form(client: FlaskClient) -> None:
    ask = client.get("/").text.split('id="enquire"')[1].split("</section>")[0]
    asked = set(re.findall(r'name="(\w+)"', ask)) - {"step", "kind", "csrf_token"}
    assert asked
    for kind in Kind:
        assert asked <= {question.name for question in questions.columns(kind)}


def test_words_of_a_form_that_was_refused_are_called_as_they_were_asked(csrf_client: FlaskClient) -> None:
    page = csrf_client.post("/enquiries/new", data={"leader_name": "Kowalski", "rationale": "Fit", "mode": "online"})
    assert page.status_code == 403
    assert [label in page.text for label in ("Leader of the delegation", "Why our university?", "How to meet")] == [
        True,
        True,
        False,
    ]
