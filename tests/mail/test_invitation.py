"""Entries for calendars: what programs need to enter, replace and take out a visit, read back by a second parser."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

from webapp.mail.composing import build
from webapp.mail.invitation import Entry, Method, written

AT = datetime(2027, 3, 9, 2, tzinfo=UTC)
ENTRY = Entry(
    uid="LD-7K3Q-9XWT@desk.example.org",
    sequence=3,
    starts_at=AT,
    ends_at=AT + timedelta(hours=2),
    zone=ZoneInfo("Europe/Oslo"),
    summary="訪問" * 60,
    changed_at=AT - timedelta(days=90),
    location="Main hall, 2nd floor; left\nring the bell",
    organizer=("Example University", "office@example.org"),
    attendee=('Erika "Rika" Mustermann, MA', "erika@example.org"),
)


def parsed(text: str) -> icalendar.cal.Component:
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return event


def test_an_entry_says_all_that_programs_need() -> None:
    text = written([ENTRY], Method.REQUEST)
    event = parsed(text)
    assert (str(event["uid"]), int(event["sequence"]), str(event["status"])) == (ENTRY.uid, 3, "CONFIRMED")
    assert event.decoded("dtstart") == AT
    assert event["dtstart"].params["tzid"] == "Europe/Oslo"
    assert str(event["summary"]) == ENTRY.summary
    assert str(event["location"]) == ENTRY.location
    assert str(event["attendee"]) == "mailto:erika@example.org"
    assert str(event["organizer"]) == "mailto:office@example.org"
    assert "METHOD:REQUEST" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "TZID:Europe/Oslo" in text


def test_lines_are_folded_between_characters_and_never_longer_than_75_bytes() -> None:
    lines = written([ENTRY], Method.REQUEST).split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert all("\ufffd" not in line for line in lines)


def test_a_change_and_an_end_have_the_same_identity_and_a_higher_number() -> None:
    moved = replace(ENTRY, sequence=4, starts_at=AT + timedelta(days=1), ends_at=AT + timedelta(days=1, hours=1))
    ended = replace(moved, sequence=5, cancelled=True)
    texts = [
        written([ENTRY], Method.REQUEST),
        written([moved], Method.REQUEST),
        written([ended], Method.CANCEL),
    ]
    events = [parsed(text) for text in texts]
    assert len({str(event["uid"]) for event in events}) == 1
    assert [int(event["sequence"]) for event in events] == [3, 4, 5]
    assert len({str(event["organizer"]) for event in events}) == 1
    assert "METHOD:CANCEL" in texts[-1]
    assert str(events[-1]["status"]) == "CANCELLED"


def test_what_someone_typed_cannot_add_a_line_of_its_own() -> None:
    evil = "x\r\nATTENDEE:mailto:evil@example.org\r\nBEGIN:VALARM"
    text = written([replace(ENTRY, summary=evil, location=evil, attendee=(evil, "a@example.org"))], Method.REQUEST)
    assert not re.search(r"^(ATTENDEE:mailto:evil|BEGIN:VALARM)", text, re.MULTILINE)
    assert str(parsed(text)["attendee"]) == "mailto:a@example.org"


def test_an_email_carries_it_as_an_alternative_that_says_what_it_is_to_do() -> None:
    text = written([ENTRY], Method.CANCEL)
    letter = build(
        sender="desk@example.org",
        recipient_name="Erika",
        recipient_email="erika@example.org",
        subject="Visit",
        text="Hello",
        html="<p>Hello</p>",
        calendar=text,
        message_id="<1@example.org>",
        reply_to="office@example.org",
        in_reply_to=None,
        references="",
        reference="LD-7K3Q-9XWT",
        automatic=True,
        date=AT,
    )
    message = email.message_from_bytes(letter.content, policy=email.policy.default)
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    entry = list(message.iter_parts())[-1]
    assert entry.get_param("method") == "CANCEL"
    assert entry.get_content().replace("\r\n", "\n") == text.replace("\r\n", "\n")
