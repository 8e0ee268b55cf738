"""What the queue's address asks for: a view and what narrows it down, read from words and turned into filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from webapp.domain.permissions import Actor
from webapp.domain.triage import Filters
from webapp.models import Network, Person, Tag
from webapp.vocabulary import OPEN_STATUSES, Kind, Priority, Status
from webapp.web import fields
from webapp.web.desk.views import View

_LONGEST = 200


@dataclass(frozen=True)
class Known:
    """What an address may name."""

    views: Mapping[str, View]
    networks: Sequence[Network]
    assignable: Sequence[Person]
    tags: Sequence[Tag]

    def people(self, actor: Actor) -> list[tuple[str, str]]:
        """Whom the queue may be filtered by, as options."""
        others = [(str(person.id), person.name) for person in self.assignable if person.id != actor.person_id]
        return [("me", _("Me")), ("ours", _("Me or the office")), ("none", _("Nobody")), *others]


@dataclass(frozen=True)
class Choice:
    """What the address asks for: a view, and what narrows it down."""

    view: View
    status: str
    kind: str
    network: str
    assignee: str
    priority: str
    tag: str
    text: str
    sort: str

    def link(self, **changes: str) -> dict[str, str]:
        """Return the address' parameters with changes; what is empty or usual is left out."""
        usual = "found" if self.text else "open"
        given = {
            "view": "" if self.view.key == usual else self.view.key,
            "status": self.status,
            "kind": self.kind,
            "network": self.network,
            "assignee": self.assignee,
            "priority": self.priority,
            "tag": self.tag,
            "q": self.text,
            "sort": "" if self.sort == self.view.sort else self.sort,
            **changes,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def narrowed(self) -> bool:
        return any((self.status, self.kind, self.network, self.assignee, self.priority, self.tag, self.text))


def read(args: Mapping[str, str], known: Known) -> Choice:
    """Read an address; what it names and is not known counts as not given."""
    given = {name: fields.tidy_line(str(args[name]))[:_LONGEST] for name in args}
    text = given.get("q", "")
    view = known.views.get(given.get("view", "")) or known.views["found" if text else "open"]
    sort = given.get("sort", "")

    def one_of(name: str, values: Sequence[str]) -> str:
        return given[name] if given.get(name) in values else ""

    return Choice(
        view=view,
        status=one_of("status", view.filters.statuses),
        kind=one_of("kind", list(Kind)),
        network=one_of("network", [network.slug for network in known.networks]),
        assignee=given.get("assignee", "") if view.takes_assignee else "",
        priority=one_of("priority", list(Priority)),
        tag=one_of("tag", [tag.key for tag in known.tags]),
        text=text,
        sort=sort if sort in ("due", "newest") else view.sort,
    )


def filters(choice: Choice, known: Known, actor: Actor) -> Filters:
    """Return the filters that a choice stands for."""
    base = choice.view.filters
    people = {"none": 0} | {str(person.id): person.id for person in known.assignable}
    return replace(
        base,
        statuses=(Status(choice.status),) if choice.status else base.statuses,
        kind=Kind(choice.kind) if choice.kind else None,
        network_id=next((network.id for network in known.networks if network.slug == choice.network), None),
        assignee=people.get(choice.assignee, base.assignee),
        with_person=actor.person_id if choice.assignee in ("me", "ours") else base.with_person,
        with_office=choice.assignee == "ours",
        priority=Priority(choice.priority) if choice.priority else base.priority,
        tag_id=next((tag.id for tag in known.tags if tag.key == choice.tag), None),
        text=choice.text,
        newest_first=choice.sort == "newest",
    )


def can_be_counted(given: Filters) -> bool:
    """Tell whether counting has a bound: open enquiries are few; among all others an index must find the first ones."""
    unindexed = any((given.kind, given.tag_id, given.priority, given.due_before))
    return not given.text and (set(given.statuses) <= set(OPEN_STATUSES) or not unindexed)
