"""Who answers an enquiry, and why, in words: on its page and in its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from webapp import i18n, labels
from webapp.domain.routing import answerer
from webapp.models import Enquiry
from webapp.models.event_data import RoutingStep
from webapp.vocabulary import Obstacle, Post
from webapp.web import edge, former, shown


@dataclass(frozen=True)
class Answering:
    """Who answers today; `passed` says of each who was asked before why they do not."""

    name: str
    why: str
    passed: tuple[str, ...]
    warning: str


def answering(enquiry: Enquiry) -> Answering:
    """Return who answers an enquiry (with its people) today, why, and whether someone has to see to that."""
    away = shown.absences(edge.today())
    who = answerer.answerer(enquiry.network, away, settings=edge.settings(), assignee=enquiry.assignee)
    warning = ""
    if who.is_last_resort:
        warning = _("No one who should answer can be reached. Please assign it to someone.")
    passed = tuple(_passed(step.name, step.post, step.obstacle, step.until) for step in who.steps)
    return Answering(who.name or _("the office"), _why(who, enquiry), passed, warning)


def _why(who: answerer.Answerer, enquiry: Enquiry) -> str:
    if who.post is Post.OFFICE:
        if who.steps:
            return _("no one else can be reached")
        return _("no liaison named") if enquiry.network else _("no network named")
    return {
        Post.ASSIGNEE: _("it is assigned to them"),
        Post.LIAISON: _("liaison of the network"),
        Post.DEPUTY: _("deputy of the network"),
        Post.COVER: _("cover for %(name)s", name=who.steps[-1].name if who.steps else ""),
        Post.MAILBOX: _("mailbox of the network"),
    }[who.post]


def _passed(name: str, post: Post, obstacle: Obstacle, until: date | None) -> str:
    day = i18n.date_long(until, edge.language()) if until else ""
    return _(labels.OBSTACLE[obstacle]) % {"name": former.colleague(name), "post": _(labels.POST[post]), "day": day}


def steps(passed: Iterable[RoutingStep]) -> str:
    """Return, for a line of the history, why it went past people: sentences of the page's language, or nothing."""
    # translators: what is put between sentences of a list, as in “A is away; B has left”
    return _("; ").join(_passed(step.name, step.post, step.obstacle, step.until) for step in passed)
