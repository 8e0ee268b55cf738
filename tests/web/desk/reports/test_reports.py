"""The page of figures and its files: what someone typed is never a formula, and bad dates are said by their field."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.documents.reading import bare, tags_of, text_of
from tests.factories import NOW, make_enquiry, make_network, make_person
from tests.forms import form_with
from webapp.config import Settings
from webapp.domain.errors import NotFound
from webapp.domain.papers import orders
from webapp.domain.reports import files, making
from webapp.models import Person
from webapp.vocabulary import Language, OrderState

Write = Callable[[Callable[[Session], Any]], Any]
PERIOD = f"from={NOW:%Y-%m}-01&to={NOW:%Y-%m}-30"


@pytest.fixture
def desk(client: FlaskClient, write: Write, settings: Settings, sign_in: Any) -> FlaskClient:
    def rows(session: Session) -> str:
        for acronym in ("NETA", "=1+2"):
            make_enquiry(session, settings, network=make_network(session, acronym=acronym))
        return make_person(session).email

    sign_in(client, write(rows))
    return client


@pytest.mark.parametrize("by", ["network", "country", "level", "kind", "outcome", "month", "nonsense"])
def test_the_page_shows_each_grouping(desk: FlaskClient, by: str) -> None:
    page = desk.get(f"/desk/reports?{PERIOD}&by={by}")
    assert page.status_code == 200
    assert "Enquiries by month" in page.text


def test_a_period_without_anything_says_so(desk: FlaskClient) -> None:
    assert "Nothing was submitted in this period" in desk.get("/desk/reports?from=2020-01-01&to=2020-02-01").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-12-01&to=2026-11-01", "The last day is before the first day."),
        ("from=2010-01-01&to=2026-11-01", "Choose at most three years."),
        ("from=soon", "Enter dates such as 2027-03-09."),
        ("from=9999-12-31&to=9999-12-31", "Enter dates such as 2027-03-09."),
        ("from=0001-01-01&to=0001-01-02", "Enter dates such as 2027-03-09."),
    ],
)
def test_a_period_that_cannot_be_is_said_and_kept(desk: FlaskClient, query: str, said: str) -> None:
    page = desk.get(f"/desk/reports?{query}")
    assert (page.status_code, said in page.text) == (422, True)
    assert f'value="{query.split("&", maxsplit=1)[0].partition("=")[2]}"' in page.text
    assert desk.get(f"/desk/reports.csv?{query}").status_code == 400


def test_files_hold_the_same_figures_and_no_formula(desk: FlaskClient) -> None:
    answer = desk.get(f"/desk/reports.csv?{PERIOD}")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["Network", "Enquiries"], ["NETA", "1"], ["'=1+2", "1"], ["All", "2"]]
    workbook = desk.get(f"/desk/reports.xlsx?{PERIOD}")
    with zipfile.ZipFile(io.BytesIO(workbook.data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "=1+2" in parts.read("xl/sharedStrings.xml").decode()


def test_texts_that_look_like_formulas_are_texts() -> None:
    rows = [["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", 3, None, 1.5]]
    (read,) = csv.reader(io.StringIO(files.as_csv(rows).decode("utf-8-sig")))
    assert read == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\tx", "3", "", "1.5"]


def test_the_paper_is_asked_for_made_by_the_worker_and_handed_out_to_who_asked(
    desk: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    asked = {"from": f"{NOW:%Y-%m}-01", "to": f"{NOW:%Y-%m}-30", "by": "country"}
    address, page = f"/desk/reports.pdf?{PERIOD}&by=country", f"/desk/reports?{PERIOD}&by=country"
    none = desk.get(address)
    assert (none.status_code, "This paper is not made yet" in none.text) == (404, True)
    sent = form_with(none.text, "from")
    assert {name: sent[name] for name in asked} == {name: [value] for name, value in asked.items()}
    assert write(lambda s: orders.of(s, None)) == [], "asking for the file makes none"
    assert desk.post("/desk/reports", data={**asked, "from": "soon"}).status_code == 400
    assert desk.post("/desk/reports", data=asked).headers["Location"] == f"{page}#paper"
    assert "<strong>Being made</strong>" in desk.get(page).text
    waits = desk.get(address)
    assert (waits.status_code, "<strong>Being made</strong>" in waits.text, 'name="from"' in waits.text) == (
        404,
        True,
        False,
    )

    def work(session: Session) -> None:
        claimed = orders.claim(session, now=orders.of(session, None)[0].asked_at)
        assert claimed is not None
        made = making.make(session, claimed, settings=settings)
        orders.record_made(session, claimed, made.content, made.basis, now=claimed.asked_at)

    write(work)
    shown = desk.get(page).text
    assert ("Version 1" in shown, "Out of date" in shown, "Being made" in shown) == (True, False, False)
    paper = desk.get(address)
    assert paper.headers["Content-Disposition"] == f'attachment; filename="report-{asked["from"]}-{asked["to"]}.pdf"'
    said = text_of(paper.data)
    for expected in ("Figures", "統計", "Enquiries by month", "Germany", "德國", "Working days to decision, median"):
        assert bare(expected) in said, expected
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= tags_of(paper.data)
    # Another figure: the paper is out of date, and made again it is the second version, which says so.
    write(lambda s: make_enquiry(s, settings, country="NO"))
    assert "Out of date: the figures have changed since" in desk.get(page).text
    desk.post("/desk/reports", data=asked)
    write(work)
    assert bare("Version 2") in text_of(desk.get(address).data)
    # Each reads their own: they see other enquiries. Who has no account any more is made none.
    other = write(lambda s: make_person(s, language=Language.ZH_HANS))
    desk.post("/desk/sign-out")
    sign_in(desk, other.email)
    assert desk.get(address).status_code == 404
    desk.post("/desk/reports", data=asked)
    write(lambda s: setattr(s.get_one(Person, other.id), "active", False))
    with pytest.raises(NotFound):
        write(lambda s: making.make(s, orders.claim(s, now=NOW + timedelta(9999)), settings=settings))
    assert [each.state for each in write(lambda s: orders.of(s, None))] == [OrderState.MADE, OrderState.WAITING]
