"""Files and the virus scanner: who takes a file up, what is written down, and when its content leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import NOW, acting, make_enquiry, submission
from webapp.config import Settings
from webapp.domain.enquiries import drafts, splitting, submissions, tracking
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.enquiries.splitting import SplitRequest
from webapp.domain.errors import FileHeldBack, FileWaiting
from webapp.domain.files import checking, handing_out
from webapp.domain.security.tokens import new_token
from webapp.models import Attachment, Enquiry, Event, event_data
from webapp.vocabulary import EventKind, FileState, Job, Kind, Language

Write = Callable[[Callable[[Session], Any]], Any]
PLAN = Upload("plan.txt", "text/plain", b"A plan of three pages.")


@pytest.fixture
def scanned(settings: Settings) -> Settings:
    return settings.model_copy(update={"clamd_url": "unix:///nowhere/clamd.ctl"})


def with_file(write: Write, settings: Settings) -> tuple[int, int]:
    """Return the ids of an enquiry and of the file that its partner sent with a message."""

    def add(session: Session) -> tuple[int, int]:
        enquiry = make_enquiry(session, settings)
        event = tracking.write(session, enquiry, "Our plan.", uploads=[PLAN], now=NOW, settings=settings)
        return enquiry.id, event.files[0].id

    found: tuple[int, int] = write(add)
    return found


def told(session: Session, enquiry_id: int) -> list[event_data.EventData]:
    query = select(Event).where(Event.enquiry_id == enquiry_id, Event.kind == EventKind.FILE_HELD_BACK)
    return [event.facts for event in session.scalars(query)]


def handed_out(write: Write, file_id: int, settings: Settings) -> bytes:
    content: bytes = write(lambda s: handing_out.content(s, s.get_one(Attachment, file_id), settings=settings))
    return content


def test_without_a_scanner_files_leave_as_they_are_and_no_one_is_asked(
    write: Write, settings: Settings, broker: RecordingBroker
) -> None:
    _, file_id = with_file(write, settings)
    assert handed_out(write, file_id, settings) == PLAN.content
    assert [job for job, _ in broker.jobs if job is Job.FILE_CHECK] == []


def test_a_file_waits_until_it_was_looked_at(write: Write, scanned: Settings, broker: RecordingBroker) -> None:
    _, file_id = with_file(write, scanned)
    assert (Job.FILE_CHECK, file_id) in broker.jobs
    with pytest.raises(FileWaiting):
        handed_out(write, file_id, scanned)
    claimed = write(lambda s: checking.claim(s, file_id, now=NOW))
    assert claimed == checking.Claimed(file_id, PLAN.content)
    with pytest.raises(FileWaiting):
        handed_out(write, file_id, scanned)
    write(lambda s: checking.record(s, file_id, None, now=NOW))
    assert handed_out(write, file_id, scanned) == PLAN.content


def test_what_was_found_is_told_once_and_never_leaves(write: Write, scanned: Settings, settings: Settings) -> None:
    enquiry_id, file_id = with_file(write, scanned)
    for _ in range(2):
        write(lambda s: checking.record(s, file_id, "Eicar-Test", now=NOW))
    write(lambda s: checking.record(s, file_id, None, now=NOW))
    for known in (scanned, settings):  # also once the scanner is used no more
        with pytest.raises(FileHeldBack) as refused:
            handed_out(write, file_id, known)
        assert (refused.value.name, refused.value.found) == ("plan.txt", "Eicar-Test")
    expected = [event_data.FileHeldBack(file_id=file_id, name="plan.txt", found="Eicar-Test")]
    assert write(lambda s: told(s, enquiry_id)) == expected
    assert write(lambda s: s.scalars(select(Attachment.content)).one()) == PLAN.content  # nothing is lost


def test_one_worker_at_a_time_looks_at_a_file_and_another_comes_back_to_it(write: Write, scanned: Settings) -> None:
    _, file_id = with_file(write, scanned)
    assert write(lambda s: checking.due(s, now=NOW)) == [file_id]
    assert write(lambda s: checking.claim(s, file_id, now=NOW)) is not None
    almost = NOW + checking.HELD - timedelta(seconds=1)
    assert write(lambda s: checking.claim(s, file_id, now=almost)) is None
    assert write(lambda s: checking.due(s, now=almost)) == []
    later = NOW + checking.HELD
    assert write(lambda s: checking.due(s, now=later)) == [file_id]
    assert write(lambda s: checking.claim(s, file_id, now=later)) is not None
    write(lambda s: checking.record(s, file_id, None, now=later))
    assert write(lambda s: checking.claim(s, file_id, now=later + checking.HELD)) is None
    assert write(lambda s: checking.due(s, now=later + checking.HELD)) == []


def test_a_file_that_is_refused_for_ever_waits_behind_the_others(write: Write, scanned: Settings) -> None:
    _, first = with_file(write, scanned)
    _, second = with_file(write, scanned)
    assert write(lambda s: checking.due(s, now=NOW, limit=1)) == [first]
    write(lambda s: checking.claim(s, first, now=NOW + timedelta(minutes=1)))
    assert write(lambda s: checking.due(s, now=NOW + timedelta(hours=1), limit=1)) == [second]


def test_what_was_found_in_a_draft_is_told_once_it_is_sent(write: Write, scanned: Settings) -> None:
    form_id = new_token()

    def begin(session: Session) -> int:
        given: dict[str, Any] = {"kind": Kind.QUESTION, "language": Language.EN, "fields": {}, "uploads": [PLAN]}
        return drafts.save(session, form_id, now=NOW, **given).attachments[0].id

    file_id = write(begin)
    assert write(lambda s: checking.due(s, now=NOW)) == [file_id]
    write(lambda s: checking.record(s, file_id, "Eicar-Test", now=NOW))
    assert write(lambda s: s.scalars(select(Event)).all()) == []

    def send(session: Session) -> int:
        draft = drafts.locked(session, form_id)
        made, _ = submissions.submit(session, submission(Kind.QUESTION), draft=draft, now=NOW, settings=scanned)
        return made.id

    enquiry_id = write(send)
    expected = [event_data.FileHeldBack(file_id=file_id, name="plan.txt", found="Eicar-Test")]
    assert write(lambda s: told(s, enquiry_id)) == expected


def test_a_copy_of_a_file_that_is_held_back_is_held_back_too(
    write: Write, scanned: Settings, settings: Settings
) -> None:
    enquiry_id, file_id = with_file(write, scanned)
    write(lambda s: checking.record(s, file_id, "Eicar-Test", now=NOW))

    def split(session: Session) -> int:
        first = session.get_one(Enquiry, enquiry_id)
        part = SplitRequest(Kind.QUESTION, "", "Library access", "May we use it?", files=[file_id])
        given: dict[str, Any] = {"form_id": new_token(), "version": first.version, "by": acting(settings=scanned)}
        return splitting.split(session, first.reference, part, **given).id

    second_id = write(split)
    copy = write(lambda s: s.scalars(select(Attachment).where(Attachment.enquiry_id == second_id)).one())
    with pytest.raises(FileHeldBack):
        handed_out(write, copy.id, settings)
    assert write(lambda s: told(s, second_id)) == [
        event_data.FileHeldBack(file_id=copy.id, name="plan.txt", found="Eicar-Test")
    ]


def test_a_file_that_was_removed_meanwhile_is_forgotten(write: Write, scanned: Settings) -> None:
    _, file_id = with_file(write, scanned)
    write(lambda s: checking.claim(s, file_id, now=NOW))
    write(lambda s: s.delete(s.get_one(Attachment, file_id)))
    write(lambda s: checking.record(s, file_id, "Eicar-Test", now=NOW))
    assert write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.FILE_HELD_BACK)).all()) == []


def test_files_that_were_there_before_wait_too(write: Write, settings: Settings, scanned: Settings) -> None:
    _, file_id = with_file(write, settings)
    assert write(lambda s: checking.due(s, now=NOW)) == [file_id]
    assert write(lambda s: handing_out.state(s.get_one(Attachment, file_id), settings=scanned)) is FileState.WAITING


def test_waiting_says_since_when_and_how_many(
    write: Write, scanned: Settings, count_queries: Callable[[], Any]
) -> None:
    assert write(checking.waiting) == checking.Waiting(None, 0)
    _, first = with_file(write, scanned)
    with_file(write, scanned)

    def ask(session: Session) -> tuple[checking.Waiting, int]:
        with count_queries() as statements:
            return checking.waiting(session), len(statements)

    found, statements = write(ask)
    assert (found, statements) == (checking.Waiting(NOW, 2), 1)
    minutes = timedelta(minutes=scanned.alert_minutes)
    assert not found.late(now=NOW + minutes, settings=scanned)
    assert found.late(now=NOW + minutes + timedelta(seconds=1), settings=scanned)
    write(lambda s: checking.record(s, first, None, now=NOW))
    assert write(checking.waiting).number == 1
