"""The steps of a visit from its date to its outcome: how far each is, and the page on which it is done."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from webapp.db import db
from webapp.models import Delegate, Enquiry, Visit, VisitPaper, VisitSlot
from webapp.vocabulary import Permission, Status, VisitState
from webapp.web import edge


@dataclass(frozen=True)
class Step:
    """One step; `to` is empty where it is not to be done yet, `current` the first that is not done."""

    label: str
    note: str
    to: str
    done: bool
    current: bool = False


def steps(enquiry: Enquiry, visit: Visit) -> list[Step]:
    """Return the steps of a visit in their order, for those who plan it; nothing for one that was called off."""
    if visit.state is VisitState.CANCELLED or not edge.actor().can(Permission.ENQUIRY_DECIDE):
        return []
    found = list(_steps(enquiry, visit))
    first = next((place for place, step in enumerate(found) if not step.done), None)
    return [replace(step, current=place == first) for place, step in enumerate(found)]


def _steps(enquiry: Enquiry, visit: Visit) -> Iterator[Step]:
    counts = (
        select(func.count()).where(table.enquiry_id == enquiry.id).scalar_subquery()
        for table in (Delegate, VisitSlot, VisitPaper)
    )
    delegates, slots, papers = db.session().execute(select(*counts)).one()
    confirmed = visit.state is VisitState.CONFIRMED

    def to(page: str) -> str:
        return url_for(f"desk.{page}", reference=enquiry.reference)

    here = to("visit")
    yield Step(_("Date"), "" if visit.first_day else _("none yet"), f"{here}#plan", visit.first_day is not None)
    people = ngettext("%(num)s person", "%(num)s persons", delegates) if delegates else _("none yet")
    yield Step(_("Delegates"), people, to("roster"), delegates > 0)
    parts = ngettext("%(num)s part", "%(num)s parts", slots) if slots else _("none yet")
    yield Step(_("Programme and hosts"), parts, to("visit_programme"), slots > 0)
    yield Step(_("Confirmation"), "" if confirmed else _("time, place and host"), f"{here}#plan", confirmed)
    made = ngettext("%(num)s made", "%(num)s made", papers) if papers else _("none yet")
    yield Step(_("Papers and letters"), made, f"{here}#papers", papers > 0)
    over = enquiry.status is Status.COMPLETED
    yield Step(_("Arrivals on the day"), "", to("arrivals") if confirmed else "", over)
    yield Step(_("Outcome and thanks"), "", to("after_visit") if confirmed else "", over)
