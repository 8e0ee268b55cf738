"""What the privacy notice says now, for its page and for the form that words it: the office's words, or our own."""

from flask import render_template

from webapp.db import db
from webapp.domain.enquiries import drafts
from webapp.domain.privacy import notice
from webapp.domain.privacy.notice import Wording
from webapp.web import edge, prose


def own_words() -> str:
    """Return the article that comes with the service, in the page's language."""
    return render_template("public/_privacy.html", settings=edge.settings(), draft_days=drafts.KEPT.days)


def said() -> tuple[int, Wording]:
    """Return the number of the latest version, 0 where none was published, and what holds now in each language."""
    latest = notice.current(db.session())
    if latest is not None:
        return latest.id, notice.wording(latest)
    body = {}
    for language in edge.languages():
        with edge.speaking(language):
            body[language.value] = prose.text_of(own_words())
    return 0, Wording(body)
