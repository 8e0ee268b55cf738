# ruff: noqa: E501 - tables read across
"""Secret links as email programs, word processors and people hand them on: with marks, folds and words around them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, refer, tracking_token
from webapp.config import Settings
from webapp.domain.decisions import approvals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.links import issuing
from webapp.domain.security.tokens import link_token, read_token
from webapp.models import Enquiry, Event, Link, Network
from webapp.vocabulary import LinkKind

Write = Callable[[Callable[[Session], Any]], Any]
# What is behind or within a link, as the browser asks for it; "{}" is the token, "{0}" and "{1}" its halves.
AROUND = [
    "{}.", "{},", "{};", "{}:", "{})", "{}>", "{}%3E", "{}%3E.", "{}]", "{}%5D", '{}"', "{}%22", "{}'", "{}%27)", "{}!", "{}%3F", "{}*", "{}%7C", "{}=", "{}/", "{})/", "{}%60",
    "{}%E3%80%82", "{}%EF%BC%8C", "{}%EF%BC%9E", "{}%E2%80%9D", "{}%E2%80%99", "{}%E2%80%A6", "{}%EF%BC%89", "{}%20", "{}%0A", "{}%0D%0A", "{}%C2%A0", "{}=20", "{}%3D20", "{}%C2%AD",
    "{}%E2%80%8B", "{}%20Thank%20you", "{}%20-%20Erika", "{}.Thank", "{}%E8%AF%B7%E7%82%B9%E5%87%BB", "{}&language=zh-hant", "{}%253E", "{}%3Cbr%3E", "{}_", "{}-",
    "{0}%20{1}", "{0}%0A{1}", "{0}%0D%0A{1}", "{0}=%0A{1}", "{0}=%0D%0A{1}", "{0}%C2%AD{1}", "{0}%E2%80%8B{1}", "{0}%20%20{1}%3E", "%3C{}%3E", "%20{}", "%22{}%22", "%E2%80%9C{}%E2%80%9D", "%EF%BB%BF{}",
]  # fmt: skip


def around(frame: str, token: str) -> str:
    """The token as a frame hands it on; halves are split where any letter may be."""
    return frame.format(token, "") if "{}" in frame else frame.format(token[:20], token[20:])


@pytest.fixture
def tracked(write: Write, settings: Settings) -> str:
    return str(write(lambda session: tracking_token(session, settings, make_enquiry(session, settings))))


@pytest.fixture
def decided(write: Write, settings: Settings) -> str:
    def make(session: Session) -> str:
        person = make_person(session, name="Prof. Example")
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=person))
        decision = issuing.issue(session, enquiry, person.id, now=NOW, settings=settings)
        return link_token(decision, secret_keys=settings.secret_keys)

    return str(write(make))


def test_tracking_link_opens_with_whatever_is_around_it(client: FlaskClient, tracked: str) -> None:
    wrong = [frame for frame in AROUND if client.get(f"/track/{around(frame, tracked)}").status_code != 200]
    assert wrong == []


def test_decision_link_opens_with_whatever_is_around_it(client: FlaskClient, decided: str) -> None:
    wrong = [frame for frame in AROUND if client.get(f"/decisions/{around(frame, decided)}").status_code != 200]
    assert wrong == []


def test_page_behind_a_torn_link_leads_on_by_the_clean_one(client: FlaskClient, tracked: str) -> None:
    page = client.get(f"/track/{tracked}).").get_data(as_text=True)
    assert f'action="/track/{tracked}/messages"' in page


def test_opening_a_torn_link_changes_nothing_and_posting_to_it_works(
    client: FlaskClient, tracked: str, session: Session
) -> None:
    before = session.scalar(select(func.count(Event.id)))
    for frame in AROUND:
        client.get(f"/track/{around(frame, tracked)}")
    session.rollback()
    assert session.scalar(select(func.count(Event.id))) == before
    response = client.post(f"/track/{tracked})/messages", data={"message": "We are five."})
    session.rollback()
    sent = session.scalar(select(func.max(Event.id)))
    assert (response.status_code, response.location) == (303, f"/track/{tracked}#message-{sent}")


def test_answer_to_a_torn_decision_link_is_taken(client: FlaskClient, decided: str, session: Session) -> None:
    version = session.scalar(select(Enquiry.version).join(Link, Link.enquiry_id == Enquiry.id).distinct())
    session.rollback()
    answer = {"choice": "decline", "text": "We cannot.", "version": str(version)}
    assert client.post(f"/decisions/{decided}.", data=answer).status_code == 303


@pytest.mark.parametrize("torn", ["", "x", ".", "a" * 42, "{}".format("é" * 43), "a" * 43, "%00", "a" * 5000])
def test_what_holds_no_link_opens_nothing(client: FlaskClient, tracked: str, torn: str) -> None:
    assert client.get(f"/decisions/{torn}").status_code == 404
    assert client.get(f"/track/{torn}x").status_code == 404
    assert client.get(f"/track/{tracked[:-1]}").status_code == 404


def test_token_is_read_where_it_is_whole(tracked: str) -> None:
    assert read_token(f"<{tracked}>, thank you") == tracked
    assert read_token(tracked[:-1]) == tracked[:-1]


LOOKED_UP = re.compile(r"\bFROM links\b")


@pytest.fixture
def reads(count_queries: Any) -> Callable[[Callable[[], Any]], int]:
    """Return how many statements read links while something is done."""

    def count(do: Callable[[], Any]) -> int:
        with count_queries() as statements:
            assert do().status_code in (200, 303, 409, 422)
        return sum(bool(LOOKED_UP.search(each)) for each in statements if each.startswith("SELECT"))

    return count


def test_one_look_up_shows_a_page_and_one_more_under_the_lock_takes_an_answer(
    client: FlaskClient, write: Write, settings: Settings, tracked: str, decided: str, reads: Callable[..., int]
) -> None:
    def ask(session: Session) -> list[str]:
        enquiry = make_enquiry(session, settings)
        dean, by = Approver("Prof. Dean", "dean@example.org"), acting(now=NOW, settings=settings)
        approvals.ask(session, enquiry, [dean], in_order=False, text="", by=by)
        refer(session, settings, enquiry)
        found = session.scalars(select(Link).where(Link.kind.in_([LinkKind.APPROVAL, LinkKind.REFERRAL])))
        return [link_token(each, secret_keys=settings.secret_keys) for each in found]

    approved, referred = write(ask)
    pages = [f"/track/{tracked}", f"/track/{tracked}/withdraw"]
    pages += [f"/decisions/{token}" for token in (decided, approved, referred)]
    assert {page: reads(lambda page=page: client.get(page)) for page in pages} == dict.fromkeys(pages, 1)
    assert reads(lambda: client.get(f"/track/{tracked}", headers={"Accept": "application/json"})) == 1
    version = write(lambda session: session.scalars(select(Enquiry.version).join(Network)).one())
    answers = [
        (f"/track/{tracked}/messages", {"message": "We are five."}),
        (f"/track/{tracked}/withdraw", {"reason": ""}),
        (f"/decisions/{decided}", {"choice": "accept", "version": str(version)}),
        (f"/decisions/{approved}", {"outcome": "approved"}),
        (f"/decisions/{referred}", {"finding": "can_help"}),
    ]
    for page, _ in (answers[0], *answers[2:]):
        assert reads(lambda page=page: client.post(page, data={})) == 1
    counted = {page: reads(lambda page=page, data=data: client.post(page, data=data)) for page, data in answers}
    # An enquiry that ends says when its partner's link does.
    assert counted == {page: 3 if "withdraw" in page else 2 for page, _ in answers}
