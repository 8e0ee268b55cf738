"""Where the keyboard leads: the letters after g."""

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from webapp.domain.security.permissions import Actor
from webapp.i18n import N_
from webapp.web import edge
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.queue.views import views

# Beside the views: the letter after g, the endpoint, its name.
_GOES = (("d", "desk.my_day", N_("My day")), ("b", "desk.board", N_("Board")), ("t", "desk.activity", N_("Activity")))


@bp.context_processor
def _keys() -> dict[str, Any]:
    """Return what each page says of the keyboard; the frame knows none of the pages."""
    return {"goes": _goes(edge.actor())} if g.get("shows_person") else {}


def _goes(actor: Actor) -> list[tuple[str, str, str]]:
    """Return where a letter leads after g: (letter, name, address)."""
    known = views(actor, today=edge.today()).values()
    listed = [(view.go, view.label, url_for("desk.queue", view=view.key)) for view in known if view.go]
    places = [(letter, _(label), url_for(endpoint)) for letter, endpoint, label in _GOES]
    return [*places, *listed]
