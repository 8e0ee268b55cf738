"""How far a paper is that a worker makes, in words."""

from flask_babel import gettext as _

from webapp import labels
from webapp.models import PaperOrder
from webapp.vocabulary import OrderState


def said(order: PaperOrder | None) -> str:
    """Return what is said of a paper that was asked for and is not there; "" where nothing is to be said."""
    if order is None or order.state is OrderState.MADE:
        return ""
    if order.state is OrderState.WAITING and order.tries > 1:
        return _("Being made; the last try failed, and another one follows")
    return _(labels.ORDER_STATE[order.state])
