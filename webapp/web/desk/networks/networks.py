"""Networks as the office keeps them: who answers for each, who keeps its entry, and what to mind when wording it."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.directory import networks as directory_networks
from webapp.domain.directory import people, reviews
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.history import changes as history_changes
from webapp.domain.triage import queue
from webapp.domain.triage.queue import COUNT_LIMIT, Filters
from webapp.domain.visits import gifts
from webapp.models import Network, Person
from webapp.vocabulary import Permission, RecordType, TermKind
from webapp.web import edge, shown
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.colleagues import refusal
from webapp.web.desk.networks.people_forms import NetworkOwnerForm, NetworkPeopleForm
from webapp.web.unknown import unknown

_SHOWN = 20


@bp.get("/networks")
@edge.permission(Permission.NETWORK_READ)
def networks() -> str:
    """Show all networks with answerer, owner and how much is open; those to check, or hidden, by `show`."""
    session, today = db.session(), edge.today()
    found = directory_networks.networks_with_people(session)
    parts = {
        "": [network for network in found if network.active],
        "check": sorted((network for network in found if reviews.is_due(network, today)), key=reviews.checked_on),
        "hidden": [network for network in found if not network.active],
    }
    show = request.args.get("show", "")
    chosen = parts.get(show, [])
    views = {network.slug: Filters(network_id=network.id) for network in chosen}
    return render_template(
        "desk/networks/networks.html",
        networks=chosen,
        show=show,
        unknown=[] if show in parts else [unknown(_("Show"), show, url_for("desk.networks"))],
        numbers={name: len(listed) for name, listed in parts.items()},
        due={network.slug for network in parts["check"]},
        checked_on=reviews.checked_on,
        counts=queue.counts(session, views, actor=edge.actor()),
        limit=COUNT_LIMIT,
    )


@bp.get("/networks/<slug>")
@edge.permission(Permission.NETWORK_READ)
def network(slug: str) -> Response:
    """Show one network: its people, its facts, the cautions that go with them, and the owner of the entry."""
    return _page(slug)


@bp.post("/networks/<slug>/people")
@edge.permission(Permission.NETWORK_EDIT)
def set_people(slug: str) -> AnyResponse:
    """Say who answers for a network."""
    form, actor = _form(slug), edge.actor()
    if not form.validate():
        return _page(slug, form, 400)
    version = parameters.sent_version()
    chosen: dict[str, Any] = {f"{name}_id": form[name].data or None for name in ("liaison", "deputy", "escalation")}
    try:
        with transaction() as session:
            found = directory_networks.locked(session, slug, actor=actor)
            people.set_people(
                session,
                found,
                **chosen,
                mailbox=form.mailbox.data or "",
                languages=form.chosen_languages(found),
                version=version,
                by=edge.acting(),
            )
    except Invalid as error:
        for name, fault in error.faults.items():
            form[name].errors = [_refusal(fault)]
        return _page(slug, form, 400)
    except Conflict:
        found = directory_networks.network(db.session(), slug, hidden=True)
        present = NetworkPeopleForm(formdata=None)
        _shown(present, found, people.candidates(db.session()))
        form.offer(found, people.candidates(db.session()))
        clash = meanwhile.of_form(form, found, version, present.data, form.ids_of)
        return _page(slug, form, 409, clash=clash)
    flash(_("Saved. New enquiries go to whom you chose, and open ones follow."), "good")
    return redirect(url_for("desk.network", slug=slug), 303)


@bp.post("/networks/<slug>/owner")
@edge.permission(Permission.NETWORK_EDIT)
def set_owner(slug: str) -> AnyResponse:
    """Set the owner of an entry."""
    form, actor, version = NetworkOwnerForm(), edge.actor(), parameters.sent_version()
    form.offer(directory_networks.network(db.session(), slug, hidden=True), reviews.possible_owners(db.session()))
    if not form.validate():
        return _page(slug, code=400, owner_form=form)
    try:
        with transaction() as session:
            held = directory_networks.locked(session, slug, actor=actor)
            chosen = form.owner.data or None
            reviews.set_owner(session, held, chosen, version=version, by=edge.acting())
    except Invalid:
        form.owner.errors = [_("This person can no longer own an entry. Choose someone else.")]
        return _page(slug, code=400, owner_form=form)
    except Conflict:
        found = directory_networks.network(db.session(), slug, hidden=True)
        form.offer(found, reviews.possible_owners(db.session()))
        clash = meanwhile.of_form(form, found, version, {"owner": found.owner_id or 0}, form.ids_of)
        return _page(slug, code=409, owner_form=form, clash=clash)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.network", slug=slug, _anchor="care"), 303)


@bp.post("/networks/<slug>/verified")
@edge.permission(Permission.NETWORK_VERIFY)
def verify_network(slug: str) -> AnyResponse:
    """Confirm that an entry is up to date, as the page showed it."""
    actor, version = edge.actor(), parameters.sent_version()
    try:
        with transaction() as session:
            held = directory_networks.locked(session, slug, actor=actor)
            reviews.verify(session, held, version=version, by=edge.acting())
    except Conflict:
        found = directory_networks.network(db.session(), slug, hidden=True)
        return _page(slug, code=409, clash=meanwhile.of_button(found, version))
    flash(_("Thank you. You will be asked again in a year."), "good")
    return redirect(url_for("desk.network", slug=slug, _anchor="care"), 303)


def _refusal(fault: str) -> str:
    if fault in labels.NOT_NAMED:
        return refusal(fault)
    return _("The deputy must be someone else.") if fault == "same" else _("This person is no longer active.")


def _form(slug: str) -> NetworkPeopleForm:
    form = NetworkPeopleForm()
    form.offer(directory_networks.network(db.session(), slug, hidden=True), people.candidates(db.session()))
    return form


def _page(
    slug: str,
    form: NetworkPeopleForm | None = None,
    code: int = 200,
    *,
    owner_form: NetworkOwnerForm | None = None,
    clash: Clash | None = None,
) -> Response:
    session, actor = db.session(), edge.actor()
    found = directory_networks.network(session, slug, hidden=True)
    if actor.can(Permission.NETWORK_EDIT):
        form = form or _shown(NetworkPeopleForm(formdata=None), found, people.candidates(session))
        owner_form = owner_form or _shown(NetworkOwnerForm(formdata=None), found, reviews.possible_owners(session))
    reads = actor.can(Permission.CHANGE_READ)
    changes = history_changes.history(session, RecordType.NETWORK, slug, limit=_SHOWN) if reads else ()
    terms = shown.directory().terms
    page = render_template(
        "desk/networks/network.html",
        network=found,
        form=form,
        owner_form=owner_form,
        clash=clash,
        version=parameters.sent_version() if code == 400 else found.version,
        due=reviews.is_due(found, edge.today()),
        keeper_gone=found.owner is not None and not reviews.can_own(found.owner),
        may_verify=reviews.may_verify(actor, found),
        history=[record_changes.line(change) for change in changes],
        scopes=[term.label for term in terms[TermKind.SCOPE] if term.tag in found.scope],
        regions=[term.label for term in terms[TermKind.REGION] if term.tag in found.regions],
        similar=directory_networks.similar(session, found),
        ledger=gifts.network_ledger(session, found.id, actor=actor, today=edge.today()),
    )
    return make_response(page, code)


def _shown(form: Any, found: Network, people: Sequence[Person]) -> Any:
    form.offer(found, people)
    form.show(found)
    return form
