"""What sending a form does, in words: by the address it goes to, for the person who is asked to send it once more."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, request
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from webapp import labels
from webapp.db import db
from webapp.domain.search.references import read_reference
from webapp.i18n import N_
from webapp.models import Person
from webapp.vocabulary import Action, Priority, Role

View = TypeVar("View", bound=Callable[..., Any])

# Forms that are about no single enquiry: their button, and what it does.
_OTHERS = {
    "public.enquiry_save": (N_("Check your answers"), N_("Nothing is sent yet: you check your answers first.")),
    "public.enquiry_code": (N_("Send the form"), N_("With the right code your enquiry goes to the office.")),
    "public.enquiry_another_code": (N_("Send another code"), N_("The one before is good no more.")),
    "desk.choose_letter": (N_("Begin with the letter"), N_("Nothing is sent yet: you read the letter first.")),
    "desk.send_notice": (N_("Send the notice"), N_("It goes by email to the partners whom the closure concerns.")),
    "desk.take_leave": (N_("Enter leave"), N_("Open enquiries move to the cover when it begins.")),
    "desk.new_person": (N_("Add the person"), N_("With a role, they get an email with a link to set a password.")),
    "desk.person": (N_("Save the changes"), N_("They hold at once.")),
    "desk.reset_password": (
        N_("Reset the password"),
        N_("It ends now, and its owner gets an email with a link to a new one."),
    ),
    "desk.end_sign_ins_of": (N_("End all sign-ins"), N_("The person is signed out everywhere, and can sign in again.")),
    "desk.link_identity": (N_("Link with my account"), N_("Single sign-on opens your account from then on.")),
    "desk.unlink_identity": (N_("End the link"), N_("Your password stays.")),
    "desk.reset_second_step": (
        N_("Reset the second step"),
        N_("The person is signed out everywhere, and gets in with the password alone until they set up another one."),
    ),
    "desk.remove_second_step": (N_("Remove it"), N_("It gives no second step at sign-in any more.")),
    "desk.renew_recovery_codes": (N_("Make new codes"), N_("The recovery codes of before end.")),
    "desk.add_authenticator": (N_("Add the app"), N_("From then on its codes are your second step at sign-in.")),
    "desk.add_passkey": (N_("Add the passkey"), N_("It then signs you in, with or without your password.")),
    "desk.declare_closure": (N_("Declare the closure"), N_("Promises in it move, and partners can be notified.")),
}
_ABOUT_PEOPLE = frozenset(
    {"desk.new_person", "desk.person", "desk.reset_password", "desk.reset_second_step", "desk.end_sign_ins_of"}
)
# Answers behind links in emails, by the field that holds them.
_ANSWERS: Mapping[str, Mapping[Any, str]] = {
    "choice": labels.CHOICE,
    "outcome": labels.OUTCOME,
    "finding": labels.FINDING,
}


@dataclass(frozen=True)
class Purpose:
    """What one press does: to what, with which effect ("" where nothing is known), and the button's own name."""

    title: str
    effect: str
    button: str


def effects(words: Mapping[Any, str]) -> Callable[[View], View]:
    """Mark a view with what its answers do, as its own page says it beforehand."""

    def mark(view: View) -> View:
        view.effects = words  # type: ignore[attr-defined]
        return view

    return mark


def takes(action: Action) -> Callable[[View], View]:
    """Mark a view that takes one action of the workflow, at an address of its own."""

    def mark(view: View) -> View:
        view.takes = action  # type: ignore[attr-defined]
        return view

    return mark


def of(address: str, given: Mapping[str, str]) -> Purpose | None:
    """Return what a form with these values does at an address of ours; None where nothing is known of it."""
    try:
        matched: Any = current_app.create_url_adapter(request).match(  # type: ignore[union-attr]
            address.partition("?")[0], method="POST"
        )
    except HTTPException:
        return None
    endpoint, arguments = matched
    if endpoint == "public.enquiry_save" and given.get("final"):
        return Purpose(_("Send the enquiry"), _("Your enquiry goes to the office."), _("Send the enquiry"))
    if "preview" in given:
        return None
    if endpoint in _OTHERS:
        button, effect = _OTHERS[endpoint]
        whom = _whom(arguments, given) if endpoint in _ABOUT_PEOPLE else ""
        title = _("%(action)s: %(what)s", action=_(button), what=whom) if whom else _(button)
        return Purpose(title, _(effect), _(button))
    found = _answer(given) if endpoint == "decisions.decide" else _action(endpoint, arguments, given)
    if found is None:
        return None
    label, effect, button = found
    reference = read_reference(str(arguments.get("reference", "")))
    chosen = _chosen(given)
    title = _("%(action)s: %(what)s", action=label, what=chosen) if chosen else label
    if reference:
        # translators: the title of a page: an enquiry’s reference, and what is done to it
        title = _("%(reference)s – %(action)s", reference=reference, action=title)
    return Purpose(title, effect, button)


def _whom(arguments: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """Whose account it is about, and what of it was chosen and not typed."""
    name = given.get("name", "")
    with suppress(SQLAlchemyError):
        person = db.session().get(Person, arguments["person_id"]) if "person_id" in arguments else None
        name = person.name if person else name
    role = _(labels.ROLE[Role(given["role"])]) if given.get("role") in list(Role) else ""
    closed = _("no longer active") if "person_id" in arguments and "name" in given and "active" not in given else ""
    return ", ".join(filter(None, (name, role, closed)))


def _action(endpoint: str, arguments: Mapping[str, Any], given: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return how the action of a form is called, what it does, and its button."""
    wanted = getattr(current_app.view_functions[endpoint], "takes", arguments.get("action"))
    if endpoint == "desk.change_many":
        wanted = (given.get("tagging") or given.get("change", "")).partition(":")[0]
    if endpoint == "desk.change_tags" and "remove" in given:
        wanted = Action.UNTAG
    if wanted not in list(Action):
        return None
    words = labels.ACTION[Action(wanted)]
    # The page of an enquiry has both names for it: one above the words, one on the button.
    shown = labels.ACTION[Action.WRITE] if wanted == Action.REPLY else words
    return _(words.button), _(words.before) if words.before else "", _(shown.button)


def _answer(given: Mapping[str, str]) -> tuple[str, str, str] | None:
    known = getattr(current_app.view_functions["decisions.decide"], "effects", {})
    for name, words in _ANSWERS.items():
        if (answer := given.get(name)) in words:
            label = _(words[answer])
            return label, _(known[answer]) if answer in known else "", label
    return None


def _chosen(given: Mapping[str, str]) -> str:
    """What was chosen and not typed, as people read it: a priority, or whom an enquiry goes to."""
    priority = given.get("priority")
    if priority in list(Priority):
        return str(_(labels.PRIORITY[Priority(priority)]))
    if re.fullmatch(r"[0-9]{1,9}", given.get("assignee", "")):
        # Also said on the page of a failure, where there may be no database to ask.
        with suppress(SQLAlchemyError):
            person = db.session().get(Person, int(given["assignee"]))
            return person.name if person else ""
    return _("No one") if given.get("assignee") == "" else ""
