"""A lost link is emailed again, without telling whether there is an enquiry to email about."""

from flask import Response, make_response, render_template

from webapp.db import transaction
from webapp.domain.enquiries import tracking
from webapp.web import edge, limits
from webapp.web.tracking.blueprint import bp
from webapp.web.tracking.forms import LostLinkForm


@bp.get("/track")
@edge.public
def lost() -> str:
    """Ask for the reference and the address."""
    return render_template("tracking/lost.html", form=LostLinkForm(formdata=None))


@bp.post("/track")
@edge.public
@limits.by_network(limits.LOST_LINK)
def send_again() -> Response:
    """Email the link if both belong together; the answer is the same if they do not."""
    form = LostLinkForm()
    if not form.validate():
        return make_response(render_template("tracking/lost.html", form=form), 422)
    with transaction() as session:
        tracking.send_lost_link(
            session,
            reference=form.reference.data or "",
            email=form.email.data or "",
            now=edge.now(),
            settings=edge.settings(),
        )
    return make_response(render_template("tracking/asked.html"))
