"""What the queue's address asks for: a view and what narrows it down, read from words and turned into filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from webapp import labels
from webapp.domain.enquiries.assignment import can_be_given
from webapp.domain.security.permissions import Actor
from webapp.domain.triage.orders import Order
from webapp.domain.triage.queue import Filters
from webapp.models import Network, Person, Tag
from webapp.vocabulary import OPEN_STATUSES, Kind, Priority, Status
from webapp.web import fields
from webapp.web.desk.queue.views import View
from webapp.web.unknown import Unknown, unknown

_LONGEST = 200
_NAMES = ("status", "kind", "network", "assignee", "priority", "tag")


@dataclass(frozen=True)
class Known:
    """What an address may name."""

    views: Mapping[str, View]
    networks: Sequence[Network]
    everyone: Sequence[Person]
    tags: Sequence[Tag]

    @property
    def assignable(self) -> list[Person]:
        return [person for person in self.everyone if can_be_given(person)]

    def people(self, actor: Actor, chosen: str = "") -> list[tuple[str, str]]:
        """Return whom the queue may be filtered by, as options; the chosen one is among them, account or not."""
        others = [
            (str(person.id), person.name)
            for person in self.everyone
            if (can_be_given(person) and person.id != actor.person_id) or (person.active and str(person.id) == chosen)
        ]
        return [*_anyone(), *others]

    def person(self, number: str) -> Person | None:
        """Return the person whose id an address gives, or None."""
        return next((person for person in self.everyone if str(person.id) == number), None)


@dataclass(frozen=True)
class Misfit:
    """A parameter that cannot be applied: how its value is shown, the filter's label, and what is said of it."""

    name: str
    value: str
    shown: str
    label: str
    said: str


@dataclass(frozen=True)
class QueueSelection:
    """What the address asks for: a view, and what narrows it down; what of it cannot be applied is kept as it came."""

    view: View
    asked_view: str
    status: str
    kind: str
    network: str
    assignee: str
    priority: str
    tag: str
    text: str
    sort: str
    misfits: tuple[Misfit, ...] = ()

    def parameters(self, **changes: str) -> dict[str, Any]:
        """Return the address' parameters with changes; what is empty or usual is left out."""
        usual = "found" if self.text else "open"
        given = {
            "view": "" if self.asked_view == usual else self.asked_view,
            **{name: getattr(self, name) for name in _NAMES},
            "q": self.text,
            "sort": "" if self.sort == self.view.sort else self.sort,
            **changes,
        }
        return {name: value for name, value in given.items() if value}

    def sorted_by(self, order: str) -> dict[str, Any]:
        """Return the address' parameters of the same list in another order, from its first page."""
        return replace(self, sort=order).parameters()

    def unknown(self, endpoint: str, **fixed: str) -> list[Unknown]:
        """Return what is said on a page of each filter that cannot be applied, with the page's address without it."""
        return [
            Unknown(each.label, each.said, url_for(endpoint, **self.parameters(**{each.name: ""}, **fixed)))
            for each in self.misfits
        ]

    def options(self, name: str, offered: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return a filter's options; a value that cannot be applied is among them, so that no form drops it."""
        kept = [(each.value, each.shown) for each in self.misfits if each.name == name]
        return [*offered, *(option for option in kept if option[0] not in dict(offered))]

    @property
    def filtered(self) -> bool:
        """Something other than a text narrows it down."""
        return bool(self.misfits) or any(getattr(self, name) for name in _NAMES)

    @property
    def narrowed(self) -> bool:
        return bool(self.text) or self.filtered


def read(args: Mapping[str, str], known: Known) -> QueueSelection:
    """Read an address; what it names and cannot be applied is a misfit, with which the choice fits nothing."""
    given = {name: fields.tidy_line(str(args[name]))[:_LONGEST] for name in args}
    text, sort = given.get("q", ""), given.get("sort", "")
    usual = "found" if text else "open"
    asked = given.get("view", "") or usual
    view = known.views.get(asked) or known.views[usual]
    chosen = {name: given.get(name, "") for name in _NAMES}
    return QueueSelection(
        view=view,
        asked_view=asked,
        **chosen,
        text=text,
        sort=sort if sort in view.sorts else view.sort,
        misfits=tuple(_misfits(asked, view, chosen, known)),
    )


def _misfits(asked: str, view: View, chosen: Mapping[str, str], known: Known) -> Iterable[Misfit]:
    possible: dict[str, Sequence[str]] = {
        "view": list(known.views),
        "status": list(Status),
        "kind": list(Kind),
        "network": [network.slug for network in known.networks],
        "priority": list(Priority),
        "tag": [tag.key for tag in known.tags],
    }
    for name, value in {"view": asked, **chosen}.items():
        if value and name in possible and value not in possible[name]:
            yield _unknown(name, value)
    status = chosen["status"]
    if status in possible["status"] and status not in view.filters.statuses:
        yield _elsewhere("status", status, _(labels.STATUS_DESK[Status(status)]), view)
    if chosen["assignee"]:
        yield from _whose(chosen["assignee"], view, known)


def _whose(value: str, view: View, known: Known) -> Iterable[Misfit]:
    label, person = _labels()["assignee"], known.person(value)
    if not view.takes_assignee:
        yield _elsewhere("assignee", value, dict(_anyone()).get(value, person.name if person else value), view)
    elif value in dict(_anyone()) or (person is not None and person.active):
        return
    elif person is not None:
        said = _("%(label)s: the account of %(name)s is closed. Their enquiries are in the view “Unassigned”.",
                 label=label, name=person.name)  # fmt: skip
        yield Misfit("assignee", value, _("%(name)s (account closed)", name=person.name), label, said)
    else:
        yield _unknown("assignee", value)


def _unknown(name: str, value: str) -> Misfit:
    label = _labels()[name]
    return Misfit(name, value, value, label, unknown(label, value, "").said)


def _elsewhere(name: str, value: str, shown: str, view: View) -> Misfit:
    label = _labels()[name]
    said = _(
        "%(label)s: “%(value)s” is not possible in the view “%(view)s”.", label=label, value=shown, view=view.label
    )
    return Misfit(name, value, shown, label, said)


def _anyone() -> list[tuple[str, str]]:
    return [("me", _("Me")), ("ours", _("Me or the office")), ("none", _("No one"))]


def _labels() -> dict[str, str]:
    return {
        "view": _("View"),
        "status": _("Status"),
        "kind": pgettext("of an enquiry", "Type"),
        "network": _("Network"),
        "assignee": _("Assigned to"),
        "priority": _("Priority"),
        "tag": _("Tag"),
    }


def filters(choice: QueueSelection, known: Known, actor: Actor) -> Filters:
    """Return the filters that a choice stands for; with a misfit nothing fits them."""
    base = choice.view.filters
    if choice.misfits:
        return replace(base, nothing=True)
    person = known.person(choice.assignee)
    return replace(
        base,
        statuses=(Status(choice.status),) if choice.status else base.statuses,
        kind=Kind(choice.kind) if choice.kind else None,
        network_id=next((network.id for network in known.networks if network.slug == choice.network), None),
        assignee=0 if choice.assignee == "none" else person.id if person else base.assignee,
        with_person=actor.person_id if choice.assignee in ("me", "ours") else base.with_person,
        with_office=choice.assignee == "ours",
        priority=Priority(choice.priority) if choice.priority else base.priority,
        tag_id=next((tag.id for tag in known.tags if tag.key == choice.tag), None),
        text=choice.text,
        order=Order(choice.sort),
    )


def can_be_counted(given: Filters) -> bool:
    """Return whether counting has a bound: open enquiries are few; among all others an index finds the first."""
    unindexed = any((given.kind, given.tag_id, given.priority, given.due_before))
    return not given.text and (set(given.statuses) <= set(OPEN_STATUSES) or not unindexed)
