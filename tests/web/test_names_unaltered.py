"""Five hundred names in many scripts, rare ones among them: none is altered on a page, in a workbook, a paper or a
calendar."""

import io
import re
import shutil
import subprocess
from datetime import timedelta
from html import unescape
from typing import Any

import icalendar
import openpyxl
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.documents.reading import bare, text_of
from tests.domain.visits.test_papers import planned
from tests.factories import NOW, acting, make_person, staff_actor, tracking_token
from tests.tidying.roster import samples
from webapp.config import Settings
from webapp.domain.papers import orders
from webapp.domain.visits import making, roster, roster_drafts
from webapp.models import Delegate, Message
from webapp.tidying.roster import writing
from webapp.vocabulary import Paper, Role

pytestmark = pytest.mark.one_database
Write = Any
OFFICE = staff_actor(Role.COORDINATOR)
COUNT = 500
ARABIC, MOVED = re.compile("[\u0600-\u06ff]"), re.compile("[\\d\u200c]")


def names(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(row["family_name"], row["given_name"]) for row in rows]


def read_by_poppler(content: bytes) -> str:
    """Return the text that `pdftotext` finds, else what our own reader does."""
    if shutil.which("pdftotext") is None:
        return text_of(content)
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return bare(done.stdout.decode())


def is_in(name: str, said: str) -> bool:
    """Return whether a paper says a name. Programs put numbers beside Arabic, and joiners behind their letter."""
    if not ARABIC.search(name):
        return bare(name) in said
    return MOVED.sub("", bare(name)) in MOVED.sub("", said)


def test_no_name_of_five_hundred_is_altered(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    wanted = samples.people(COUNT)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        by = acting(OFFICE, settings=settings)

        def send(session: Session) -> tuple[str, str]:
            enquiry, _visit = planned(session, settings, organisation="峽灣𠮷大學 Þórshöfn جامعة Nguyễn")
            content = writing.as_xlsx(wanted, title="Delegates", notes=[], about="About")
            mark = roster.read(session, enquiry, by=by).mark
            draft = roster_drafts.send(session, enquiry, content, name="list.xlsx", mark=mark, by=by)
            found = roster_drafts.found_in(draft)
            assert found is not None
            assert names([row.values for row in found.rows]) == names(wanted)
            roster_drafts.save(session, enquiry, draft, by=by)
            orders.ask(session, enquiry.id, [Paper.ATTENDANCE], now=NOW)
            return enquiry.reference, tracking_token(session, settings, enquiry)

        reference, token = write(send)
        held = write(lambda s: s.execute(
            select(Delegate.family_name, Delegate.given_name).order_by(Delegate.precedence)
        ).all())  # fmt: skip
        assert [tuple(row) for row in held] == names(wanted)
        sign_in(client, write(lambda session: make_person(session).email))
        page = unescape(client.get(f"/desk/visits/{reference}/roster").text)
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/track/{token}/roster.xlsx").data))
        head, *lines = book.worksheets[0].iter_rows(values_only=True)
        columns = [head.index(name) for name in ("family_name", "given_name")]
        assert [tuple(line[each] or "" for each in columns) for line in lines if any(line)] == names(wanted)

        def paper(session: Session) -> bytes:
            claimed = orders.claim(session, now=NOW)
            assert claimed is not None
            return making.make(session, claimed, settings=settings).content

        said = read_by_poppler(write(paper))
        calendars = write(lambda s: s.scalars(select(Message.calendar).where(Message.calendar != "")).all())
    lost = [each for row in names(wanted) for each in row if each not in page]
    assert lost == [], "on the page"
    lost = [each for row in names(wanted) for each in row if not is_in(each, said)]
    assert lost == [], "on the attendance list"
    summaries = [str(next(iter(icalendar.Calendar.from_ical(text).walk("VEVENT")))["summary"]) for text in calendars]
    assert any("峽灣𠮷大學 Þórshöfn جامعة Nguyễn" in each for each in summaries)
