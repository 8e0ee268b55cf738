"""What the service says about itself: the privacy notice with its versions, and the accessibility statement."""

from collections.abc import Sequence

from flask import g, render_template
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from webapp.db import db
from webapp.domain.errors import NotFound
from webapp.domain.privacy import notice
from webapp.i18n import localised
from webapp.models import PrivacyNotice
from webapp.web import edge, page_store, prose
from webapp.web.notice import own_words
from webapp.web.public.blueprint import route


@route("/privacy")
@edge.public
@page_store.same_for_all()
def privacy() -> str:
    """Show the notice that a partner consents to; its version is stored with the consent."""
    versions = _versions()
    page_store.keep()
    return _page(next(iter(versions), None), versions)


@route("/privacy/versions/<version>")
@edge.public
@page_store.same_for_all()
def privacy_version(version: str) -> str:
    """Show a version that someone agreed to."""
    versions = notice.published(db.session())
    found = next((each for each in versions if each.version == version), None)
    if found is None and (versions or version != edge.settings().privacy_notice_version):
        raise NotFound("version of the notice")
    page_store.keep()
    return _page(found, versions, earlier=found is not None and found is not versions[0])


def _versions() -> Sequence[PrivacyNotice]:
    """Return every version; while the database is away none, as pages are shown with the environment's values then."""
    try:
        return notice.published(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        g.settings_unknown = True
        return ()


def _page(found: PrivacyNotice | None, versions: Sequence[PrivacyNotice], *, earlier: bool = False) -> str:
    version, said = edge.settings().privacy_notice_version, None
    if found is not None:
        version, said = found.version, notice.wording(found)
    return render_template(
        "public/privacy.html",
        version=version,
        earlier=earlier,
        said=said,
        words=prose.html(localised(said.body, edge.language())) if said else Markup(own_words()),  # noqa: S704 - ours
        versions=[each for each in versions if each.version != version],
    )


@route("/accessibility")
@edge.public
@page_store.same_for_all()
def accessibility() -> str:
    """Show what was done so that everyone can use the pages, and what was not yet tried."""
    page_store.keep()
    return render_template("public/accessibility.html")
