"""The papers of a visit at the desk: how far each is, the button that has them made, and their newest versions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.documents.papers import FOR_HOSTS, SHOW_CARE
from webapp.domain.enquiries import loading, visiting
from webapp.domain.errors import NotFound
from webapp.domain.papers import orders, versions
from webapp.domain.security.permissions import visit_visible
from webapp.domain.visits import letters_of, papers_of
from webapp.models import Enquiry, PaperOrder, Visit, VisitPaper
from webapp.vocabulary import AuditKind, OrderState, Paper, Permission
from webapp.web import audited, edge
from webapp.web.desk.frame import made as progress
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits.loaded import load

_ONE_OF = re.compile(r"(delegates|hosts)\[(\d+)\]")


@dataclass(frozen=True)
class PaperLine:
    """How far one paper is: `version` is 0 while none is made; `said` is what is not as it should be, or ""."""

    paper: Paper
    label: str
    version: int
    made_at: datetime | None
    waits: bool
    said: str
    problems: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class PapersPanel:
    """The papers of a visit that are for the reader, whether they may have them made, and may see its letters."""

    lines: Sequence[PaperLine]
    can_be_made: bool
    may_make: bool
    may_see_letters: bool
    lacks_phone: bool

    @property
    def waits(self) -> bool:
        """Whether one is being made now."""
        return any(line.waits for line in self.lines)


def panel(enquiry: Enquiry, visit: Visit, *, whole: bool = True) -> PapersPanel:
    """Return the papers of a visit, or without `whole` those for hosts, in a constant number of statements."""
    session = db.session()
    possible = visit.id is not None and papers_of.can_be_made(visit)
    newest: dict[str, VisitPaper] = {}
    for made in versions.of(session, enquiry.id):
        newest.setdefault(made.name, made)
    known = {order.name: order for order in orders.of(session, enquiry.id)}
    asks = any(order.state is OrderState.MADE and order.name in newest for order in known.values())
    basis = _basis(enquiry, visit) if possible and asks else ""
    return PapersPanel(
        [
            _line(paper, newest.get(paper), known.get(paper), basis)
            for paper in (Paper if whole else FOR_HOSTS)
            if paper not in SHOW_CARE or edge.actor().can(Permission.CARE_READ)
        ],
        can_be_made=possible,
        may_make=whole and edge.actor().can(Permission.ENQUIRY_DECIDE),
        may_see_letters=whole and letters_of.may_issue(edge.actor()),
        lacks_phone=whole and not edge.settings().office_phone,
    )


def _basis(enquiry: Enquiry, visit: Visit) -> str:
    settings = edge.settings()
    values = papers_of.of(db.session(), enquiry, visit, settings=settings)
    return papers_of.basis(values, papers_of.issuer(visit, settings))


def _line(paper: Paper, made: VisitPaper | None, order: PaperOrder | None, basis: str) -> PaperLine:
    state = order.state if order else None
    said = progress.said(order)
    if made is not None and state is OrderState.MADE and order is not None and order.basis != basis:
        said = _("Out of date: the visit has changed since")
    return PaperLine(
        paper,
        _(labels.PAPER[paper]),
        version=made.version if made else 0,
        made_at=made.made_at if made else None,
        waits=state is OrderState.WAITING,
        said=said,
        problems=problems(order) if order else (),
    )


def problems(order: PaperOrder) -> list[tuple[str, str, str]]:
    """Return which characters no font has: whose, the text, and the character with its number in Unicode."""
    found = order.problems if order.state is OrderState.NOT_PRINTABLE else ()
    return [(_whose(where), text, f"{character} (U+{ord(character):04X})") for where, text, character in found]


def _whose(where: str) -> str:
    """Return a field of the values as people know it: whom it is about, else its name there."""
    found = _ONE_OF.match(where)
    if found is None:
        return where
    said = {"delegates": _("Delegate %(number)s"), "hosts": _("Host %(number)s")}[found[1]]
    return said % {"number": found[2]}


@bp.post("/visits/<reference>/papers")
@edge.permission(Permission.ENQUIRY_DECIDE)
def make_papers(reference: str) -> AnyResponse:
    """Have all papers of a visit made; the worker makes them, and the page shows how far they are."""
    enquiry, _visit = load(reference)
    by = edge.acting()
    with transaction() as session:
        held = loading.locked(session, enquiry.reference, actor=by.actor)
        found = visiting.of(session, held)
        possible = found is not None and papers_of.can_be_made(found)
        if possible:
            orders.ask(session, held.id, list(Paper), now=by.now)
    if possible:
        flash(_("The papers are being made. Load the page again in a moment."), "good")
    else:
        flash(_("Papers can be made once the visit has a day and a time."), "warn")
    return redirect(url_for("desk.visit", reference=enquiry.reference) + "#papers", 303)


@bp.get("/visits/<reference>/papers/<paper>.pdf")
@edge.permission(Permission.ENQUIRY_READ)
def visit_paper(reference: str, paper: str) -> Response:
    """Hand out the newest version of a paper; nothing is made here, and a page says so where there is none."""
    enquiry, _visit = load(reference, seen=visit_visible)
    if paper not in FOR_HOSTS and not (paper in set(Paper) and loading.sees(db.session(), enquiry, actor=edge.actor())):
        raise NotFound("paper")
    if paper in SHOW_CARE and not edge.actor().can(Permission.CARE_READ):
        abort(403)
    try:
        content = versions.content(db.session(), enquiry.id, paper)
    except NotFound:
        return not_made(enquiry, _(labels.PAPER[Paper(paper)]), url_for("desk.visit", reference=enquiry.reference))
    said = {"paper": paper}
    return audited.paper(content, paper, enquiry.reference, AuditKind.PAPER_DOWNLOADED, actor=edge.actor(), **said)


def not_made(enquiry: Enquiry, name: str, back: str) -> Response:
    """Say that a paper is not made yet, and where it is."""
    shown: dict[str, Any] = {"enquiry": enquiry, "name": name, "back": back}
    return make_response(render_template("desk/visits/not_made.html", **shown), 404)
