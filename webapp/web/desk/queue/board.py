"""The board: open enquiries in a column for each status, moved by what is allowed now, without dragging."""

from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain.enquiries import actions
from webapp.domain.enquiries.workflow import TABLE, Place
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import queue as triage_queue
from webapp.domain.triage.queue import COUNT_LIMIT, QueuePage
from webapp.models import Enquiry
from webapp.vocabulary import OPEN_STATUSES, Permission, Status
from webapp.web import edge
from webapp.web.desk.enquiry.due import due
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.queue import filters as queue_filters
from webapp.web.desk.queue import queue

SHOWN = 8
_FILTERS = ("network", "kind", "assignee", "priority", "tag")


@dataclass(frozen=True)
class BoardColumn:
    """One status with its first cards, how many there are, and where all of them are listed."""

    status: Status
    page: QueuePage
    count: int
    parameters: dict[str, str]


@dataclass(frozen=True)
class CardMove:
    """What can be done to a card now: `at_once` by one press, else on the enquiry's page."""

    action: str
    label: str
    at_once: bool


@bp.get("/board")
@edge.permission(Permission.ENQUIRY_READ)
def board() -> str:
    """Open enquiries by status; what narrows the queue down does so here too."""
    session, actor = db.session(), edge.actor()
    known = queue.known(session, actor, request.args)
    wanted = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    chosen = {status: queue_filters.read({**wanted, "status": status.value}, known) for status in OPEN_STATUSES}
    filters = {status: queue_filters.filters(one, known, actor) for status, one in chosen.items()}
    counts = triage_queue.counts(session, {status.value: one for status, one in filters.items()}, actor=actor)
    parties = (*known.networks, *known.everyone)
    columns = [
        BoardColumn(
            status,
            triage_queue.queue(session, filters[status], actor=actor, limit=SHOWN, parties=parties),
            counts[status.value],
            chosen[status].parameters(),
        )
        for status in OPEN_STATUSES
    ]
    first = chosen[OPEN_STATUSES[0]]
    cards = [row for column in columns for row in column.page.rows]
    return render_template(
        "desk/queue/board.html",
        columns=columns,
        limit=COUNT_LIMIT,
        moves={row.id: _moves(row, actor) for row in cards},
        dues={row.id: due(row) for row in cards},
        chosen=first,
        unknown=first.unknown("desk.board", status=""),
        **queue.offered(first, known, actor),
        narrowed=bool(wanted),
    )


def _moves(enquiry: Enquiry, actor: Actor) -> list[CardMove]:
    allowed = actions.allowed(enquiry, actor)
    return [
        CardMove(action, _(labels.ACTION[action].button), TABLE[action].at_once)
        for action in allowed
        if TABLE[action].place is Place.DECISIONS
    ]
