"""Text leaves compressed where the client takes it and no secret can be guessed by its length; docs/security.md."""

import gzip

from flask import Flask, Response, current_app, g, request, session
from werkzeug.http import parse_accept_header

# Shorter ones gain nothing: they fill one packet as they are.
SHORTEST = 500
# In the environment of what the store of pages asks for: it packs what it keeps, once.
STORING = "liaison.kept_pages"
_TEXT = ("text/", "application/json", "application/xml", "application/rss+xml", "image/svg+xml")


def init_packing(app: Flask) -> None:
    """Have answers packed before they leave the application."""
    app.after_request(_pack)


def reflects_nothing() -> None:
    """Say that nothing on the page of this request is of a stranger's making, neither stored nor in the address.

    It may then be packed although it holds a secret, such as the token of its form: no one can try guesses beside it.
    """
    g.reflects_nothing = True


def takes_gzip(accepted: str) -> bool:
    """Return whether a client that sends this `Accept-Encoding` takes gzip."""
    return "gzip" in accepted and parse_accept_header(accepted)["gzip"] > 0


def packed(body: bytes) -> bytes:
    """Return a body in gzip: the same bytes for the same body."""
    return gzip.compress(body, mtime=0)


def _pack(response: Response) -> Response:
    if not _may_be_packed(response):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= SHORTEST and takes_gzip(request.headers.get("Accept-Encoding", "")):
        response.set_data(packed(body))
        response.headers["Content-Encoding"] = "gzip"
        tag, _weak = response.get_etag()
        if tag:
            # It says the same as what is sent whole, and is not the same byte by byte.
            response.set_etag(tag, weak=True)
    return response


def _may_be_packed(response: Response) -> bool:
    return (
        response.status_code in (200, 304)
        and (response.status_code == 304 or (response.mimetype or "").startswith(_TEXT))
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and "Content-Disposition" not in response.headers
        and not ("same_for_all" in g and STORING in request.environ)
        and not _holds_secret(response)
    )


def _holds_secret(response: Response) -> bool:
    """Return whether the page may hold a secret beside words of a stranger's choice.

    Pages behind links hold their address, and those of a session its token; views of the store show the same to all.
    """
    if "reflects_nothing" in g:
        return False
    return bool(response.cache_control.no_store or (session and not _is_same_for_all()))


def _is_same_for_all() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), "same_for_all")
