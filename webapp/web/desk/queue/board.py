"""The board: open enquiries in a column for each status, moved by what is allowed now: dragged, or by a list."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain.enquiries import actions
from webapp.domain.enquiries.workflow import TABLE, Place, rule
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import marks
from webapp.domain.triage import queue as triage_queue
from webapp.domain.triage.queue import COUNT_LIMIT, QueuePage
from webapp.models import Enquiry
from webapp.vocabulary import OPEN_STATUSES, Action, Permission, Status
from webapp.web import addresses, edge
from webapp.web.desk.enquiry.due import due
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.queue import filters as queue_filters
from webapp.web.desk.queue import queue

SHOWN = 8
# What moves a visit is done on the page of the visit.
_VISITS = (Action.SCHEDULE, Action.POSTPONE)
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
    """What moves a card now, and to which column (`to` is none of the board's where it leaves it).

    `at_once` by one press, sent to an `address` by the enquiry's reference, else on the enquiry's page.
    """

    action: str
    label: str
    to: Status
    at_once: bool
    address: Callable[[str], str]


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
        moves=_moves_of(cards, actor),
        tags_of={number: each.tags for number, each in marks.marks(session, cards).items()},
        visit_moves=_VISITS,
        dues={row.id: due(row) for row in cards},
        chosen=first,
        unknown=first.unknown("desk.board", status=""),
        **queue.offered(first, known, actor),
        narrowed=bool(wanted),
    )


def _moves_of(cards: Sequence[Enquiry], actor: Actor) -> dict[int, list[CardMove]]:
    """Return what leads each card to another status; cards that are alike have it in common."""
    known: dict[Hashable, list[CardMove]] = {}
    found = {}
    for row in cards:
        like = (row.status, row.kind, row.emptied_at is None)
        if like not in known:
            known[like] = _moves(row, actor)
        found[row.id] = known[like]
    return found


def _moves(enquiry: Enquiry, actor: Actor) -> list[CardMove]:
    """Return what leads to another status, what one press does first."""
    found = []
    for action in actions.allowed(enquiry, actor):
        row, way = TABLE[action], rule(enquiry.status, action, enquiry.kind)
        if way is None or way.target in (None, enquiry.status, Status.SPAM):
            continue
        if row.place is Place.DECISIONS or action in _VISITS:
            label, address = _(labels.ACTION[action].button), addresses.of_enquiries("desk.act", action=action)
            found.append(CardMove(action, label, Status(way.target), row.at_once, address))
    return sorted(found, key=lambda move: not move.at_once)
