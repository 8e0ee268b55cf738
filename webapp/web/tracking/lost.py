"""A lost link is emailed again, without telling whether there is an enquiry to email about."""

from flask import Response, make_response, render_template

from webapp.db import transaction
from webapp.domain.link_requests import asking
from webapp.vocabulary import LinkWanted
from webapp.web import edge, limits
from webapp.web.tracking.blueprint import bp
from webapp.web.tracking.forms import LostLinkForm


@bp.get("/track")
@edge.public
def lost() -> str:
    """Ask for the address, and for the reference where it is known."""
    return render_template("tracking/lost.html", form=LostLinkForm(formdata=None))


@bp.post("/track")
@edge.public
@limits.by_network(limits.LOST_LINK)
def send_again() -> Response:
    """Keep the request; the worker emails the links that belong to it, so that no answer and no time tells."""
    form = LostLinkForm()
    if not form.validate():
        return make_response(render_template("tracking/lost.html", form=form), 422)
    with transaction() as session:
        asking.ask(
            session,
            LinkWanted.TRACKING,
            form.email.data or "",
            reference=form.reference.data or "",
            language=edge.language(),
            now=edge.now(),
        )
    return make_response(render_template("tracking/asked.html"))
