"""Every link on every page of the desk leads to a page that its reader may open, whatever their role."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_person
from tests.journeys.test_desk_pages import fill
from webapp.config import Settings
from webapp.models import Enquiry, Network
from webapp.vocabulary import Role

Write = Callable[[Callable[[Any], Any]], Any]
LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
# So many pages are walked at most; the desk has fewer.
MOST = 600


def _alike(link: str) -> str:
    """One filter of a list is like another; each view has links of its own."""
    return re.sub(r"(?<!\bview)=[^&]*", "", link)


# On PostgreSQL administrators, the first, send what other readers of every enquiry send too.
SENT_BY_OTHERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.OBSERVER)
WALKS = [
    pytest.param(role, True, id=f"{role}-filled", marks=() if role in SENT_BY_OTHERS else pytest.mark.both_databases)
    for role in Role
] + [pytest.param(role, False, id=f"{role}-empty") for role in Role]


@pytest.mark.parametrize(("role", "filled"), WALKS)
def test_links_of_the_desk_open(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, role: Role, filled: bool
) -> None:
    def rows(session: Any) -> str:
        if filled:
            fill(session, settings)
        person = make_person(session, role=role, email="reader@example.org")
        for found in session.query(Enquiry).all():
            found.assignee_id = found.answerer_id = person.id
        for network in session.query(Network).all():
            network.liaison_id = person.id
        return person.email

    sign_in(client, write(rows))
    waiting, seen, dead = ["/desk/", "/desk/my-day"], {"/desk/": "", "/desk/my-day": ""}, []
    known = set(map(_alike, waiting))
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path, follow_redirects=True)
        if answer.status_code != 200:
            dead.append(f"{seen[path]} → {path}: {answer.status_code}")
            continue
        for found in LINK.findall(answer.text if answer.mimetype == "text/html" else ""):
            link = unescape(found)
            if _alike(link) not in known and link.startswith("/desk"):
                known.add(_alike(link))
                seen[link] = path
                waiting.append(link)
    assert dead == []
    assert 10 < len(seen) < MOST
