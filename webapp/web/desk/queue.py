"""The queue: views with their counts, filters in the address, and pages that neither skip nor repeat a row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import render_template, request
from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain import directory, outbox, triage
from webapp.domain.access import read_reference
from webapp.domain.errors import Invalid
from webapp.domain.permissions import Actor
from webapp.domain.triage import COUNT_LIMIT, Filters, Position
from webapp.models import Network, Person
from webapp.vocabulary import Kind, Permission, Status
from webapp.web import edge, fields
from webapp.web.desk.blueprint import bp
from webapp.web.desk.due import due
from webapp.web.desk.views import View, views

_POSITION = re.compile(r"((?:20\d\d|9999)-\d\d-\d\d(?:T[\d:.]+\+00:00)?),(\d{1,9})")
_LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Choice:
    """What the address asks for: a view, and what narrows it down."""

    view: View
    status: str
    kind: str
    network: str
    assignee: str
    text: str
    sort: str

    def link(self, **changes: str) -> dict[str, str]:
        """Return the address' parameters with changes; what is empty or usual is left out."""
        given = {
            "view": self.view.key,
            "status": self.status,
            "kind": self.kind,
            "network": self.network,
            "assignee": self.assignee,
            "q": self.text,
            "sort": "" if self.sort == self.view.sort else self.sort,
            **changes,
        }
        return {name: value for name, value in given.items() if value}


@bp.get("/")
@edge.permission(Permission.ENQUIRY_READ)
def queue() -> str:
    """Enquiries by view, filter and order, a page at a time."""
    session, actor = db.session(), edge.actor()
    known = views(actor, today=edge.today())
    networks = directory.networks(session)
    assignable = triage.assignable(session)
    choice = _choice(known)
    filters = _filters(choice, networks, assignable, actor)
    after = position(request.args.get("after", ""))
    page = triage.queue(session, filters, actor=actor, after=after)
    counts = triage.counts(session, {key: view.filters for key, view in known.items() if view.listed}, actor=actor)
    trouble = outbox.trouble_count(session, actor=actor) if actor.can(Permission.MESSAGE_READ) else 0
    return render_template(
        "desk/queue.html",
        choice=choice,
        views=[view for view in known.values() if view.listed],
        counts=counts,
        limit=COUNT_LIMIT,
        trouble=trouble,
        page=page,
        paged=after is not None,
        next=_next_link(choice, page.next),
        narrowed=_narrowed(choice),
        dues={row.id: due(row) for row in page.rows},
        statuses=[(status.value, _(labels.STATUS_DESK[status])) for status in choice.view.filters.statuses],
        kinds=labels.options(labels.KIND, _),
        networks=[(network.slug, network.short_name) for network in networks],
        people=_people(assignable, actor),
    )


def _choice(known: dict[str, View]) -> Choice:
    """Read the address; what it names and is not known counts as not given."""
    given = {name: fields.tidy_line(request.args.get(name))[:_LONGEST_SEARCH] for name in request.args}
    text = given.get("q", "")
    view = known.get(given.get("view", "")) or known["found" if text else "open"]
    sort = given.get("sort", "")
    return Choice(
        view=view,
        status=given.get("status", "") if given.get("status") in view.filters.statuses else "",
        kind=given.get("kind", "") if given.get("kind") in list(Kind) else "",
        network=given.get("network", ""),
        assignee=given.get("assignee", "") if view.filters.assignee is None else "",
        text=text,
        sort=sort if sort in ("due", "newest") else view.sort,
    )


def _filters(choice: Choice, networks: Sequence[Network], assignable: Sequence[Person], actor: Actor) -> Filters:
    base = choice.view.filters
    slugs = {network.slug: network.id for network in networks}
    people = {"none": 0, "me": actor.person_id} | {str(person.id): person.id for person in assignable}
    return replace(
        base,
        statuses=(Status(choice.status),) if choice.status else base.statuses,
        kind=Kind(choice.kind) if choice.kind else None,
        network_id=slugs.get(choice.network),
        assignee=people.get(choice.assignee, base.assignee),
        text=read_reference(choice.text) or choice.text,
        newest_first=choice.sort == "newest",
    )


def position(value: str) -> Position | None:
    """Return where a page of enquiries starts, as an address says it. Raises Invalid for what is none."""
    if not value:
        return None
    found = _POSITION.fullmatch(value)
    if found is None:
        raise Invalid({"after": "unknown position"})
    return Position(found[1], int(found[2]))


def _next_link(choice: Choice, position: Position | None) -> dict[str, str] | None:
    return choice.link(after=f"{position.value},{position.id}") if position else None


def _narrowed(choice: Choice) -> bool:
    return any((choice.status, choice.kind, choice.network, choice.assignee, choice.text))


def _people(assignable: Sequence[Person], actor: Actor) -> list[tuple[str, str]]:
    others = [(str(person.id), person.name) for person in assignable if person.id != actor.person_id]
    return [("me", _("Me")), ("none", _("Nobody")), *others]
