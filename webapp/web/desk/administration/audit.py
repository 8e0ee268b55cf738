"""The audit log, for administrators: who did what, when, from where and in which request."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from webapp import labels
from webapp.db import db
from webapp.domain.accounts import people
from webapp.domain.history import audit as domain
from webapp.domain.history.audit import AuditFilters
from webapp.domain.search.references import read_reference
from webapp.models import AuditEntry, Change, Person
from webapp.vocabulary import ActorKind, AuditKind, Permission
from webapp.web import edge, former
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.unknown import Unknown, unknown

_NAMES = ("kind", "person", "day")


@bp.get("/audit")
@edge.permission(Permission.AUDIT_READ)
def audit() -> str:
    """Show the lines, latest first, a page at a time: all of them, or of a kind, a person and a day."""
    session, actor = db.session(), edge.actor()
    given = {name: request.args.get(name, "").strip() for name in _NAMES}
    everyone = people.with_a_role(session, actor=actor)
    misfits = list(_misfits(given, everyone))
    after = parameters.place(request.args.get("after", ""))
    rows, following = ((), None) if misfits else domain.listed(session, _filters(given), actor=actor, after=after)
    changes = domain.changes_of(session, rows, actor=actor)
    names = domain.names(session, rows, actor=actor)
    asked = {name: value for name, value in given.items() if value}
    return render_template(
        "desk/administration/audit.html",
        rows=[(entry, _who(entry, names), *_told(entry, changes)) for entry in rows],
        kinds=labels.options(labels.AUDIT_KIND, _),
        people=[(str(person.id), person.name) for person in everyone],
        given=given,
        asked=asked,
        unknown=misfits,
        following=following,
        paged=after is not None,
    )


def _misfits(given: dict[str, str], everyone: Sequence[Person]) -> Iterator[Unknown]:
    """Return what is said of each filter that cannot be applied."""
    names = {"kind": _("What"), "person": _("Person"), "day": _("Day")}
    possible = {
        "kind": given["kind"] in set(AuditKind),
        "person": given["person"] in {str(person.id) for person in everyone},
        "day": _day(given["day"]) is not None,
    }
    for name, fits in possible.items():
        if given[name] and not fits:
            others: dict[str, Any] = {other: value for other, value in given.items() if value and other != name}
            yield unknown(names[name], given[name], url_for("desk.audit", **others))


def _filters(given: dict[str, str]) -> AuditFilters:
    day = _day(given["day"])
    return AuditFilters(
        kind=AuditKind(given["kind"]) if given["kind"] else None,
        person_id=int(given["person"]) if given["person"] else None,
        since=_midnight(day) if day else None,
        until=_midnight(day + timedelta(1)) if day else None,
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day < date(9999, 1, 1) else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, edge.environment().zone)


def _who(entry: AuditEntry, names: dict[int, str]) -> tuple[str, str]:
    """Return the name and what kind of person it was; of a refused sign-in, whose account it was about."""
    name = entry.actor_name or names.get(entry.actor_id or 0, "")
    kind = _(labels.AUDIT_ACTOR[entry.actor_kind])
    if entry.actor_kind is ActorKind.VISITOR and entry.actor_name:
        return kind, _("at the account of %(name)s", name=entry.actor_name)
    return (former.colleague(name), kind) if name else (kind, "")


def _told(entry: AuditEntry, changes: dict[int, Change]) -> tuple[Any, str]:
    """Return what a line says beside its kind, and the page that it leads to."""
    change = changes.get(entry.data.get("change", 0))
    if change is not None:
        name = record_changes.record_name(change)
        sentence = record_changes.line(change).sentence
        return (_joined(name, sentence) if name else sentence), ""
    if entry.kind is AuditKind.SESSIONS_ENDED:
        number = entry.data.get("number", 0)
        ended = ngettext("%(num)s sign-in ended", "%(num)s sign-ins ended", number)
        return _joined(entry.subject, ended), ""
    if entry.data.get("by") == "provider":
        return _("by single sign-on"), ""
    if entry.kind is AuditKind.ENTRIES_REMOVED:
        return _("up to line %(number)s", number=entry.data.get("through", 0)), ""
    if entry.kind is AuditKind.EMAILS_RELEASED:
        number = entry.data.get("emails", 0)
        return ngettext("%(num)s email", "%(num)s emails", number), ""
    reference = read_reference(entry.subject)
    return entry.subject, url_for("desk.enquiry", reference=reference) if reference else ""


def _joined(record: str, sentence: str) -> Markup:
    known = Markup(_("%(record)s: %(sentence)s"))  # noqa: S704 - the catalogue's own text
    return known % {"record": record, "sentence": sentence}
