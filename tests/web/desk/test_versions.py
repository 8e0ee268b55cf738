"""No one overwrites anyone: every form of the desk that edits a stored row, opened by two people."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import (
    acting,
    make_authenticator,
    make_enquiry,
    make_faculty,
    make_network,
    make_organisation,
    make_person,
    staff_actor,
)
from tests.forms import form_with
from webapp.config import Settings
from webapp.domain.calendar import closures, marked_days
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.decisions import referrals
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.domain.directory import terms
from webapp.domain.enquiries import loading, visiting
from webapp.domain.letters import canned_replies
from webapp.domain.letters.canned_replies import ReplyWording
from webapp.domain.organisations import contacts, records
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.security.permissions import staff
from webapp.domain.triage import saved_views
from webapp.domain.visits import blocked, rooms, trips
from webapp.domain.visits.blocked import PeriodFacts
from webapp.domain.visits.rooms import RoomFacts
from webapp.domain.visits.trips import Stop, TripFacts
from webapp.models import Enquiry, Person
from webapp.vocabulary import DayKind, Language, Role, TermKind

Write = Callable[[Callable[[Session], Any]], Any]
Two = tuple[FlaskClient, FlaskClient]
WHO = "Ana Silva"
DAY = "2026-12-14"
OVERTAKEN = f"{WHO} changed this record while you were working on it"
OWN = "You changed this record in another window"


class Edit(NamedTuple):
    """A field, what someone enters, and how pages call it."""

    field: str
    value: str
    words: str = ""


@dataclass(frozen=True)
class EditForm:
    """A form of fields: the page it is on, an edit of one field in two ways, and one of another field."""

    page: str
    first: Edit
    second: Edit
    other: Edit | None = None
    to: str = ""
    title: str = OVERTAKEN


EDITED: dict[str, EditForm] = {
    "desk.person": EditForm(
        "people/{guest}", Edit("name", "Guest One"), Edit("name", "Guest Two"), Edit("role", "host", "Host")
    ),
    "desk.faculty": EditForm(
        "faculties/1",
        Edit("contact_name", "Dr One"),
        Edit("contact_name", "Dr Two"),
        Edit("email", "other@example.org"),
    ),
    "desk.room": EditForm("rooms/1", Edit("seats", "11"), Edit("seats", "12"), Edit("name_zh_hant", "會議室")),
    "desk.blocked_period": EditForm(
        "calendar/blocked/1", Edit("name_en", "One"), Edit("name_en", "Two"), Edit("last", "2027-05-20", "20 May 2027")
    ),
    "desk.trip": EditForm(
        "trips/1", Edit("title", "One"), Edit("title", "Two"), Edit("stop1_first_day", "2027-03-03", "3 March 2027")
    ),
    "desk.contact": EditForm(
        "organisations/contacts/1",
        Edit("position", "Dean"),
        Edit("position", "Provost"),
        Edit("phone", "+852 2766 5100"),
    ),
    "desk.edit_organisation": EditForm(
        "organisations/1/edit", Edit("notes", "First note"), Edit("notes", "Second note"), Edit("agreements", "One MoU")
    ),
    "desk.edit_network": EditForm(
        "networks/example/edit",
        Edit("summary_en", "First summary."),
        Edit("summary_en", "Second summary."),
        Edit("role_en", "Convenor."),
    ),
    "desk.term": EditForm(
        "terms/{term}", Edit("name_en", "One word"), Edit("name_en", "Two words"), Edit("name_zh_hant", "另一個詞")
    ),
    "desk.set_people": EditForm(
        "networks/example",
        Edit("deputy", "{guest}", "Guest"),
        Edit("deputy", "{second}", "Ben Okafor"),
        Edit("mailbox", "team@example.org"),
        to="/people",
    ),
    "desk.set_owner": EditForm(
        "networks/example", Edit("owner", "{first}", WHO), Edit("owner", "{second}", "Ben Okafor"), to="/owner"
    ),
    "desk.edit_reply": EditForm(
        "replies/1", Edit("text", "First text"), Edit("text", "Second text"), Edit("name", "Other name")
    ),
    "desk.change_letter": EditForm("letters/decline/en", Edit("text", "First text"), Edit("text", "Second text")),
    "desk.change_part": EditForm(
        "settings/institution",
        Edit("institution_short", "One"),
        Edit("institution_short", "Two"),
        Edit("institution_address", "Two Sample Road"),
    ),
    "desk.mark_day": EditForm(
        f"calendar/day?on={DAY}", Edit("name_en", "One day"), Edit("name_en", "Two days"), Edit("name_zh_hant", "校慶")
    ),
    "desk.change_view": EditForm(
        "views", Edit("name", "View one"), Edit("name", "View two"), Edit("shared", "1", "Yes"), to="views/1", title=OWN
    ),
    "desk.change_language": EditForm(
        "account?language=en",
        Edit("language", "en", "English"),
        Edit("language", "zh-hans", "简体中文"),
        to="/language",
    ),
}
# Where the first does it on another page than the second.
ELSEWHERE = {"desk.change_language": "people/{second}"}
POSTED_TO = {
    "desk.set_people": "networks/example/people",
    "desk.set_owner": "networks/example/owner",
    "desk.mark_day": "calendar/day",
    "desk.change_view": "views/1",
    "desk.change_language": "account/language?language=en",
}
# Buttons: the page, the field of the form by which it is known, where it goes; and what the first one does meanwhile.
PRESSED: dict[str, tuple[str, str, str]] = {
    "desk.reset_password": ("people/{guest}", "people/{guest}/password", "desk.person"),
    "desk.reset_second_step": ("people/{guest}", "people/{guest}/second-step/reset", "desk.person"),
    "desk.delete_reply": ("replies/1", "replies/1/delete", "desk.edit_reply"),
    "desk.delete_view": ("views", "views/1/delete", "desk.change_view"),
    "desk.end_leave": ("leave", "leave/1/end", "desk.end_leave"),
    "desk.remove_blocked_period": ("calendar/blocked/1", "calendar/blocked/1/remove", "desk.blocked_period"),
    "desk.remove_trip": ("trips/1", "trips/1/remove", "desk.trip"),
    "desk.unmark_day": (f"calendar/day?on={DAY}", "calendar/day/remove", "desk.mark_day"),
    "desk.undo_closure": ("calendar/closures/1", "calendar/closures/1/undo", "desk.undo_closure"),
    "desk.delete_term": ("terms/{term}", "terms/{term}/delete", "desk.term"),
    "desk.verify_network": ("networks/example", "networks/example/verified", "desk.edit_network"),
    "desk.delete_network": ("networks/example/delete", "networks/example/delete", "desk.edit_network"),
    "desk.merge_organisations": (
        "organisations/1/merge?other=2",
        "organisations/1/merge",
        "desk.edit_organisation",
    ),
}
ENQUIRY: dict[str, tuple[str, dict[str, str]]] = {
    "desk.act": ("actions/accept", {"text": "Yes"}),
    "desk.reply": ("actions/reply", {"text": "Thank you"}),
    "desk.link": ("actions/link", {"organisation": "1"}),
    "desk.merge_enquiries": ("merge", {"into": "{other}"}),
    "desk.refer": ("actions/refer", {"faculty": "1", "question": "Can you?", "return_by": "2027-01-11"}),
    "desk.remind_faculty": ("referrals/1/remind", {}),
    "desk.recall_referral": ("referrals/1/recall", {}),
    "desk.screen": ("actions/screen", {"result": "clear", "lists": "All", "party": "It", "text": "None"}),
    "desk.set_priority": ("priority", {"priority": "low"}),
    "desk.split": ("split", {"kind": "question", "subject": "Second", "message": "Words", "network": ""}),
    **{
        f"desk.{step}_visit": (f"/desk/visits/{{here}}/{step}", {"first_day": "2027-03-09", "text": "Because."})
        for step in ("arrange", "confirm", "move", "postpone")
    },
    "desk.choose_level": ("/desk/visits/{here}/level", {"level": "a", "reason": "Because."}),
    "desk.note_outcome": ("/desk/visits/{here}/outcome", {"outcome": "A plan.", "held_on": "2026-11-20"}),
    "desk.change_many": ("", {"change": "priority", "to": "low", "row": "{here}:{version}:"}),
}
EXEMPT = {
    "desk.make_report": "asks for a paper of one's own, of the figures as they are; what waits already waits once",
    "desk.make_papers": "asks for papers of the rows as they are; what waits already waits once",
    "desk.issue_letters": "adds rows; who has a letter for the purpose is refused under the enquiry's lock",
    "desk.withdraw_letter": "a letter is withdrawn once, under its lock; twice is refused",
    "desk.add_calendar_feed": "adds a row of one's own",
    "desk.end_calendar_feed": "ends a row of one's own; ending it twice is ending it",
    "desk.hold_emails": "adds the one row that there may be; a second press changes nothing",
    "desk.release_emails": "names the hold that was looked at; does nothing where that is over",
    "desk.add_slot": "adds a row; what overlaps is warned of",
    "desk.edit_slot": "compares the version, and gives what was typed back: tests/web/desk/visits/test_programme.py",
    "desk.move_slot": "as desk.edit_slot",
    "desk.remove_slot": "as desk.edit_slot",
    "desk.invite_host": "adds a row; who is asked already is refused, by its unique key",
    "desk.remove_host": "removes one by its number; twice is not found",
    "desk.answer_slot": "one answer, under the enquiry's lock; the same twice is once",
    "desk.use_usual_programme": "adds rows, where there are as many as its page showed",
    "desk.show_programme": "one tick; twice is once",
    "desk.new_person": "adds a row; the address is its unique key",
    "desk.new_contact": "adds a row; the address is its unique key",
    "desk.new_faculty": "adds a row; the name is compared under a lock",
    "desk.new_room": "adds a row; the name is compared under a lock",
    "desk.new_blocked_period": "adds a row; periods may overlap",
    "desk.new_trip": "adds a row; trips may overlap",
    "desk.new_network": "adds a row; the page address is its unique key",
    "desk.publish_notice": "adds a version; compares the latest one, and gives back what was typed: "
    "tests/web/desk/administration/test_privacy_notice.py",
    "desk.change_logo": "compares the version of the settings: tests/web/desk/administration/test_logo.py",
    "desk.new_term": "adds a row; the word is compared under a lock",
    "desk.new_organisation": "adds a row; a namesake is shown first",
    "desk.new_reply": "adds a row; the name is its unique key",
    "desk.save_view": "adds a row; the name is compared under a lock",
    "desk.take_leave": "adds a row; the same days are refused under a lock",
    "desk.declare_closure": "adds a row; the same days are the same closure",
    "desk.send_notice": "adds a row, once for each closure by its unique key",
    "desk.choose_letter": "saves nothing: it fills in a text",
    "desk.change_password": "the current password is asked for: who did not know the last one is refused",
    "desk.change_password_there": "as desk.change_password, at the address where its form was before",
    "desk.add_authenticator": "adds a row; the same secret is one row, however often its form is sent",
    "desk.add_passkey": "adds a row; the passkey is its unique key",
    "desk.passkey_options": "asks the browser for a passkey; a challenge is good once",
    "desk.remove_second_step": "removes one of one's own by its number; twice is not found",
    "desk.renew_recovery_codes": "makes new codes, which only its owner sees; twice, the last ones are good",
    "desk.end_sign_in": "ends one sign-in of one's own by its number; twice is once",
    "desk.end_other_sign_ins": "ends one's own sign-ins but this one; twice is once",
    "desk.end_sign_ins_of": "ends the sign-ins that there are; twice is once",
    "desk.link_identity": "links one's own account with the identity that the page showed, by its unique key",
    "desk.unlink_identity": "ends the link of one's own account; twice is once",
    "desk.change_shortcuts": "one tick that only its owner sees and sets",
    "desk.put_mention_aside": "marks as seen what only its reader has; twice is once",
    "desk.change_tags": "adds or removes one tag by name: two who do it change nothing of each other",
    "desk.change_checklist": "adds, ticks or removes one line: two who do it change nothing of each other",
    "desk.change_tasks": "adds, ticks, gives or removes one task: two who do it change nothing of each other",
    "desk.note_arrival": "notes that one person came, or did not; who is noted twice came once",
    "desk.change_promises": "adds, keeps or removes one promise: two who do it change nothing of each other",
    "desk.change_gifts": "adds, decides on or removes one gift: two who do it change nothing of each other",
    "desk.change_runbook": "adds or removes one step, or all that were changed; the last one stays, under a lock",
    "desk.link_enquiries": "adds or removes one pair: two who do it change nothing of each other",
    "desk.undo_merge": "puts back what was moved, once, and only what is still as it was moved",
    "desk.retry_failed_now": "sends what has failed; each message is claimed once",
    "desk.retry_message": "compares the address that was read, which is all it changes",
    "desk.hold": "compares the version, and gives what was typed back: tests/web/test_own_data.py",
    "desk.decide_request": "a request is decided once, under its lock; deciding again changes nothing",
    "desk.send_roster": "compares the list that was read, and keeps what was sent: tests/web/test_rosters.py",
    "desk.change_roster": "compares the list that was read: tests/web/test_rosters.py",
    "desk.decide_roster_change": "a change is decided once, under its lock: tests/web/test_rosters.py",
    "desk.roster_passports_seen": "changes nothing: a look, which the audit log keeps",
    "desk.set_message_aside": "only a failed message can be set aside; twice is once",
}


@pytest.fixture
def ids(build: Write, settings: Settings) -> dict[str, Any]:
    """One row of each kind, and the ids of who edits them."""

    def fill(session: Session) -> dict[str, Any]:
        by = acting()
        people = {
            name: make_person(session, name=words, role=Role.ADMINISTRATOR)
            for name, words in (("first", WHO), ("second", "Ben Okafor"), ("guest", "Guest"), ("helper", "Helper"))
        }
        make_authenticator(session, people["guest"])
        make_network(session, slug="example", liaison=people["helper"])
        make_faculty(session, "Example Faculty of Science")
        term = terms.add(session, TermKind.SCOPE, {"en": "Tidal power"}, by=acting(staff_actor(Role.ADMINISTRATOR)))
        record = make_organisation(session)
        make_organisation(session, "Example College")
        rooms.add(session, RoomFacts({"en": "Senate Room"}), by=by)
        blocked.add(session, PeriodFacts({"en": "Exams"}, date(2027, 5, 3), date(2027, 5, 14)), by=by)
        stops = (Stop("Lisbon", "PT", date(2027, 3, 2), date(2027, 3, 4), "Europe/Lisbon"),)
        trips.add(session, TripFacts("Portugal", date(2027, 3, 1), date(2027, 3, 6), others="X", stops=stops), by=by)
        contacts.add(session, records.locked(session, record.id, actor=staff_actor()), ContactFacts("Jan"), by=by)
        canned_replies.add(session, ReplyWording("Delegates", Language.EN, "Text"), by=by)
        saved_views.save(session, "Mine", {"kind": "visit"}, shared=False, by=acting(staff(people["second"])))
        day = date.fromisoformat(DAY)
        leave.take(session, Absence(people["guest"].id, day, day), by=by)
        marking = MarkedDay(day, DayKind.HALF, {"en": "Sports day"})
        marked_days.mark(session, marking, version=0, by=by)
        closures.declare(session, date(2026, 12, 15), date(2026, 12, 15), {"en": "Typhoon"}, by=by)
        here, other = (make_enquiry(session, settings) for _ in range(2))
        visiting.made(session, here, now=by.now, settings=settings)
        asked = ReferralRequest(1, "Can you?", date(2027, 1, 11))
        referrals.refer(session, loading.locked(session, here.reference, actor=staff_actor()), asked, by=by)
        session.flush()
        found = {name: person.id for name, person in people.items()}
        return {**found, "here": here.reference, "other": other.reference, "version": here.version, "term": term.id}

    return build(fill)  # type: ignore[no-any-return]


@pytest.fixture
def two(app: Flask, ids: dict[str, Any], sign_in: Any, write: Write) -> Two:
    """Two people at two browsers."""
    app.config["WTF_CSRF_ENABLED"] = False
    browsers = app.test_client(), app.test_client()
    for browser, name in zip(browsers, ("first", "second"), strict=True):
        sign_in(browser, write(lambda session, key=ids[name]: session.get_one(Person, key).email))
    return browsers


@dataclass
class Walk:
    """The two browsers at one form."""

    first: FlaskClient
    second: FlaskClient
    endpoint: str
    ids: dict[str, Any]

    @property
    def form(self) -> EditForm:
        return EDITED[self.endpoint]

    def path(self, words: str) -> str:
        return "/desk/" + words.format(**self.ids)

    def read(self, browser: FlaskClient) -> dict[str, list[str]]:
        return form_with(browser.get(self.path(self.form.page)).text, self.form.first.field, to=self.form.to)

    def with_edit(self, typed: dict[str, list[str]], edit: Edit) -> dict[str, list[str]]:
        return {**typed, edit.field: [edit.value.format(**self.ids)]}

    def send(self, browser: FlaskClient, typed: dict[str, list[str]]) -> Any:
        return browser.post(self.path(POSTED_TO.get(self.endpoint, self.form.page)), data=typed)

    def first_saves(self) -> None:
        """Save the first edit, as the first person, or the second one where the first was saved before.

        A view of one's own, and one's account, have one owner.
        """
        if self.endpoint in ELSEWHERE:
            there = self.path(ELSEWHERE[self.endpoint])
            typed = {**form_with(self.first.get(there).text, "name"), "language": ["zh-hant"]}
            assert self.first.post(there, data=typed).status_code == 303
            return
        owner = self.second if self.form.title == OWN else self.first
        typed = self.read(owner)
        edit = self.form.second if self.has(self.form.first) else self.form.first
        assert self.send(owner, self.with_edit(typed, edit)).status_code == 303

    def has(self, edit: Edit) -> bool:
        return self.read(self.second).get(edit.field) == [edit.value.format(**self.ids)]


def said(page: str) -> str:
    """Return what the page says of the conflict, as text."""
    found = re.search(r'<div class="notice summary".*?\n</div>', page, re.DOTALL)
    assert found is not None, "nothing is said of a conflict"
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


def test_every_form_of_the_desk_is_versioned_or_exempt_with_a_reason(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    desk = {endpoint for endpoint in posts if endpoint.startswith("desk.")}
    tables: tuple[dict[str, Any], ...] = (EDITED, PRESSED, ENQUIRY, EXEMPT)
    assert desk == {endpoint for table in tables for endpoint in table}
    assert sum(map(len, tables)) == len(desk), "a form is in one table only"


def test_same_field_is_shown_with_both_values_and_saved_with_one_more_press(two: Two, ids: dict[str, Any]) -> None:
    for endpoint in EDITED:
        same_field(Walk(*two, endpoint, ids))


def same_field(walk: Walk) -> None:
    form = walk.form
    typed = walk.with_edit(walk.read(walk.second), form.second)
    walk.first_saves()
    refused = walk.send(walk.second, typed)
    assert refused.status_code == 409
    text = said(refused.text)
    now = "繁體中文" if walk.endpoint in ELSEWHERE else form.first.words or form.first.value
    for words in (form.title, "Save again to use what you entered", now, form.second.words or form.second.value):
        assert words in text
    again = form_with(refused.text, form.second.field, to=form.to)
    assert again[form.second.field] == [form.second.value.format(**walk.ids)], "nothing typed is lost"
    assert walk.has(form.second) is False
    assert walk.send(walk.second, again).status_code == 303
    assert walk.has(form.second)


def test_different_fields_are_both_kept(two: Two, ids: dict[str, Any]) -> None:
    # From the end: whose role is another receives no network.
    for endpoint in reversed([name for name, form in EDITED.items() if form.other]):
        different_fields(Walk(*two, endpoint, ids))


def different_fields(walk: Walk) -> None:
    form = walk.form
    assert form.other is not None
    typed = walk.with_edit(walk.read(walk.second), form.other)
    walk.first_saves()
    refused = walk.send(walk.second, typed)
    assert refused.status_code == 409
    assert form.title in said(refused.text)
    assert "You changed different fields" in said(refused.text)
    assert walk.send(walk.second, form_with(refused.text, form.first.field, to=form.to)).status_code == 303
    assert walk.has(form.first)
    assert walk.has(form.other)


def test_form_without_a_version_is_never_taken(two: Two, ids: dict[str, Any]) -> None:
    for endpoint in EDITED:
        without_a_version(Walk(*two, endpoint, ids))


def without_a_version(walk: Walk) -> None:
    form = walk.form
    typed = {name: value for name, value in walk.read(walk.second).items() if name != "version"}
    refused = walk.send(walk.second, walk.with_edit(typed, form.second))
    assert refused.status_code == 409
    assert "Please check this before it is saved" in said(refused.text)
    assert not walk.has(form.second)
    assert walk.send(walk.second, form_with(refused.text, form.second.field, to=form.to)).status_code == 303
    assert walk.has(form.second)


@pytest.mark.parametrize("known", [True, False])
def test_button_about_what_has_changed_does_nothing_and_says_who_did_what(
    two: Two, ids: dict[str, Any], known: bool
) -> None:
    for endpoint in PRESSED:
        pressed_too_late(two, ids, endpoint, known=known)


def pressed_too_late(two: Two, ids: dict[str, Any], endpoint: str, *, known: bool) -> None:
    page, to, meanwhile = PRESSED[endpoint]
    here = Walk(*two, meanwhile, ids)
    owner = here.second if endpoint == "desk.delete_view" else here.first
    pressed = form_with(here.second.get(here.path(page)).text, "version", to=to.format(**ids))
    if known and meanwhile == endpoint:
        assert owner.post(here.path(to), data=pressed).status_code == 303
    elif known:
        here.first_saves()
    sent = pressed if known else {name: value for name, value in pressed.items() if "version" not in name}
    refused = here.second.post(here.path(to), data=sent)
    assert refused.status_code == 409
    ended = "This leave has ended" if endpoint == "desk.end_leave" else OWN if owner is here.second else WHO
    assert (ended if known else "Please check this before it is saved") in said(refused.text)
    assert re.search("Nothing was done|There was nothing left to do", said(refused.text))
    if not known or meanwhile != endpoint:
        again = form_with(refused.text, "version", to=to.format(**ids))
        assert here.second.post(here.path(to), data=again).status_code in (200, 303)


@pytest.mark.parametrize("known", [True, False])
def test_enquiry_that_changed_meanwhile_is_not_acted_on(
    two: Two, ids: dict[str, Any], write: Write, known: bool
) -> None:
    def version(session: Session) -> int:
        return session.query(Enquiry).filter_by(reference=ids["here"]).one().version

    first, second = two
    here = f"/desk/enquiries/{ids['here']}"
    for number, (endpoint, (suffix, data)) in enumerate(ENQUIRY.items()):
        read = write(version)
        changed = {"priority": ("urgent", "high")[number % 2], "version": read}
        assert first.post(f"{here}/priority", data=changed).status_code == 303
        sent = {name: value.format(**{**ids, "version": read if known else ""}) for name, value in data.items()}
        if known:
            sent["version"] = str(read)
        path = suffix.format(**ids) if suffix.startswith("/") else f"{here}/{suffix}"
        refused = second.post(path if suffix else "/desk/bulk", data=sent)
        assert write(version) == read + 1, endpoint
        assert suffix == "" or (refused.status_code, WHO in refused.text) == (409, True), endpoint
