"""Numbers of letters are given once, can be withdrawn, and say nothing to who does not know the name as well."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.documents.samples import ISSUER, LETTER
from tests.factories import acting, make_enquiry
from webapp.config import Settings
from webapp.documents.letters import Letter
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.papers import letters, versions
from webapp.domain.privacy import emptying
from webapp.models import Enquiry, InvitationLetter
from webapp.vocabulary import LetterPurpose, LetterStanding

TODAY = LETTER.issued_on
LAST = LETTER.departure
assert LAST is not None


@pytest.fixture
def enquiry(session: Session, settings: Settings) -> Enquiry:
    return make_enquiry(session, settings)


def given(session: Session, enquiry: Enquiry, letter: Letter = LETTER) -> Letter:
    return letters.issue(session, enquiry.id, replace(letter, number=""), ISSUER, by=acting())


def test_anyone_learns_whether_a_letter_holds_and_nothing_else(session: Session, enquiry: Enquiry) -> None:
    letter = given(session, enquiry)
    spelt = [
        (letter.number, letter.passport_name, LetterStanding.VALID),
        # As people copy it: without the dash, in other capitals, surname first, with its accents.
        (letter.number.replace("-", " ").lower(), "Thordardottir, Ragnhildur", LetterStanding.VALID),
        (letter.number, "RAGNHILDUR  THORDARDÓTTIR", LetterStanding.VALID),
        (letter.number, "Ragnhildur", LetterStanding.UNKNOWN),
        (letter.number, "Ragnhildur Thordardottir Hansen", LetterStanding.UNKNOWN),
        (letter.number, "", LetterStanding.UNKNOWN),
        ("IL-2222-2222", letter.passport_name, LetterStanding.UNKNOWN),
        ("", letter.passport_name, LetterStanding.UNKNOWN),
        ("' OR 1=1 --", letter.passport_name, LetterStanding.UNKNOWN),
    ]
    for number, name, expected in spelt:
        assert letters.standing(session, number, name, today=TODAY) is expected, (number, name)


def test_a_name_without_letters_opens_nothing(session: Session, enquiry: Enquiry) -> None:
    letter = given(session, enquiry, replace(LETTER, passport_name="--"))
    for name in ("--", "", "?"):
        assert letters.standing(session, letter.number, name, today=TODAY) is LetterStanding.UNKNOWN


def test_it_holds_until_the_departure_and_while_it_is_not_withdrawn(session: Session, enquiry: Enquiry) -> None:
    letter = given(session, enquiry)
    days = [(LAST, LetterStanding.VALID), (LAST + timedelta(days=1), LetterStanding.WITHDRAWN)]
    for today, expected in days:
        assert letters.standing(session, letter.number, letter.passport_name, today=today) is expected
    letters.withdraw(session, enquiry.id, letter.number, by=acting())
    assert letters.standing(session, letter.number, letter.passport_name, today=TODAY) is LetterStanding.WITHDRAWN
    assert letters.standing(session, letter.number, "Someone Else", today=TODAY) is LetterStanding.UNKNOWN
    with pytest.raises(NotAllowed):
        letters.withdraw(session, enquiry.id, letter.number, by=acting())
    for number, owner in ((letter.number, enquiry.id + 1), ("IL-2222-2222", enquiry.id)):
        with pytest.raises(NotFound):
            letters.withdraw(session, owner, number, by=acting())


def test_what_lacks_a_fact_spends_no_number(session: Session, enquiry: Enquiry) -> None:
    with pytest.raises(Invalid) as refused:
        given(session, enquiry, replace(LETTER, purpose=LetterPurpose.HK_OFFICIAL, employer="", head_count=None))
    assert set(refused.value.faults) == {"employer", "head_count"}
    assert session.scalars(select(InvitationLetter)).all() == []


def test_a_number_is_never_used_again(
    session: Session, settings: Settings, enquiry: Enquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = given(session, enquiry)
    emptying.enquiries(session, [enquiry.id], by=acting(settings=settings))
    session.expire_all()
    row = session.scalars(select(InvitationLetter)).one()
    assert (row.number, row.name) == (first.number, "")
    assert letters.standing(session, first.number, "", today=TODAY) is LetterStanding.UNKNOWN
    drawn = iter([first.number, first.number, "IL-ABCD-EFGH"])
    monkeypatch.setattr(letters, "_new_number", lambda: next(drawn))
    assert given(session, make_enquiry(session, settings)).number == "IL-ABCD-EFGH"


def test_each_paper_that_differs_is_a_version_with_its_hash(
    session: Session, settings: Settings, enquiry: Enquiry
) -> None:
    now = acting().now
    made = [versions.keep(session, enquiry.id, "programme", text, now=now) for text in (b"one", b"one", b"two", b"one")]
    assert [paper.version for paper in made] == [1, 1, 2, 3]
    other = make_enquiry(session, settings)
    assert versions.keep(session, other.id, "programme", b"two", now=now).version == 1
    session.expire_all()
    assert [paper.version for paper in versions.of(session, enquiry.id)] == [3, 2, 1]
    assert versions.content(session, enquiry.id, "programme", version=2) == b"two"
    assert versions.content(session, enquiry.id, "programme") == b"one"
    for name, version in (("dossier", None), ("programme", 4)):
        with pytest.raises(NotFound):
            versions.content(session, enquiry.id, name, version=version)
    made[2].content = b"changed behind our back"
    session.flush()
    with pytest.raises(NotFound):
        versions.content(session, enquiry.id, "programme", version=2)


def test_papers_of_letters_go_a_week_after_the_departure(session: Session, enquiry: Enquiry) -> None:
    letter, now = given(session, enquiry), acting().now
    for name in (letter.number, "programme"):
        versions.keep(session, enquiry.id, name, b"paper", now=now)
    for days, due in ((7, []), (8, [letter.number])):
        rows = session.execute(versions.letters_due(LAST + timedelta(days=days))).all()
        assert [row.name for row in rows] == due
    versions.forget(session, [row.id for row in rows])
    assert [paper.name for paper in versions.of(session, enquiry.id)] == ["programme"]
    assert letters.of(session, enquiry.id)[0].number == letter.number
