"""Networks as the office keeps them: who answers for each, and what to mind when a fact is worded."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain import directory, triage
from webapp.domain.errors import Invalid
from webapp.domain.triage import COUNT_LIMIT, Filters
from webapp.vocabulary import Permission, TermKind
from webapp.web import edge
from webapp.web.desk.blueprint import bp
from webapp.web.desk.forms import NetworkPeopleForm


@bp.get("/networks")
@edge.permission(Permission.NETWORK_READ)
def networks() -> str:
    """All networks with who answers and how much is open."""
    session = db.session()
    found = directory.networks_with_people(session)
    views = {network.slug: Filters(network_id=network.id) for network in found}
    return render_template(
        "desk/networks.html",
        networks=found,
        counts=triage.counts(session, views, actor=edge.actor()),
        limit=COUNT_LIMIT,
    )


@bp.get("/networks/<slug>")
@edge.permission(Permission.NETWORK_READ)
def network(slug: str) -> Response:
    """One network: its people, its facts, and the cautions that go with them."""
    return _page(slug)


@bp.post("/networks/<slug>/people")
@edge.permission(Permission.NETWORK_EDIT)
def set_people(slug: str) -> AnyResponse:
    """Say who answers for a network."""
    form, actor = _form(slug), edge.actor()
    if not form.validate():
        return _page(slug, form, 400)
    chosen = {f"{name}_id": form[name].data or None for name in ("liaison", "deputy", "escalation")}
    try:
        with transaction() as session:
            network = directory.network(session, slug)
            directory.set_people(
                session,
                network,
                **chosen,
                mailbox=form.mailbox.data or "",
                languages=form.chosen_languages(),
                actor=actor,
                now=edge.now(),
            )
    except Invalid as error:
        for name, fault in error.faults.items():
            text = _("The deputy must be somebody else.") if fault == "same" else _("This person is no longer active.")
            form[name].errors = [text]
        return _page(slug, form, 400)
    flash(_("Saved. New enquiries go to whom you chose, and open ones follow."), "good")
    return redirect(url_for("desk.network", slug=slug), 303)


def _form(slug: str) -> NetworkPeopleForm:
    form = NetworkPeopleForm()
    form.offer(directory.network(db.session(), slug), directory.candidates(db.session()))
    return form


def _page(slug: str, form: NetworkPeopleForm | None = None, code: int = 200) -> Response:
    session = db.session()
    found = directory.network(session, slug)
    if form is None and edge.actor().can(Permission.NETWORK_EDIT):
        form = _form(slug)
        form.show(found)
    words = {term.tag: term.label for term in directory.terms(session)[TermKind.SCOPE]}
    return make_response(
        render_template(
            "desk/network.html", network=found, form=form, scopes=[words[tag] for tag in found.scope if tag in words]
        ),
        code,
    )
