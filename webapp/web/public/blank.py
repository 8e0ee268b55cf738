"""A new form is the same for everyone but for its id and its token: made once, and given to each with their own."""

from collections.abc import Callable, Collection

from flask import current_app, g, request, session
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf

from webapp import questions
from webapp.vocabulary import Kind
from webapp.web import edge, packing, page_store, shown
from webapp.web.public.blueprint import bp
from webapp.web.recent import Recent

# All kinds and networks in every language, and more.
MOST_PAGES, MOST_BYTES = 200, 8 * 1024 * 1024
_KEY = "blank_forms"
# No page has these words but where they stand for an id and a token.
_ID, _TOKEN = "id-of-a-form-\ue000", "token-of-a-form-\ue001"


@bp.record
def _begin(state: BlueprintSetupState) -> None:
    state.app.extensions[_KEY] = Recent[list[list[str]]](MOST_PAGES, MOST_BYTES)


def page(make: Callable[[str], str], new_id: Callable[[], str]) -> str:
    """Return the page of a new form, which `make` makes for an id, for the browser that asks.

    What is kept is made with marks: it never held anyone's id or token.
    """
    version = shown.version()
    if version is None or not _is_usual():
        return make(new_id())
    packing.reflects_nothing()
    kept: Recent[list[list[str]]] = current_app.extensions[_KEY]
    # What is asked changes with the program alone, but for tests.
    asks = tuple(map(id, questions.TABLE.values()))
    state, key = (version, edge.today(), asks), (request.path, request.query_string)
    parts = kept.find(state, key)
    if parts is None:
        text = _with_marks(make)
        parts = [part.split(_TOKEN) for part in text.split(_ID)]
        if "settings_unknown" not in g:
            kept.put(state, key, parts, len(text) * 2)
    token = generate_csrf()
    return new_id().join(token.join(part) for part in parts)


def _with_marks(make: Callable[[str], str]) -> str:
    """Make the page while what forms take for the token is a mark."""
    g.csrf_token = _TOKEN
    try:
        return make(_ID)
    finally:
        g.pop("csrf_token")


def _is_usual() -> bool:
    """Return whether the address is one of ours, word by word, and nothing is to be said to this visitor alone."""
    given, query = request.args, request.query_string.decode("latin-1")
    networks = {entry.slug for entry in shown.directory().active}
    known: dict[str, Collection[str]] = {"kind": set(Kind), questions.NETWORK.name: networks}
    usual = all(name in known and value in known[name] for name, value in given.items())
    return usual and page_store.in_order(query) == query and "_flashes" not in session and "csrf_token" not in g
