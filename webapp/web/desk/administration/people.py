"""People and their accounts, for administrators."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import administration, second_step
from webapp.domain.accounts import people as domain
from webapp.domain.errors import Conflict, Invalid
from webapp.i18n import N_
from webapp.models import Person
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.administration import sign_ins
from webapp.web.desk.administration.people_forms import KnownPersonForm, NewPersonForm, shown
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.colleagues import refusal

_ID = "<id:person_id>"
_FAULTS = {
    "own": N_("You cannot do this to your own account; another administrator can."),
    "last": N_("This is the only administrator who can sign in. Make another one first."),
    "none": N_("This person has no account that is open."),
    "no second step": N_("This person has no second step that could be reset."),
}


@bp.get("/people")
@edge.permission(Permission.PERSON_MANAGE)
def people() -> str:
    """Show everyone, with their role."""
    after = parameters.place(request.args.get("after", ""))
    page = domain.everyone(db.session(), actor=edge.actor(), after=after)
    return render_template("desk/administration/people.html", page=page, paged=after is not None)


@bp.route("/people/new", methods=["GET", "POST"])
@edge.permission(Permission.PERSON_MANAGE)
@edge.asks_again("desk.new_person")
def new_person() -> AnyResponse:
    """Add a person; with a role, they get an email with the link to set a password."""
    form = NewPersonForm(language=edge.language().value)
    if not form.validate_on_submit():
        return _new(form, 400 if form.errors else 200)
    given: dict[str, Any] = {"name": str(form.name.data), "email": str(form.email.data), "role": form.chosen_role()}
    try:
        with transaction() as session:
            administration.add(session, **given, language=form.chosen_language(), by=edge.acting())
    except Invalid as error:
        outside = error.faults.get("email") == "outside"
        form.email.errors = [refusal("outside") if outside else _("Someone with this address is here already.")]
        return _new(form, 400)
    if given["role"] is None:
        return _done(_("%(name)s is added.", name=given["name"]))
    return _done(_("%(name)s is added, and gets an email with a link to set a password.", name=given["name"]))


@bp.route(f"/people/{_ID}", methods=["GET", "POST"])
@edge.permission(Permission.PERSON_MANAGE)
@edge.asks_again("desk.person")
def person(person_id: int) -> AnyResponse:
    """Change a person: name, language, role, and whether the account is open."""
    actor = edge.actor()
    found = administration.person(db.session(), person_id, actor=actor)
    form, version = KnownPersonForm(data=shown(administration.facts_of(found))), parameters.sent_version()
    if not form.validate_on_submit():
        return _known(found, form, 400 if form.errors else 200)
    try:
        with transaction() as session:
            invited = administration.change(
                session,
                administration.person(session, person_id, actor=actor),
                version=version,
                name=str(form.name.data),
                language=form.chosen_language(),
                role=form.chosen_role(),
                active=bool(form.active.data),
                by=edge.acting(),
            )
    except Invalid as error:
        for name, fault in error.faults.items():
            form[name].errors = [_(_FAULTS[fault])]
        return _known(administration.person(db.session(), person_id, actor=actor), form, 400)
    except Conflict:
        found = administration.person(db.session(), person_id, actor=actor)
        current = shown(administration.facts_of(found))
        return _known(found, form, 409, meanwhile.of_form(form, found, version, current, shown))
    if invited:
        return _done(_("The changes are saved. %(name)s gets an email with a link to set a password.", name=found.name))
    return _done(_("The changes are saved."))


@bp.post(f"/people/{_ID}/password")
@edge.permission(Permission.PERSON_MANAGE)
@edge.asks_again("desk.person")
def reset_password(person_id: int) -> AnyResponse:
    """End a person's password and sign-ins, and send them the link to a new one."""
    found, otherwise = _reset(person_id, administration.reset_password)
    return otherwise or _done(_("%(name)s gets an email with a link to set a password.", name=found.name))


@bp.post(f"/people/{_ID}/second-step/reset")
@edge.permission(Permission.PERSON_MANAGE)
@edge.asks_again("desk.person")
def reset_second_step(person_id: int) -> AnyResponse:
    """Remove all that another person has for the second step, and end their sign-ins."""
    found, otherwise = _reset(person_id, administration.reset_second_step)
    if otherwise:
        return otherwise
    flash(_("The second step of %(name)s is reset; they get an email.", name=found.name), "good")
    return redirect(url_for("desk.person", person_id=person_id), 303)


def _reset(person_id: int, verb: Callable[..., None]) -> tuple[Person, AnyResponse | None]:
    """Reset something of a person's account; returns the page that says why not, where it cannot be done."""
    actor, version = edge.actor(), parameters.sent_version()
    try:
        with transaction() as session:
            found = administration.person(session, person_id, actor=actor)
            verb(session, found, version=version, by=edge.acting())
    except Invalid as error:
        (fault,) = error.faults.values()
        flash(_(_FAULTS[fault]), "bad")
        return found, redirect(url_for("desk.person", person_id=person_id), 303)
    except Conflict:
        found = administration.person(db.session(), person_id, actor=actor)
        form = KnownPersonForm(formdata=None, data=shown(administration.facts_of(found)))
        return found, _known(found, form, 409, meanwhile.of_button(found, version))
    return found, None


def _done(message: str) -> AnyResponse:
    flash(message, "good")
    return redirect(url_for("desk.people"), 303)


def _new(form: NewPersonForm, code: int) -> Response:
    return make_response(render_template("desk/administration/person_new.html", form=form), code)


def _known(found: Person, form: KnownPersonForm, code: int, clash: Clash | None = None) -> Response:
    version = parameters.sent_version() if form.is_submitted() and clash is None else found.version
    given = {"person": found, "form": form, "version": version, "clash": clash, "sign_ins": sign_ins.of(found)}
    given["factors"] = second_step.factors(db.session(), found)
    return make_response(render_template("desk/administration/person.html", **given), code)
