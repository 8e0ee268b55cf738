"""People and their accounts, for administrators."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import administration
from webapp.domain.accounts import people as domain
from webapp.domain.errors import Conflict, Invalid
from webapp.models import Person
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.administration.people_forms import KnownPersonForm, NewPersonForm, shown
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.colleagues import refusal

_ID = "<id:person_id>"


@bp.get("/people")
@edge.permission(Permission.PERSON_MANAGE)
def people() -> str:
    """Show everyone, with their role."""
    return render_template("desk/administration/people.html", people=domain.everyone(db.session(), actor=edge.actor()))


@bp.route("/people/new", methods=["GET", "POST"])
@edge.permission(Permission.PERSON_MANAGE)
def new_person() -> AnyResponse:
    """Add a person; a one-time password is shown once."""
    form = NewPersonForm(language=edge.language().value)
    if not form.validate_on_submit():
        return _new(form, 400 if form.errors else 200)
    given: dict[str, Any] = {"name": str(form.name.data), "email": str(form.email.data), "role": form.chosen_role()}
    try:
        with transaction() as session:
            made, password = administration.add(session, **given, language=form.chosen_language(), by=edge.acting())
            made_id = made.id
    except Invalid as error:
        outside = error.faults.get("email") == "outside"
        form.email.errors = [refusal("outside") if outside else _("Someone with this address is here already.")]
        return _new(form, 400)
    return _done(made_id, password, _("%(name)s is added.", name=given["name"]))


@bp.route(f"/people/{_ID}", methods=["GET", "POST"])
@edge.permission(Permission.PERSON_MANAGE)
def person(person_id: int) -> AnyResponse:
    """Change a person: name, language, role, and whether the account is open."""
    actor = edge.actor()
    found = administration.person(db.session(), person_id, actor=actor)
    form, version = KnownPersonForm(data=shown(administration.facts_of(found))), parameters.sent_version()
    if not form.validate_on_submit():
        return _known(found, form, 400 if form.errors else 200)
    try:
        with transaction() as session:
            password = administration.change(
                session,
                administration.person(session, person_id, actor=actor, lock=True),
                version=version,
                name=str(form.name.data),
                language=form.chosen_language(),
                role=form.chosen_role(),
                active=bool(form.active.data),
                by=edge.acting(),
            )
    except Invalid as error:
        for name in error.faults:
            form[name].errors = [_("You cannot do this to your own account; another administrator can.")]
        return _known(administration.person(db.session(), person_id, actor=actor), form, 400)
    except Conflict:
        found = administration.person(db.session(), person_id, actor=actor)
        current = shown(administration.facts_of(found))
        return _known(found, form, 409, meanwhile.of_form(form, found, version, current, shown))
    return _done(person_id, password, _("The changes are saved."))


@bp.post(f"/people/{_ID}/password")
@edge.permission(Permission.PERSON_MANAGE)
def reset_password(person_id: int) -> AnyResponse:
    """Make a new one-time password; the person is signed out everywhere."""
    actor, version = edge.actor(), parameters.sent_version()
    try:
        with transaction() as session:
            held = administration.person(session, person_id, actor=actor, lock=True)
            password = administration.reset_password(session, held, version=version, by=edge.acting())
    except Conflict:
        found = administration.person(db.session(), person_id, actor=actor)
        form = KnownPersonForm(formdata=None, data=shown(administration.facts_of(found)))
        return _known(found, form, 409, meanwhile.of_button(found, version))
    return _done(person_id, password, "")


def _done(person_id: int, password: str, message: str) -> AnyResponse:
    """Go back to everyone; or show a one-time password, which no later page can show."""
    if password:
        found = administration.person(db.session(), person_id, actor=edge.actor())
        return make_response(render_template("desk/administration/one_time.html", person=found, password=password))
    flash(message, "good")
    return redirect(url_for("desk.people"), 303)


def _new(form: NewPersonForm, code: int) -> Response:
    return make_response(render_template("desk/administration/person_new.html", form=form), code)


def _known(found: Person, form: KnownPersonForm, code: int, clash: Clash | None = None) -> Response:
    version = parameters.sent_version() if form.is_submitted() and clash is None else found.version
    page = render_template("desk/administration/person.html", person=found, form=form, version=version, clash=clash)
    return make_response(page, code)
