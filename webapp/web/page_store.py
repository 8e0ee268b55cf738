"""Public pages that are the same for everyone, answered before Flask: what is stored, for whom, and for how long."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from flask import Flask, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from webapp.web import guards, packing, request_ids, shown
from webapp.web.recent import Recent

View = TypeVar("View", bound=Callable[..., Any])
Environ = dict[str, Any]
Key = tuple[str, str]
Validity = tuple[str, date]

# Of one process. A page of the directory has 60 kB, and 10 kB compressed.
MOST_PAGES, MOST_BYTES = 400, 8 * 1024 * 1024
_LONGEST = 300
_LOCKS = 32
_PATIENCE = 5
_OWN = frozenset({"content-length", "etag", "vary", request_ids.HEADER.lower()})


def same_for_all(*names: str) -> Callable[[View], View]:
    """Mark a view of which the store may keep the pages that call `keep`; `names` are the words of its query."""

    def mark(view: View) -> View:
        view.same_for_all = frozenset(names)  # type: ignore[attr-defined]
        return view

    return mark


def keep() -> None:
    """Say that the page of this request may be stored: it shows nothing that its visitor made up.

    It may show what the tables of `models.public_version` hold, the settings, the day and the address. Whatever else
    it read would be shown to everyone until one of these changes.
    """
    g.same_for_all = True


def _offer(answer: Any) -> Any:
    """Hand the page on, unless the settings in force could not be read for it."""
    if "same_for_all" in g and "settings_unknown" not in g:
        request.environ.get(packing.STORING, set()).add(request.path)
    return answer


@dataclass(frozen=True)
class Page:
    """A page as it is sent: whole, and compressed once."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    packed: bytes
    etag: str


class PageStore:
    """Is asked before the application. It knows pages by path and query, for one version of what they show and one day.

    Visitors with a session get the page made anew, and so do those who ask for anything that is not stored.
    """

    def __init__(self, app: Flask, inner: Any, memory: shown.Shown) -> None:
        self._app, self._inner, self._memory = app, inner, memory
        self._names = app.extensions["settings"].hosts
        self._cookie = f"{app.config['SESSION_COOKIE_NAME']}="
        self.pages: Recent[Page] = Recent(MOST_PAGES, MOST_BYTES)
        self._making = [Lock() for _ in range(_LOCKS)]
        app.after_request(_offer)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None or not (key in self.pages.kept or self._may_be_stored(key)):
            return self._inner(environ, start_response)
        version = self._memory.version()
        if version is None:
            return self._inner(environ, start_response)
        validity = version, datetime.now(self._app.extensions["settings"].zone).date()
        page = self.pages.find(validity, key)
        if page is None:
            if environ["REQUEST_METHOD"] != "GET":
                return self._inner(environ, start_response)
            made = self._made(validity, key, environ)
            if isinstance(made, Response):
                return made(environ, start_response)
            page = made
        return _answer(page, environ, start_response)

    def _key(self, environ: Environ) -> Key | None:
        """Return what a page is known by, or None where a stored one would not do."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or self._cookie in environ.get("HTTP_COOKIE", "")
            or environ.get("SCRIPT_NAME")
            or len(path) + len(query) > _LONGEST
            or not guards.is_name_of(environ.get("HTTP_HOST", ""), self._names)
        ):
            return None
        known = in_order(query)
        return None if known is None else (path, known)

    def _may_be_stored(self, key: Key) -> bool:
        path = key[0].encode("latin-1").decode(errors="replace")
        try:
            endpoint, _values = self._app.url_map.bind("").match(path, "GET")
        except HTTPException:
            return False
        names = getattr(self._app.view_functions[endpoint], "same_for_all", None)
        return names is not None and names >= {name for name, _value in parse_qsl(key[1])}

    def _made(self, validity: Validity, key: Key, environ: Environ) -> Page | Response:
        """Have the page made, by one thread at a time; return it, or the answer as it is where it is not to be kept."""
        lock = self._making[hash(key) % _LOCKS]
        waited = lock.acquire(timeout=_PATIENCE)
        try:
            page = self.pages.find(validity, key)
            if page is not None:
                return page
            # As the key says it, so that the page's links are the same for all.
            kept: set[str] = set()
            asked = {**environ, "QUERY_STRING": key[1], shown.VERSION: validity[0], packing.STORING: kept}
            answer = Response.from_app(self._inner, asked, buffered=True)
            if not kept or answer.status_code != 200 or "Set-Cookie" in answer.headers:
                return answer
            page = _page(answer)
            self.pages.put(validity, key, page, len(page.body) + len(page.packed))
            return page
        finally:
            if waited:
                lock.release()


def in_order(query: str) -> str | None:
    """Return a query with its words in one order and without empty ones, or None where a word comes twice."""
    if not query:
        return ""
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[1]]
    return urlencode(sorted(pairs)) if len(dict(pairs)) == len(pairs) else None


def _page(answer: Response) -> Page:
    body = answer.get_data()
    headers = [(name, value) for name, value in answer.headers if name.lower() not in _OWN]
    # Weak: the same page has it compressed and not.
    etag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    headers += [("ETag", etag), ("Vary", "Accept-Encoding, Cookie")]
    return Page(tuple(headers), body, packing.packed(body), etag)


def _answer(page: Page, environ: Environ, start_response: Any) -> Iterable[bytes]:
    own = (request_ids.HEADER, request_ids.named(environ.get("HTTP_X_REQUEST_ID", "")))
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and ("*" in asked or parse_etags(asked).contains_weak(page.etag[3:-1])):
        start_response("304 NOT MODIFIED", [*(h for h in page.headers if h[0] != "Content-Type"), own])
        return []
    packed = packing.takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body = page.packed if packed else page.body
    encoding = [("Content-Encoding", "gzip")] if packed else []
    start_response("200 OK", [*page.headers, *encoding, ("Content-Length", str(len(body))), own])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
