"""Lists of the desk: sorted by their heads, with what can be done to what is ticked, quiet where there is nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import NOW, acting, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.enquiries import tracking
from webapp.models import Enquiry, Tag, Visit
from webapp.vocabulary import Kind, Role, Status, VisitMode, VisitState

Write = Callable[[Callable[[Any], Any]], Any]
ROW = re.compile(r"<tr data-row>.*?/desk/enquiries/(LD-[\w-]+)\"", re.S)
KINDS = (Kind.VISIT, Kind.VISIT, Kind.QUESTION)
OFFERED = re.compile(r'<option value="([a-z_]+)[:"]')


@pytest.fixture
def me(client: FlaskClient, write: Write, sign_in: Any) -> str:
    email = str(write(lambda session: make_person(session, name="Lee Siu Ming").email))
    sign_in(client, email)
    return email


def heads(page: str) -> list[str]:
    [head] = re.findall(r"<thead>(.*?)</thead>", page, re.S)
    return re.findall(r"[?&]sort=(\w+)", head.replace("&amp;", "&"))


def test_list_is_sorted_by_its_heads_where_an_index_has_that_order(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    names = ("Beta", "Alpha", "Gamma")
    made = write(lambda s: {name: make_enquiry(s, settings, organisation=name).reference for name in names})
    write(lambda s: make_enquiry(s, settings, status=Status.DECLINED))
    page = client.get("/desk/").text
    assert heads(page) == ["organisation", "kind", "status", "newest"]
    assert 'aria-sort="ascending"' in page
    by_name = client.get("/desk/?sort=organisation").text
    assert ROW.findall(by_name) == [made["Alpha"], made["Beta"], made["Gamma"]]
    assert heads(client.get("/desk/?sort=newest").text) == ["organisation", "kind", "status", "oldest"]
    closed = client.get("/desk/?view=closed").text
    assert heads(closed) == ["oldest"], "what is closed is sorted by time alone"
    assert 'aria-sort="descending"' in closed
    assert heads(client.get("/desk/?view=new").text) == ["organisation", "kind", "newest"], "all have one status"


def test_ticked_ones_are_offered_what_can_be_done_to_them(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    opened, closed = write(
        lambda s: (make_enquiry(s, settings).reference, make_enquiry(s, settings, status=Status.DECLINED).reference)
    )
    of_open, of_closed = (set(OFFERED.findall(client.get(f"/desk/?view={view}").text)) for view in ("open", "closed"))
    assert {"assign", "review", "accept", "prioritise"} <= of_open
    assert "reopen" not in of_open
    assert "reopen" in of_closed
    assert not {"review", "accept", "complete"} & of_closed
    assert re.search(rf'value="{closed}:1" data-can="[^"]*\breopen\b', client.get("/desk/?view=closed").text)

    refused = client.post("/desk/bulk", data={"row": [f"{opened}:1"], "change": "reopen"}, follow_redirects=True)
    assert "Reopen: not possible for any of these in their present status." in refused.text
    assert "cannot be undone" not in refused.text, "no one is asked about what cannot be"
    asked = client.post("/desk/bulk", data={"row": [f"{opened}:1", f"{closed}:1"], "change": "reopen"}).text
    assert "Reopen: 1 enquiry" in asked
    assert f'name="row" value="{opened}' not in asked
    assert opened in asked, "what is left out is named"


def test_one_notice_says_what_was_done_and_takes_it_back(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    three = write(lambda s: [make_enquiry(s, settings).reference for _ in range(3)])
    ticked = [*(f"{reference}:1" for reference in three), "LD-2222-2222:1"]
    page = client.post("/desk/bulk", data={"row": ticked, "change": "prioritise:high"}, follow_redirects=True).text
    notices = page.split("<main")[0].count('class="notice"')
    assert notices == 1
    assert "done for 3 enquiries" in page
    assert "LD-2222-2222: there is no such enquiry" in page
    assert 'name="undo"' in page


def test_views_without_anything_are_quiet_and_left_out_for_who_sees_a_part(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def people(session: Any) -> tuple[str, str, str]:
        liaison = make_person(session, role=Role.LIAISON)
        network = make_network(session, liaison=liaison)
        make_enquiry(session, settings, network=network)
        host, office = make_person(session, role=Role.HOST), make_person(session)
        return liaison.email, host.email, office.email

    liaison, host, office = write(people)
    shown = {}
    for email in (liaison, host, office):
        sign_in(client, email)
        page = client.get("/desk/").text
        shown[email] = set(re.findall(r'href="/desk/\?view=(\w+)"', page.split('class="views"')[1].split("</nav>")[0]))
        assert ('name="network"' in page) == (email != host), "nothing to filter, no filters"
    assert shown[liaison] == {"mine", "new", "unassigned"}
    assert not shown[host]
    assert {"mine", "spam", "overdue"} <= shown[office]
    assert re.search(r'<li class="none"><a href="/desk/\?view=spam"', client.get("/desk/").text)


def test_my_day_has_four_figures_and_the_visits_of_a_week(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, count_queries: Any
) -> None:
    today = datetime.now(UTC).astimezone(settings.zone).date()

    def fill(session: Any) -> tuple[str, str]:
        office, observer = make_person(session), make_person(session, role=Role.OBSERVER)
        late = make_enquiry(session, settings)
        late.due_on = late.promised_on = today - timedelta(1)
        for days in (0, 6, 7):
            accepted = make_enquiry(
                session, settings, kind=Kind.VISIT, status=Status.SCHEDULED, organisation=f"In {days} days"
            )
            begins = datetime.combine(today + timedelta(days), datetime.min.time(), settings.zone) + timedelta(hours=10)
            session.add(
                Visit(
                    enquiry_id=accepted.id, state=VisitState.CONFIRMED, mode=VisitMode.IN_PERSON, uid=f"{days}",
                    first_day=today + timedelta(days), last_day=today + timedelta(days), timezone=str(settings.zone),
                    starts_at=begins, ends_at=begins + timedelta(hours=1), created_at=NOW, changed_at=NOW,
                    confirmed_at=NOW,
                )
            )  # fmt: skip
        return office.email, observer.email

    for email in write(fill):
        sign_in(client, email)
        day = client.get("/desk/my-day").text
        figures = re.findall(r'<a href="([^"]+)"><b>(\d+\+?)</b>', day)
        assert [number for _way, number in figures] == ["1", "1", "4", "2"]
        for way, _number in figures:
            assert client.get(way.replace("&amp;", "&")).status_code == 200
        week = day.split('id="week"')[1].split("</section>")[0]
        assert "In 0 days" in week
        assert "In 6 days" in week
        assert "In 7 days" not in week
    with count_queries() as statements:
        client.get("/desk/my-day")
    assert len(statements) <= 18


def test_board_names_the_column_that_each_move_leads_to(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    write(lambda s: make_enquiry(s, settings, status=Status.AWAITING_APPROVAL))
    board = client.get("/desk/board").text
    [card] = re.findall(r'<li class="card".*?</details>', board, re.S)
    assert re.search(r'actions/resume" data-to="in_review"', card)
    assert re.search(r'#decide" data-to="accepted"', card)
    assert 'data-to="spam"' not in card
    assert board.count("data-column=") == 6


def test_each_card_of_the_board_has_its_own_tags_and_the_moves_of_its_kind(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    """What cards that are alike have in common is worked out once."""

    def fill(session: Any) -> list[str]:
        found = [make_enquiry(session, settings, status=Status.ACCEPTED, kind=kind) for kind in KINDS]
        for enquiry, names in zip(found, (("Rail", "Air"), (), ("Sea",)), strict=True):
            session.refresh(enquiry, ["tags"])
            enquiry.tags = [Tag(name=name, key=name.lower()) for name in names]
        return [enquiry.reference for enquiry in found]

    references = write(fill)
    board = client.get("/desk/board").text
    cards = [
        re.search(rf'<li class="card" data-row><a href="[^"]*{it}".*?</details>', board, re.S) for it in references
    ]
    texts = [card[0] for card in cards if card]
    assert [re.findall(r'<span class="tag">(\w+)</span>', text) for text in texts] == [["Air", "Rail"], [], ["Sea"]]
    moves = [re.findall(r'data-to="(\w+)"', text) for text in texts]
    assert moves[0] == moves[1] != moves[2]
    assert all(reference in text.split("data-to=")[0] for reference, text in zip(references, texts, strict=True))
    assert all(f"/{it}/actions/" in text for it, text in zip(references, texts, strict=True) if "/actions/" in text)


def test_search_shows_what_the_partner_wrote_later(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    def wrote(session: Any) -> None:
        enquiry = make_enquiry(session, settings, subject="Hello", message="Good morning")
        session.flush()
        tracking.write(session, enquiry, "Our dean plays the bassoon.", now=acting().now, settings=settings)

    write(wrote)
    page = client.get("/desk/?q=bassoon").text
    assert "<mark>bassoon</mark>" in page


def test_brief_is_one_sheet_of_what_is_asked_and_said_last(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def fill(session: Any) -> tuple[str, str, str]:
        enquiry = make_enquiry(session, settings, message="word " * 600)
        return enquiry.reference, make_person(session).email, make_person(session, role=Role.HOST).email

    reference, office, host = write(fill)
    sign_in(client, office)
    page = client.get(f"/desk/enquiries/{reference.lower()}/brief").text
    main = page.split("<main")[1].split("</main>")[0]
    assert "<form" not in main
    assert main.count("word ") < 300
    assert "The rest is on the page of the enquiry." in main
    assert f"/desk/enquiries/{reference}/brief" in client.get(f"/desk/enquiries/{reference}").text
    sign_in(client, host)
    assert client.get(f"/desk/enquiries/{reference}/brief").status_code == 404


def test_oldest_first_goes_on_from_page_to_page(client: FlaskClient, me: str, write: Write, settings: Settings) -> None:
    write(lambda s: [make_enquiry(s, settings, now=NOW + timedelta(hours=n // 3)) for n in range(40)])
    order = write(lambda s: [row.reference for row in s.query(Enquiry).order_by(Enquiry.submitted_at, Enquiry.id)])
    first = client.get("/desk/?sort=oldest").text
    onwards = re.search(r'rel="next" href="([^"]+)"', first)
    assert onwards
    second = client.get(onwards[1].replace("&amp;", "&")).text
    assert [*ROW.findall(first), *ROW.findall(second)] == order
