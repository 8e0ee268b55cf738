"""The page of figures and its files: what someone typed is never a formula, and bad dates are said by their field."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.reports import files

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


@pytest.mark.parametrize("by", ["network", "country", "level", "kind", "outcome", "nonsense"])
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
