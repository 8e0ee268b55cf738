"""Files of forms that no one sent: bounded for each network and day, and in all, and named when they go."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOW, submission
from webapp.config import Settings
from webapp.domain.enquiries import drafts, submissions, unsent
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.errors import TooMany
from webapp.models import Attachment, Draft
from webapp.vocabulary import Kind, Language

Write = Callable[[Callable[[Session], Any]], Any]
MB = 1024 * 1024


@pytest.fixture
def small(settings: Settings) -> Settings:
    """Room for 50 MB, of which one visitor brings 5 a day."""
    more = {"rate_limits": "on", "unsent_megabytes": 50, "attachment_megabytes": 1, "attachment_count": 3}
    return settings.model_copy(update=more)


def bring(
    write: Write, settings: Settings, form: str, size: int = MB, *, address: str = "203.0.113.9", at: Any = NOW
) -> bool:
    """Bring a file with a form; return whether it was taken."""
    file = Upload(f"{form}.pdf", "application/pdf", b"x" * size)

    def save(session: Session) -> None:
        unsent.admit(session, form, [file], address=address, now=at, settings=settings)
        drafts.save(session, form, kind=Kind.VISIT, language=Language.EN, fields={"a": ["b"]}, uploads=[file], now=at)

    try:
        write(save)
    except TooMany:
        return False
    return True


def kept(write: Write) -> list[str]:
    return list(write(lambda s: s.scalars(select(Attachment.name).order_by(Attachment.id)).all()))


def test_one_network_brings_so_much_a_day_and_no_more(write: Write, small: Settings) -> None:
    assert [bring(write, small, f"form-{number}") for number in range(7)] == [True] * 5 + [False] * 2
    assert len(kept(write)) == 5
    assert bring(write, small, "later", at=NOW + timedelta(hours=6))
    same, other = "2001:db8:1:2::{:x}", "2001:db8:{:x}::1"
    assert [bring(write, small, f"six-{n}", address=same.format(n)) for n in range(6)] == [True] * 5 + [False]
    assert all(bring(write, small, f"far-{number}", address=other.format(number + 9)) for number in range(6))


def test_neighbourhood_brings_four_times_as_much(write: Write, small: Settings) -> None:
    taken = [bring(write, small, f"form-{number}", address=f"203.0.113.{number}") for number in range(22)]
    assert taken == [True] * 20 + [False] * 2


def test_files_of_a_form_that_was_sent_count_no_longer(write: Write, small: Settings) -> None:
    assert bring(write, small, "sent", 5 * MB)
    assert not bring(write, small, "more")

    def send(session: Session) -> None:
        draft = drafts.locked(session, "sent")
        submissions.submit(session, submission(), draft=draft, now=NOW, settings=small)
        unsent.sent(session, draft.attachments, address="203.0.113.9", now=NOW, settings=small)

    write(send)
    assert bring(write, small, "more", 5 * MB)


def test_oldest_go_where_there_is_no_room_and_their_drafts_say_which(write: Write, small: Settings) -> None:
    free = small.model_copy(update={"rate_limits": "off"})
    for number in range(5):
        assert bring(write, free, f"form-{number}", 10 * MB, at=NOW + timedelta(minutes=number))
    assert bring(write, free, "form-5", 11 * MB, at=NOW + timedelta(hours=1))
    assert kept(write) == [f"form-{number}.pdf" for number in range(2, 6)]
    assert write(lambda s: s.scalar(select(func.sum(Attachment.size)))) <= free.unsent_megabytes * MB
    first = write(lambda s: drafts.find(s, "form-0"))
    assert (first.files_gone, first.fields) == (["form-0.pdf"], {"a": ["b"]})


def test_form_keeps_its_own_files_and_those_of_enquiries_are_never_let_go(write: Write, small: Settings) -> None:
    free = small.model_copy(update={"rate_limits": "off"})
    assert bring(write, free, "sent", 45 * MB)
    write(lambda s: submissions.submit(s, submission(), draft=drafts.locked(s, "sent"), now=NOW, settings=free))
    assert bring(write, free, "own", 30 * MB)
    assert bring(write, free, "own", 40 * MB)
    write(lambda s: unsent.purge(s, now=NOW + timedelta(days=3)))
    assert kept(write) == ["sent.pdf"]


def test_purge_lets_go_of_files_after_a_day_and_keeps_the_words(write: Write, small: Settings) -> None:
    assert bring(write, small, "old")
    assert bring(write, small, "new", at=NOW + timedelta(hours=2))
    write(lambda s: unsent.purge(s, now=NOW + unsent.KEPT + timedelta(hours=1)))
    assert kept(write) == ["new.pdf"]
    assert write(lambda s: s.scalars(select(Draft.files_gone).order_by(Draft.id)).all()) == [["old.pdf"], []]
    assert write(lambda s: drafts.find(s, "old")).fields == {"a": ["b"]}


def test_files_of_many_forms_go_by_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch, write: Write, small: Settings, count_queries: Any
) -> None:
    """One that is killed leaves them to the next."""
    monkeypatch.setattr(unsent, "AT_ONCE", 2)
    for number in range(5):
        assert bring(write, small, f"form {number}", size=1)
    later = NOW + 2 * unsent.KEPT

    def dies(session: Session) -> None:
        assert unsent.purge(session, now=later) == 2
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(dies)
    assert len(kept(write)) == 5
    with count_queries() as statements:
        assert write(lambda s: unsent.purge(s, now=later)) == 2
    assert len(statements) <= 8
    assert [write(lambda s: unsent.purge(s, now=later)) for _ in range(3)] == [2, 1, 0]
    assert kept(write) == []
    gone = write(lambda s: s.scalars(select(Draft.files_gone).order_by(Draft.id)).all())
    assert gone == [[f"form {number}.pdf"] for number in range(5)]
