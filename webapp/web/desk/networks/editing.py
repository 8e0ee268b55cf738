"""A network's entry at the desk: made and edited, looked at before it is saved, put back to what was imported."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.directory import editing, networks, reviews
from webapp.domain.directory.facts import columns, edited, flat
from webapp.domain.errors import Conflict, Invalid
from webapp.i18n import localised
from webapp.models import Network
from webapp.vocabulary import Language, Permission, TermKind
from webapp.web import edge, shown
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.networks.fields import PARTS
from webapp.web.desk.networks.forms import NetworkForm, NewNetworkForm, as_fields

# Which facts of the file's sources are said beside which column.
_SOURCES = {"size": ("members",), "website": ("page_link",)}


@bp.route("/networks/new", methods=["GET", "POST"])
@edge.permission(Permission.NETWORK_EDIT)
def new_network() -> AnyResponse:
    """Make an entry by hand."""
    last = max((network.position for network in shown.directory().entries), default=0)
    form = NewNetworkForm(data={"place": last + 1, "shown": True, "as_of": edge.today()})
    if not form.validate_on_submit():
        return _page(form, None, 400 if form.errors else 200)
    slug = str(form.slug.data)
    if _looks():
        return _page(form, None, preview=_previews(editing.unsaved(slug, form.given())))
    try:
        with transaction() as session:
            editing.add(session, slug, form.given(), by=edge.acting())
    except Invalid as error:
        return _refused(form, None, error)
    flash(_("The entry is created."), "good")
    return redirect(url_for("desk.network", slug=slug), 303)


@bp.route("/networks/<slug>/edit", methods=["GET", "POST"])
@edge.permission(Permission.NETWORK_EDIT)
def edit_network(slug: str) -> AnyResponse:
    """Change an entry; what someone else changed meanwhile is taken in or shown beside what was typed."""
    found = networks.network(db.session(), slug, hidden=True)
    form = NetworkForm(data=as_fields(flat(columns(found))))
    form.leave_out(slug)
    if form.is_submitted() and request.form.get("put_back"):
        return _put_back(form, found, request.form["put_back"])
    if not form.validate_on_submit():
        return _page(form, found, 400 if form.errors else 200)
    if _looks():
        return _page(form, found, preview=_previews(editing.unsaved(slug, form.given(), found)))
    try:
        _save(form, slug)
    except Invalid as error:
        return _refused(form, found, error)
    except Conflict:
        return _overtaken(form, slug)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.network", slug=slug), 303)


def _save(form: NetworkForm, slug: str) -> None:
    actor = edge.actor()
    with transaction() as session:
        held = networks.locked(session, slug, actor=actor)
        editing.edit(session, held, form.given(), version=parameters.sent_version(), by=edge.acting())
        if form.checked.data:
            reviews.verify(session, held, version=held.version, by=edge.acting())


def _looks() -> bool:
    return request.form.get("step") == "preview"


def _put_back(form: NetworkForm, found: Network, asked: str) -> Response:
    """Show the form with the imported words in one of its columns, or in all; nothing is saved."""
    wanted = [column for column in edited(found) if asked in (column, "all")]
    for column in wanted:
        form.put_back(column, flat(found.imported))
    return _page(form, found, put_back=bool(wanted))


def _overtaken(form: NetworkForm, slug: str) -> Response:
    session = db.session()
    session.expire_all()
    found = networks.network(session, slug, hidden=True)
    clash = meanwhile.of_form(form, found, parameters.sent_version(), as_fields(flat(columns(found))), as_fields)
    return _page(form, found, 409, version=found.version, clash=clash)


def _refused(form: NetworkForm, found: Network | None, error: Invalid) -> Response:
    """What only the database could tell."""
    texts = {
        "known": _("Another network has this address."),
        "reserved": _("This address is taken by a page of the desk. Choose another one."),
        "shape": _("Use lower-case letters, digits and single hyphens, such as example-network."),
    }
    for name, fault in error.faults.items():
        form[name].errors = [texts.get(fault, _("Choose from the list."))]
    return _page(form, found, 400)


def _page(form: NetworkForm, found: Network | None, code: int = 200, **more: Any) -> Response:
    version = parameters.sent_version() if form.is_submitted() else found.version if found else 0
    theirs = set(edited(found)) if found else set()
    page = render_template(
        "desk/networks/form.html",
        form=form,
        network=found,
        parts=PARTS,
        edited=theirs,
        imported=flat(found.imported) if found and theirs else {},
        notes=_notes(found) if found else {},
        **{"version": version, **more},
    )
    return make_response(page, code)


def _notes(found: Network) -> dict[str, list[str]]:
    """Return what the file notes on the sources of each column's fact."""
    by_fact: dict[str, list[str]] = {}
    for source in found.sources.get("facts", []):
        for fact in source["facts"] if source.get("note") else ():
            by_fact.setdefault(fact.partition(".")[0], []).append(source["note"])
    listed = [column for _id, _title, names in PARTS for column in names]
    notes = {
        column: [n for fact in _SOURCES.get(column, (column,)) for n in by_fact.get(fact, [])] for column in listed
    }
    return {column: list(dict.fromkeys(found)) for column, found in notes.items() if found}


def _previews(network: Network) -> list[tuple[str, Markup]]:
    """Return the card of the first page and the facts in each language, as an unsaved entry would have them."""
    terms = shown.directory().terms
    similar = networks.similar(db.session(), network)
    found = []
    for language in edge.languages():
        with edge.speaking(language):
            words = {kind: _labels(terms[kind], language) for kind in (TermKind.SCOPE, TermKind.REGION)}
            part = render_template(
                "desk/networks/_preview.html",
                network=network,
                similar=similar,
                scopes=words[TermKind.SCOPE],
                regions=words[TermKind.REGION],
                evidence=networks.evidences(network),
            )
        found.append((language.writing.name, Markup(part)))  # noqa: S704 - our own template
    return found


def _labels(terms: Sequence[Any], language: Language) -> Mapping[str, str]:
    return {term.tag: localised(term.label, language) for term in terms}
