"""The queue: views with their counts, filters in the address, and pages that neither skip nor repeat a row."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db
from webapp.domain.messages import outbox
from webapp.domain.routing import answerer
from webapp.domain.search.folding import terms
from webapp.domain.search.snippet import Snippet, in_messages, meets, snippet
from webapp.domain.security.permissions import SEE_ALL, Actor
from webapp.domain.triage import marks, saved_views, tags
from webapp.domain.triage import queue as triage_queue
from webapp.domain.triage.orders import Order, Position
from webapp.domain.triage.queue import COUNT_LIMIT, Filters
from webapp.models import Enquiry, SavedView
from webapp.vocabulary import Action, Permission, Role
from webapp.web import addresses, edge, fields
from webapp.web import shown as memory
from webapp.web.desk.enquiry import walk
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.networks import labels as network_labels
from webapp.web.desk.queue import bulk
from webapp.web.desk.queue import filters as queue_filters
from webapp.web.desk.queue.filters import Known, QueueSelection
from webapp.web.desk.queue.lines import lines
from webapp.web.desk.queue.views import views


def known(session: Session, actor: Actor, *asked: Mapping[str, str]) -> Known:
    """Return what the addresses `asked` for, and others, may name."""
    return Known(
        views=views(actor, today=edge.today()),
        networks=memory.networks(),
        everyone=memory.everyone(),
        tags=tags.tags(session, actor=actor, besides={fields.tidy_line(str(one.get("tag", ""))) for one in asked}),
    )


@bp.get("/")
@edge.permission(Permission.ENQUIRY_READ)
def queue() -> str | AnyResponse:
    """Show enquiries by view, filter and order, a page at a time."""
    session, actor = db.session(), edge.actor()
    saved = saved_views.saved_views(session, actor=actor)
    may_name = known(session, actor, request.args, *(row.query for row in saved))
    chosen = queue_filters.read(request.args, may_name)
    if "" in request.args.values():
        return redirect(url_for("desk.queue", **chosen.parameters()))
    after = parameters.position(request.args.get("after", ""))
    filters, parties = queue_filters.filters(chosen, may_name, actor), (*may_name.networks, *may_name.everyone)
    page = triage_queue.queue(session, filters, actor=actor, after=after, parties=parties)
    walk.remember([row.reference for row in page.rows], request.full_path.rstrip("?"))
    shown = lines(
        page.rows, actor, marks=marks.marks(session, page.rows), snippets=_snippets(session, chosen.text, page.rows)
    )
    return render_template(
        "desk/queue/queue.html",
        unreachable=answerer.unreachable(
            may_name.networks, memory.absences(edge.today()), actor=actor, settings=edge.settings()
        ),
        choice=chosen,
        hosts=actor.role is Role.HOST,
        sees_all=actor.role in SEE_ALL,
        unknown=chosen.unknown("desk.queue"),
        lines=shown,
        take=addresses.of_enquiries("desk.act", action=Action.ASSIGN),
        paged=after is not None,
        next=_next_page(chosen, page.next),
        today=edge.today(),
        here=chosen.parameters() | ({"after": request.args["after"]} if after else {}),
        limit=COUNT_LIMIT,
        bulk=bulk.options(may_name, actor, shown.can),
        givable=bulk.people(may_name, actor) if page.rows and actor.can(Permission.ENQUIRY_ASSIGN) else [],
        orders=_orders(chosen),
        **_views(session, chosen, saved, may_name, actor),
        **_offered(chosen, may_name, actor),
    )


def _orders(chosen: QueueSelection) -> dict[str, str]:
    """Return how the list can be sorted, in words."""
    said = {
        Order.DUE: _("Priority, then due date"),
        Order.NEWEST: _("Newest first"),
        Order.OLDEST: _("Oldest first"),
        Order.STATUS: _("Status, then due date"),
        Order.KIND: _("Type, then due date"),
        Order.ORGANISATION: _("Organisation"),
    }
    return {order: said[Order(order)] for order in chosen.view.sorts}


def _snippets(session: Session, text: str, rows: Sequence[Enquiry]) -> dict[int, Snippet | None]:
    """Return where each row meets what is looked for, unless its organisation or subject shows that."""
    if not (wanted := terms(text) if text else ()):
        return {}
    others = [row for row in rows if not meets((row.organisation, row.subject), wanted)]
    found = {row.id: snippet(row, wanted, shown=()) for row in others}
    return found | in_messages(session, [row for row in others if not found[row.id]], wanted)


def _views(
    session: Session, chosen: QueueSelection, rows: Sequence[SavedView], may_name: Known, actor: Actor
) -> dict[str, Any]:
    """Return what is shown beside the queue: views, networks and saved views, each with its bounded count."""
    listed = [view for view in may_name.views.values() if view.listed]
    saved = [(row, queue_filters.read(row.query, may_name)) for row in rows]
    filters = {view.key: view.filters for view in listed}
    shown = [network for network in may_name.networks if network.active]
    filters |= {f"network {network.slug}": Filters(network_id=network.id) for network in shown}
    for row, wanted in saved:
        given = queue_filters.filters(wanted, may_name, actor)
        if not wanted.misfits and queue_filters.can_be_counted(given):
            filters[f"saved {row.id}"] = given
    here, counts = chosen.parameters(), triage_queue.counts(session, filters, actor=actor)
    return {
        "views": listed,
        "saved": [(row, wanted.parameters(), bool(wanted.misfits)) for row, wanted in saved],
        "current_saved": next((row for row, wanted in saved if here and wanted.parameters() == here), None),
        "networks_open": shown,
        "busy": {row.slug for row in shown if counts[f"network {row.slug}"] or row.slug == chosen.network},
        "counts": counts,
        "trouble": _trouble(session, actor),
    }


def _trouble(session: Session, actor: Actor) -> int:
    """Return how many undelivered messages are listed for the reader; the frame has counted them for who sees all."""
    if not actor.can(Permission.MESSAGE_READ):
        return 0
    if actor.role in SEE_ALL and "delivery" in g:
        return min(COUNT_LIMIT, g.delivery.failed)
    return outbox.trouble_count(session, actor=actor)


def _offered(chosen: QueueSelection, may_name: Known, actor: Actor) -> dict[str, Any]:
    """Return what the filters offer."""
    return {
        "statuses": chosen.options(
            "status", [(status.value, _(labels.STATUS_DESK[status])) for status in chosen.view.filters.statuses]
        ),
        **offered(chosen, may_name, actor),
        "known_tags": [tag.name for tag in may_name.tags],
    }


def offered(chosen: QueueSelection, may_name: Known, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """Return what the filters offer that the queue and the board have in common."""
    return {
        "kinds": chosen.options("kind", labels.options(labels.KIND, _)),
        "priorities": chosen.options("priority", labels.options(labels.PRIORITY, _)),
        "networks": chosen.options("network", network_labels.as_options(may_name.networks)),
        "people": chosen.options("assignee", may_name.people(actor, chosen.assignee)),
        "tags": chosen.options("tag", [(tag.key, tag.name) for tag in may_name.tags]),
    }


def _next_page(chosen: QueueSelection, position: Position | None) -> dict[str, str] | None:
    return chosen.parameters(after=f"{position.value},{position.id}") if position else None
