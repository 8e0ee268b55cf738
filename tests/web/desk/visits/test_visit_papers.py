"""The papers of a visit at the desk and by the partner's link, and the letters of those who need one."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.documents.reading import bare, text_of
from tests.domain.visits.test_papers import PASSPORT, delegate, large, planned
from tests.factories import NOW, acting, make_person, staff_actor, tracking_token
from tests.forms import form_with
from webapp.config import Settings
from webapp.documents.letters import Incomplete
from webapp.domain import settings as office_settings
from webapp.domain.papers import letters, orders, versions
from webapp.domain.papers.orders import Claimed
from webapp.domain.visits import making
from webapp.models import AuditEntry, Delegate, PaperOrder
from webapp.vocabulary import AuditKind, Paper, Role

pytestmark = pytest.mark.one_database
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def case(build: Write, settings: Settings) -> dict[str, Any]:
    def rows(session: Session) -> dict[str, Any]:
        enquiry, _visit = planned(session, settings)
        whole, empty = delegate(session, enquiry, 1, "Kari", **PASSPORT), delegate(session, enquiry, 2, "Olav")
        return {
            "id": enquiry.id,
            "reference": enquiry.reference,
            "track": f"/track/{tracking_token(session, settings, enquiry)}",
            "people": [str(whole.id), str(empty.id)],
        }

    made: dict[str, Any] = build(rows)
    return made


@pytest.fixture
def desk(client: FlaskClient, write: Write, sign_in: Any) -> FlaskClient:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))
    return client


def work(write: Write, settings: Settings) -> None:
    """Make what is due, as the worker does."""

    def one(session: Session) -> bool:
        order = session.scalars(select(PaperOrder).where(PaperOrder.due_at.is_not(None))).first()
        if order is None or order.due_at is None:
            return False
        claimed = orders.claim(session, now=order.due_at)
        assert claimed is not None
        chosen = office_settings.in_force(session, settings)
        made = making.make(session, claimed, settings=chosen)
        orders.record_made(session, claimed, made.content, made.basis, now=claimed.asked_at)
        return True

    while write(one):
        pass


def audited(write: Write, kind: AuditKind) -> list[dict[str, Any]]:
    return [dict(each) for each in write(lambda s: s.scalars(select(AuditEntry.data).where(AuditEntry.kind == kind)))]


def test_papers_are_asked_for_made_handed_out_and_known_to_be_out_of_date(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    page = f"/desk/visits/{case['reference']}"
    assert desk.get(page).text.count("Not made yet") == len(Paper)
    none = desk.get(f"{page}/papers/dossier.pdf")
    assert (none.status_code, "This paper is not made yet" in none.text) == (404, True)
    assert write(lambda s: orders.of(s, case["id"])) == []
    early = desk.get(f"{case['track']}/programme.pdf")
    assert (early.status_code, "This link does not work" in early.text) == (404, False)
    assert f'href="{case["track"]}"' in early.text, "the link is good, and leads to its page"
    assert desk.get(f"{case['track']}x/programme.pdf").text.count("This link does not work"), "this one is none"
    assert "programme.pdf" not in desk.get(case["track"]).text
    assert desk.post(f"{page}/papers").status_code == 303
    assert desk.get(page).text.count("<strong>Being made</strong>") == len(Paper)
    work(write, settings)
    shown = desk.get(page).text
    assert shown.count("Version 1") == len(Paper)
    assert "Being made" not in shown
    assert "Out of date" not in shown
    for paper in Paper:
        answer = desk.get(f"{page}/papers/{paper}.pdf")
        assert answer.data.startswith(b"%PDF")
        assert answer.headers["Content-Disposition"] == f"attachment; filename={case['reference']}-{paper}.pdf"
        assert b"KARI DAHL" not in answer.data
    assert desk.get(f"{page}/papers/passports.pdf").status_code == 404
    assert desk.get(f"{case['track']}/programme.pdf").data.startswith(b"%PDF")
    assert "programme.pdf" in desk.get(case["track"]).text
    assert [each["paper"] for each in audited(write, AuditKind.PAPER_DOWNLOADED)] == [*Paper, "programme"]
    desk.post(f"{page}/papers")
    work(write, settings)
    assert desk.get(page).text.count("Version 1") == len(Paper), "the same paper is no new version"

    def change(session: Session) -> None:
        session.get_one(Delegate, int(case["people"][1])).diet = "No nuts"

    write(change)
    assert desk.get(page).text.count("Out of date: the visit has changed since") == len(Paper)
    write(lambda s: setattr(s.get_one(Delegate, int(case["people"][1])), "family_name", "\U0001f98a"))
    desk.post(f"{page}/papers")
    claimed = write(lambda s: orders.claim(s, now=orders.of(s, case["id"])[0].asked_at))
    found = [("delegates[2].own.family_name", "\U0001f98a", "\U0001f98a")]
    write(lambda s: orders.record_problems(s, claimed, found))
    said = unescape(desk.get(page).text)
    assert "Cannot be printed" in said
    assert "Delegate 2, “\U0001f98a”: no font has \U0001f98a (U+1F98A)." in said


def test_the_partner_has_the_programme_once_what_is_planned_is_shown_to_them(
    desk: FlaskClient, write: Write, settings: Settings
) -> None:
    def rows(session: Session) -> tuple[str, str]:
        enquiry, _visit = large(session, settings)
        orders.ask(session, enquiry.id, [Paper.PROGRAMME], now=NOW)
        return enquiry.reference, f"/track/{tracking_token(session, settings, enquiry)}"

    reference, track = write(rows)
    work(write, settings)
    assert desk.get(f"/desk/visits/{reference}/papers/programme.pdf").status_code == 200
    assert desk.get(f"{track}/programme.pdf").status_code == 404
    assert "programme.pdf" not in desk.get(track).text
    desk.post(f"/desk/visits/{reference}/programme/show", data={"shown": "1"})
    assert bare("Banquet hosted by the President") in text_of(desk.get(f"{track}/programme.pdf").data)
    assert "programme.pdf" in desk.get(track).text


def test_letters_are_issued_for_those_chosen_opened_and_withdrawn(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    page = f"/desk/visits/{case['reference']}/letters"
    form = form_with(desk.get(page).text, "signatory_name")
    assert form["people"] == case["people"], "those who need a letter are chosen"
    typed = {**form, "purpose": "hk_other", "signatory_name": "Lee Siu Ming", "signatory_post": "Director",
             "payer": "The delegation"}  # fmt: skip
    answer = desk.post(page, data=typed)
    said = " ".join(unescape(answer.text).split())
    assert answer.status_code == 422
    for fault in ("Phone of the office – The letter must state this.",
                  "Olav Dahl – Name, as in the passport – The letter must state this.",
                  "Olav Dahl – Passport valid until – The letter must state this."):  # fmt: skip
        assert said.count(fault) == 1, fault
    assert "Kari Dahl –" not in said
    assert form_with(answer.text, "signatory_name")["signatory_name"] == ["Lee Siu Ming"]
    assert write(lambda s: letters.of(s, case["id"])) == []
    write(_phone(settings, "+852 5550 0100"))
    assert desk.post(page, data={**typed, "people": case["people"][:1]}).status_code == 303
    (row,) = write(lambda s: letters.of(s, case["id"]))
    assert desk.get(f"{page}/{row.number}.pdf").status_code == 404
    work(write, settings)
    assert desk.get(f"{page}/{row.number}.pdf").data.startswith(b"%PDF")
    assert desk.get(f"{page}/IL-2222-2222.pdf").status_code == 404
    withdraw = f"{page}/{row.number}/withdraw"
    assert desk.post(withdraw, data={"reason": ""}).status_code == 422
    assert desk.post(withdraw, data={"reason": "A wrong day"}).status_code == 303
    assert desk.post(withdraw, data={"reason": "Again"}).status_code == 409
    shown = desk.get(page).text
    assert "A wrong day" in shown
    assert "N0000001" not in shown
    for kind in (AuditKind.LETTER_ISSUED, AuditKind.LETTER_DOWNLOADED, AuditKind.LETTER_WITHDRAWN):
        assert audited(write, kind) == [{"letter": row.number}], kind
    assert write(lambda s: versions.of(s, case["id"], row.number))[0].version == 1


def test_a_letter_that_lacks_a_fact_by_now_says_which(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    page = f"/desk/visits/{case['reference']}/letters"
    write(_phone(settings, "+852 5550 0100"))
    form = form_with(desk.get(page).text, "signatory_name")
    typed = {**form, "purpose": "hk_other", "signatory_name": "Lee Siu Ming", "signatory_post": "Director",
             "payer": "The delegation", "people": case["people"][:1]}  # fmt: skip
    assert desk.post(page, data=typed).status_code == 303
    write(_phone(settings, "", version=1))
    assert "the last try failed" not in desk.get(page).text

    def tried(session: Session, times: int) -> Claimed:
        for _ in range(times):
            (order,) = orders.of(session, case["id"])
            claimed = orders.claim(session, now=order.due_at or NOW)
            assert claimed is not None
        return claimed

    claimed = write(lambda s: tried(s, 2))
    assert "the last try failed" in desk.get(page).text
    with pytest.raises(Incomplete) as caught:
        write(lambda s: making.make(s, claimed, settings=office_settings.in_force(s, settings)))
    write(lambda s: orders.record_missing(s, claimed, caught.value.faults))
    shown = unescape(desk.get(page).text)
    assert "Could not be made: a fact is missing" in shown
    assert "Phone of the office – The letter must state this." in shown
    assert "Withdraw it, and issue another one." in shown
    assert write(lambda s: [(each.due_at, each.facts) for each in orders.of(s, case["id"])]) == [(None, {})]


def _phone(settings: Settings, number: str, *, version: int = 0) -> Callable[[Session], Any]:
    by = acting(staff_actor(Role.ADMINISTRATOR))
    return lambda s: office_settings.change(s, {"office_phone": number}, version=version, by=by, settings=settings)
