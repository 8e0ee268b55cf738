"""A visit's list of delegates on pages: the partner sends, looks and saves; the desk reads, edits and decides."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry, make_person, tracking_token
from tests.tidying.roster import samples
from webapp.config import Settings
from webapp.models import AuditEntry, Delegate, Enquiry, RosterChange, RosterDraft, Visit
from webapp.tidying.roster import writing
from webapp.tidying.roster.columns import NAMES
from webapp.vocabulary import AuditKind, Language, Role, RosterChangeState, Status, VisitMode, VisitState

Write = Callable[[Callable[[Session], Any]], Any]
LIST = samples.people(4)
BAD = "family_name,given_name,email\nChan,Tai Man,chan(at)\n,,\n,Nobody Here,x@example.org\n,,who@example.org\n"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False) as traveller:
        yield traveller


class Case:
    """An accepted visit with its partner's link."""

    def __init__(self, write: Write, settings: Settings, client: FlaskClient) -> None:
        self.write, self.client = write, client

        def make(session: Session) -> tuple[str, str, int]:
            enquiry = make_enquiry(session, settings, status=Status.ACCEPTED)
            session.add(
                Visit(
                    enquiry_id=enquiry.id, mode=VisitMode.IN_PERSON, timezone="Asia/Hong_Kong",
                    uid=enquiry.reference, created_at=NOW, changed_at=NOW,
                )
            )  # fmt: skip
            return enquiry.reference, tracking_token(session, settings, enquiry), enquiry.id

        self.reference, token, self.number = write(make)
        self.path = f"/track/{token}/roster"
        self.desk = f"/desk/visits/{self.reference}/roster"

    def page(self, code: int = 200, path: str = "") -> str:
        answer = self.client.get(path or self.path)
        assert answer.status_code == code, answer.text
        return unescape(answer.text)

    def post(self, code: int, path: str = "", **fields: Any) -> str:
        answer = self.client.post(path or self.path, data=fields, content_type="multipart/form-data")
        assert answer.status_code == code, answer.text
        return unescape(answer.text)

    def send(self, content: bytes, code: int = 200, *, name: str = "list.csv", path: str = "") -> str:
        return self.post(code, path, roster=(io.BytesIO(content), name))

    def save(self, rows: list[dict[str, str]]) -> None:
        self.send(writing.as_csv(rows))
        self.post(303, confirm="yes")

    def held(self) -> list[str]:
        query = select(Delegate.family_name).where(Delegate.enquiry_id == self.number).order_by(Delegate.precedence)
        return list(self.write(lambda s: s.scalars(query).all()))

    def confirm(self) -> None:
        values = {"state": VisitState.CONFIRMED, "confirmed_at": NOW}
        self.write(lambda s: s.execute(update(Visit).where(Visit.enquiry_id == self.number).values(**values)))


@pytest.fixture
def case(write: Write, settings: Settings, client: FlaskClient) -> Case:
    return Case(write, settings, client)


def mark(page: str) -> str:
    return re.findall(r'name="mark" value="(\w+)"', page)[0]


def families(rows: list[dict[str, str]]) -> list[str]:
    return [row["family_name"] for row in rows]


def test_a_partner_sends_a_list_looks_at_it_and_saves_it(case: Case) -> None:
    page = case.page()
    for told in (
        "We ask so that",
        "only the office sees them",
        "deleted 7 days after the visit",
        "No one is named yet.",
    ):
        assert told in page
    template = case.client.get(f"{case.path}.csv")
    assert template.data.decode("utf-8-sig").strip() == ",".join(NAMES)
    rows = samples.people(10)
    for name, content in (
        ("list.csv", writing.as_csv(rows)),
        ("list.xlsx", writing.as_xlsx(rows, title="Delegates", notes=[], about="About")),
    ):
        shown = case.send(content, name=name)
        assert case.held() == []
        for row in rows:
            assert row["family_name"] in shown
            assert row["given_name"] in shown
        assert 'name="confirm" value="yes"' in shown
    assert "Not read: About" in shown
    case.post(303, confirm="yes")
    assert case.held() == families(rows)
    page = case.page()
    assert all(row["given_name"] in page for row in rows)
    assert LIST[1]["passport_number"] not in page
    assert "The list is saved." in page
    saved = list(csv.DictReader(io.StringIO(case.client.get(f"{case.path}.csv").data.decode("utf-8-sig"))))
    assert [row["family_name"] for row in saved] == families(rows)
    assert saved[1]["passport_number"] == LIST[1]["passport_number"]
    workbook = case.client.get(f"{case.path}.xlsx").data
    case.send(workbook, name="back.xlsx")
    case.post(303, confirm="yes")
    assert case.held() == families(rows)
    kinds = case.write(lambda s: s.scalars(select(AuditEntry.kind)).all())
    assert kinds.count(AuditKind.PASSPORTS_SEEN) == 2


def test_errors_are_named_by_row_and_column_and_mended_there(case: Case) -> None:
    shown = case.post(422, pasted=BAD)
    assert "Line 2 · Email: Enter an email address like name@example.org." in shown
    assert "Line 5 · Family name: Enter a family name or a given name." in shown
    assert 'name="cell-2-email" value="chan(at)"' in shown
    assert 'name="confirm"' not in shown
    case.post(422, confirm="yes")
    assert case.held() == []
    shown = case.post(422, again="yes", **{"cell-2-email": "chan@example.org", "cell-5-family_name": " "})
    assert "Line 2 · Email" not in shown
    assert "Line 5" in shown
    shown = case.post(200, again="yes", **{"cell-5-family_name": "𠮷田"})
    assert 'name="confirm" value="yes"' in shown
    case.post(303, confirm="yes")
    assert case.held() == ["Chan", "", "𠮷田"]
    row = case.write(lambda s: s.scalars(select(Delegate).where(Delegate.precedence == 1)).one())
    assert row.email == "chan@example.org"


def test_what_a_letter_lacks_can_be_entered_there(case: Case) -> None:
    shown = case.post(200, pasted="name,invitation letter,passport number\nChan Tai Man,yes,\n")
    assert shown.count("Still needed for the letter: Nationality, Date of birth, Passport number.") == 1
    fields = {"nationality": "Hong Kong", "birth_date": "1980-04-03", "passport_number": "K77"}
    assert all(f'name="cell-2-{name}"' in shown for name in fields)
    shown = case.post(200, again="yes", **{f"cell-2-{name}": value for name, value in fields.items()})
    assert "Still needed" not in shown


def test_faults_are_said_in_the_language_of_the_enquiry(case: Case) -> None:
    case.write(lambda s: s.execute(update(Enquiry).values(language=Language.ZH_HANT)))
    assert "請輸入電郵地址，例如name@example.org。" in case.post(422, pasted=BAD)
    assert "請輸入電郵地址，例如name@example.org。" in case.page(path=f"{case.path}?look=1")
    assert "Enter an email address" in case.page(path=f"{case.path}?look=1&language=en")
    case.post(422, pasted="nothing")
    assert "請選擇檔案" in case.post(422)
    group = case.post(422, path=case.path.replace("roster", "group"), guests="many")
    assert "請輸入1至500的整數" in group


def test_what_only_a_person_knows_is_asked(case: Case) -> None:
    text = "name,passport no,date of birth\n陳大文,K77,03/04/1980\n"
    shown = case.send(text.encode("big5hkscs"), 422)
    assert "which comes first?" in shown
    assert "Everyone for whom nothing else is said needs an invitation letter" in shown
    assert "Are letters wrong?" in shown
    shown = case.post(200, again="yes", encoding="big5hkscs", letter="yes", **{"order-birth_date": "day_first"})
    assert "陳大文" in shown
    assert "Traditional Chinese (Big5)" in shown
    assert "Still needed for the letter: Nationality." in shown
    case.post(303, confirm="yes")
    saved = case.client.get(f"{case.path}.csv").data.decode("utf-8-sig")
    assert "陳大文" in saved
    assert "1980-04-03" in saved


def test_files_that_cannot_be_read_say_why_and_nothing_is_lost(case: Case) -> None:
    case.save(LIST)
    files = {
        "It is no table.": (b"MZ\x90\x00" + bytes(200), "list.xlsx"),
        "far more than a list": (samples.bomb(64 * 1024 * 1024), "list.xlsx"),
        "A list can have 500 delegates": (b"name\r\n" + b"Chan\r\n" * 100_000, "list.csv"),
        "a quotation mark is opened": (b'name\r\n"Chan\r\n', "list.csv"),
        "No line names the columns": (b"Chan,Dean\r\n", "list.csv"),
        "old kind": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "list.xls"),
    }
    for told, (content, name) in files.items():
        assert told in case.send(content, 422, name=name), told
    shown = case.post(422, pasted="陳大文\t院長")
    assert "No line names the columns" in shown
    assert "陳大文\t院長" in shown
    assert "Choose a file, paste a table, or enter a delegate." in case.post(422)
    # No database column takes these.
    for pasted in ("sep=\0\nname\0post\nChan\0Dean", "name\n\0\nChan\0", "\0"):
        assert case.client.post(case.path, data={"pasted": pasted}).status_code in (200, 422)
    odd = {"family_name": "Chan\0", "mark": "\0"}
    assert case.client.post(case.path, data=odd).status_code in (200, 422)
    odd = {"again": "yes", "cell-2-family_name": "\0", "order-birth_date": "\0", "cell-9999999999-email": "x"}
    assert case.client.post(case.path, data=odd).status_code in (200, 422)
    assert case.held() == families(LIST)


def test_one_by_one(case: Case) -> None:
    case.page(path=f"{case.path}/delegates/0")
    given = {"given_name": "Ana", "family_name": "Silva", "name_order": "given_first", "diet": "=no eggs", "place": "0"}
    shown = case.post(422, email="ana(at)", **given)
    assert 'value="ana(at)"' in shown
    shown = case.post(200, again="yes", **{"cell-2-email": "ana@example.org"})
    assert "Ana Silva" in shown
    case.post(303, confirm="yes")
    case.post(200, family_name="Chan", given_name="Tai Man", vehicle="AB 1234", photo_consent="yes")
    case.post(303, confirm="yes")
    assert case.held() == ["Silva", "Chan"]
    page = case.page()
    case.post(303, f"{case.path}/delegates/2", do="up", mark=mark(page))
    assert case.held() == ["Chan", "Silva"]
    shown = case.post(422, f"{case.path}/delegates/2", do="up", mark=mark(page))
    assert "The list was changed meanwhile" in shown
    form = case.page(path=f"{case.path}/delegates/1")
    assert 'value="AB 1234"' in form
    case.post(200, place="1", mark=mark(form), family_name="Chan", given_name="Tai Man Peter")
    case.post(303, confirm="yes")
    first = case.write(lambda s: s.scalars(select(Delegate).where(Delegate.precedence == 1)).one())
    assert (first.given_name, first.vehicle, first.photo_consent) == ("Tai Man Peter", "AB 1234", True)
    page = case.page()
    case.post(303, f"{case.path}/delegates/1", do="remove", mark=mark(page))
    assert case.held() == ["Silva"]
    assert case.client.get(f"{case.path}/delegates/7").status_code == 404


def test_who_was_overtaken_is_told_and_keeps_what_was_sent(case: Case) -> None:
    case.save(LIST[:2])
    case.send(writing.as_csv(LIST))
    case.write(lambda s: s.execute(update(Delegate).where(Delegate.precedence == 1).values(diet="no fish")))
    shown = case.post(409, confirm="yes")
    assert "The list was changed meanwhile, so nothing was saved." in shown
    assert len(case.held()) == 2
    case.post(303, confirm="yes")
    assert case.held() == families(LIST)


def test_a_list_is_for_visits_that_are_expected_alone(case: Case) -> None:
    case.save(LIST[:1])
    for status, reads in (
        (Status.RECEIVED, False),
        (Status.DECLINED, False),
        (Status.SCHEDULED, True),
        (Status.COMPLETED, True),
    ):
        case.write(lambda s, status=status: s.execute(update(Enquiry).values(status=status)))
        assert (case.client.get(case.path).status_code == 200) is reads, status
    case.write(lambda s: s.execute(delete(Delegate)))
    assert "The visit is over" in case.page()
    assert "No one is named" in case.page()
    assert "Send a list" not in case.page()
    assert case.client.post(case.path, data={"pasted": "name\nChan"}).status_code in (403, 409)
    assert case.write(lambda s: s.scalars(select(RosterDraft)).all()) == []


def test_the_desk_reads_edits_and_takes_in_what_is_asked_for(case: Case, sign_in: Any, write: Write) -> None:
    case.save(LIST)
    case.confirm()
    changed = [{**LIST[1], "position": "President"}, LIST[0], LIST[2], samples.people(6)[5]]
    case.send(writing.as_csv(changed))
    page = case.post(303, confirm="yes")
    page = case.page()
    assert "4 changes wait for the office." in page
    assert "President" in page
    assert case.held() == families(LIST)
    person = write(lambda s: make_person(s, name="Lee Siu Ming"))
    sign_in(case.client, person)
    desk = case.page(path=case.desk)
    assert "The partner asks for 4 changes" in desk
    assert "With passport details." in desk
    assert changed[3]["passport_number"] not in desk
    ids = [int(found) for found in re.findall(r"/roster/changes/(\d+)", desk)]
    for number in ids[:-1]:
        case.post(303, f"{case.desk}/changes/{number}", do="take")
    case.post(303, f"{case.desk}/changes/{ids[-1]}", do="refuse")
    assert "decided about this change already" in case.post(409, f"{case.desk}/changes/{ids[0]}", do="take")
    states = write(lambda s: s.scalars(select(RosterChange.state).order_by(RosterChange.id)).all())
    assert states.count(RosterChangeState.REFUSED) == 1
    assert "The office did not take in 1 of your changes." in case.page()
    looked = case.post(200, f"{case.desk}/passports")
    assert LIST[1]["passport_number"] in looked
    noted = write(lambda s: s.scalars(select(AuditEntry).where(AuditEntry.actor_id == person.id)).all())
    assert [entry.kind for entry in noted if entry.kind is AuditKind.PASSPORTS_SEEN] == [AuditKind.PASSPORTS_SEEN]
    form = case.page(path=f"{case.desk}/delegates/1")
    assert "passport_number" not in form
    case.post(
        200, case.desk, place="1", mark=mark(form), family_name="Renamed", invitation_letter="yes", given_name="A"
    )
    case.post(303, case.desk, confirm="yes")
    assert case.held()[0] == "Renamed"
    case.post(303, f"{case.desk}/delegates/1", do="down", mark=mark(case.page(path=case.desk)))
    assert case.held()[1] == "Renamed"
    assert changed[0]["passport_number"] in case.post(200, f"{case.desk}/passports")


@pytest.mark.one_database
def test_passports_are_for_few(case: Case, sign_in: Any, write: Write) -> None:
    case.save(LIST)
    for role, code in ((Role.ADMINISTRATOR, 200), (Role.COORDINATOR, 200), (Role.OBSERVER, 403)):
        sign_in(case.client, write(lambda s, role=role: make_person(s, role=role)))
        page = case.page(path=case.desk)
        assert ("Show passport details" in page) is (code == 200)
        assert LIST[1]["passport_number"] not in page
        assert case.client.post(f"{case.desk}/passports").status_code == code
