"""What the service says about itself: the privacy notice and the accessibility statement."""

from flask import render_template

from webapp.domain.enquiries import drafts
from webapp.web import edge, page_store
from webapp.web.public.blueprint import route


@route("/privacy")
@edge.public
@page_store.same_for_all()
def privacy() -> str:
    """Show the notice that a partner consents to; its version is stored with the consent."""
    page_store.keep()
    return render_template(
        "public/privacy.html",
        version=edge.settings().privacy_notice_version,
        settings=edge.settings(),
        current_language=edge.language(),
        draft_days=drafts.KEPT.days,
    )


@route("/accessibility")
@edge.public
@page_store.same_for_all()
def accessibility() -> str:
    """Show what was done so that everyone can use the pages, and what was not yet tried."""
    page_store.keep()
    return render_template("public/accessibility.html")
