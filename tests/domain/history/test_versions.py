"""Versions: one place compares them, one raises them, and only what is a different thing refuses by itself."""

import ast
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests import sources
from tests.factories import NOW, acting, make_network, make_person, staff_actor
from webapp.domain.accounts import administration
from webapp.domain.directory import networks, people
from webapp.domain.errors import Conflict
from webapp.domain.history import versions
from webapp.models import Enquiry, Network, Person, SavedView
from webapp.models.versioned import Versioned
from webapp.vocabulary import Language, Role

DOMAIN = Path("webapp/domain")
# What is no version of a row that someone read.
DIFFERENT = {
    "letters/letters.py change": "two make the row of a letter at once: its unique key says so",
    "settings.py change": "two make the row of the settings at once: its primary key says so",
    "enquiries/submissions.py enter": "the form made another enquiry: its unique key says so",
    "enquiries/splitting.py _same": "the form made something of another enquiry",
    "visits/programme.py put_in": "compares how many slots were seen: pressed twice, it adds nothing more",
    "visits/roster.py put": "compares a digest of the list that was read: choosing a room is in no one's way",
    "privacy/notice.py publish": "compares the version that was read: each is a row of its own",
    "enquiries/addresses.py correct": "compares the address that was read, which is all it changes",
}
BASIS = {DOMAIN / "history" / "versions.py", DOMAIN / "history" / "changes.py", DOMAIN / "errors.py"}
# Papers are kept version by version; no one edits one.
BASIS |= {DOMAIN / "papers" / "versions.py"}
ADMIN = staff_actor(Role.ADMINISTRATOR)


def test_only_what_is_a_different_thing_refuses_by_itself() -> None:
    found = {
        f"{path.relative_to(DOMAIN)} {function.name}"
        for path in DOMAIN.rglob("*.py")
        if path.name != "versions.py"
        for function in sources.nodes(path, "Conflict")
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Conflict")
    }
    assert found == set(DIFFERENT)


def test_versions_are_compared_and_raised_in_one_place() -> None:
    found = []
    for path in DOMAIN.rglob("*.py"):
        for node in sources.nodes(path, r"\.version\b"):
            targets = node.targets if isinstance(node, ast.Assign) else ()
            targets = (node.target,) if isinstance(node, ast.AugAssign) else targets
            compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else ()
            words = [ast.unparse(each) for each in (*targets, *compared)]
            if path not in BASIS and any(word.split(", ")[0].endswith(".version") for word in words):
                found.append(f"{path.relative_to(DOMAIN)}:{node.lineno}")
    assert found == []


def test_refusal_names_who_changed_what_when(session: Session) -> None:
    person = make_person(session, name="Guest", role=Role.OBSERVER)
    by = acting(ADMIN)
    administration.change(
        session, person, name="Other", role=Role.OBSERVER, version=1, by=by, language=Language.EN, active=True
    )
    with pytest.raises(Conflict) as refused:
        administration.change(
            session, person, name="Third", role=Role.OBSERVER, version=1, by=by, language=Language.EN, active=True
        )
    assert (refused.value.who, refused.value.changed_at, refused.value.version) == (ADMIN.name, NOW, 2)
    assert [change.fields for change in versions.since(person, 1)] == [{"name": ["Guest", "Other"]}]
    assert person.name == "Other"


def test_other_fields_are_in_no_ones_way_as_long_as_every_change_is_known(session: Session) -> None:
    make_network(session, slug="example")
    session.expire_all()
    network = networks.network(session, "example")
    people.set_people(
        session,
        network,
        liaison_id=None,
        deputy_id=None,
        escalation_id=None,
        mailbox="a@example.org",
        version=1,
        by=acting(ADMIN),
    )
    session.flush()
    versions.expect(network, 1, fields={"summary_en"})
    for fields in ({"mailbox"}, None):
        with pytest.raises(Conflict):
            versions.expect(network, 1, fields=fields)
    versions.raise_version(network)  # by someone who kept no record of it
    for version in (-1, 0, 1, 2, 4, 10**9):
        with pytest.raises(Conflict):
            versions.expect(network, version, fields={"summary_en"})


@pytest.mark.parametrize("model", [Person, Network, Enquiry, SavedView])
def test_rows_that_staff_edit_have_a_version(model: type[Versioned]) -> None:
    assert issubclass(model, Versioned)
