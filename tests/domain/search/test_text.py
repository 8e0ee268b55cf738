"""The desk finds an enquiry by what was written, and nothing else takes that text for someone's address."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, opened, staff_actor, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import addresses, loading, relations, tracking
from webapp.domain.search import text as search_text
from webapp.domain.triage import queue
from webapp.domain.triage.queue import Filters
from webapp.models import Enquiry
from webapp.vocabulary import Kind

Write = Callable[[Callable[[Session], Any]], Any]
OFFICE = staff_actor()
MORE: dict[str, Any] = {
    "message": "Our gamelan orchestra\nwould like to play for your students.",
    "existing_link": "Agreement on puppetry, 2022",
    "on_behalf_of": "Academy of Shadow Plays",
    "answers": {
        "leader_name": "Prof. Jan Kowalski",
        "senior": "Your Vice-President, Prof. Wong",
        "units": "Department of Bells",
        "mode": "in_person",
    },
}


def hits(write: Write, text: str) -> int:
    return len(write(lambda s: queue.queue(s, Filters(text=text), actor=OFFICE)).rows)


@pytest.mark.parametrize(
    "text",
    ["gamelan", "GAMELAN ORCHESTRA WOULD", "puppetry", "shadow plays", "kowalski", "prof. wong", "of bells"],
)
def test_search_finds_what_was_written(write: Write, settings: Settings, text: str) -> None:
    write(lambda s: (make_enquiry(s, settings, **MORE), make_enquiry(s, settings, kind=Kind.QUESTION)))
    assert hits(write, text) == 1


def test_search_knows_no_words_of_ours(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings, **MORE))
    assert hits(write, "in_person") == 0


def test_search_finds_chinese_and_what_the_partner_writes_later(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        found = make_enquiry(session, settings, kind=Kind.QUESTION, message="我們希望了解交換生計劃。")
        link = opened(session, settings, tracking_token(session, settings, found))
        tracking.write(
            session, tracking.locked(session, link, now=NOW), "Also about Harpsichords", now=NOW, settings=settings
        )

    write(run)
    assert hits(write, "交換生") == 1
    assert hits(write, "harpsichords") == 1


def test_text_has_a_bound_and_keeps_its_beginning(write: Write, settings: Settings) -> None:
    def run(session: Session) -> str:
        found = make_enquiry(session, settings, **{**MORE, "message": "word " * search_text.LONGEST + "end"})
        assert search_text.with_words(found.search_text, "more") == found.search_text
        return found.search_text

    text = write(run)
    written = text.rpartition("\n")[2]
    assert len(written) == search_text.LONGEST
    assert "kowalski" in written


def test_address_in_a_text_is_nobodys_address(write: Write, settings: Settings) -> None:
    def run(session: Session) -> list[Any]:
        one = make_enquiry(session, settings, organisation="One", contact_email="erika@uni-muster.example")
        for words in ("erika@uni-muster.example", "Ask\nerika@uni-muster.example\nplease", "x@uni-muster.example"):
            given = {"organisation": "Two", "contact_email": "x@other.example", "message": words}
            make_enquiry(session, settings, **{**given, "existing_link": words.split("\n")[0]})
            make_enquiry(session, settings, **given, answers={"leader_name": words.replace("\n", " ")})
        return list(relations.similar(session, one, actor=OFFICE))

    assert write(run) == []


def test_corrected_address_is_found_and_the_texts_stay(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        reference = make_enquiry(session, settings, **MORE).reference
        found = loading.locked(session, reference, actor=OFFICE)
        by = acting(OFFICE, settings=settings)
        addresses.correct(session, found, "new@example.org", known="erika@example.org", by=by)

    write(run)
    assert [hits(write, text) for text in ("new@example.org", "erika@example.org", "gamelan")] == [1, 0, 1]
    found = write(lambda s: s.scalars(select(Enquiry)).one())
    assert found.search_text == search_text.text_of(found)
