"""As what someone answers, and why someone does not."""

from webapp.i18n import N_
from webapp.vocabulary import Obstacle, Post

POST: dict[Post, str] = {
    Post.ASSIGNEE: N_("assigned"),
    Post.LIAISON: N_("liaison"),
    Post.DEPUTY: N_("deputy"),
    Post.COVER: N_("cover"),
    Post.MAILBOX: N_("mailbox"),
    Post.OFFICE: N_("office"),
}

# Sentences about someone who does not answer today.
OBSTACLE: dict[Obstacle, str] = {
    Obstacle.AWAY: N_("%(name)s (%(post)s) is away until %(day)s"),
    Obstacle.GONE: N_("%(name)s (%(post)s) is no longer active"),
    Obstacle.ASKED: N_("%(name)s (%(post)s) was asked already"),
}
