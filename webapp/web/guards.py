"""What no page needs is refused once for the whole application, before any page is looked at."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest, SecurityError
from werkzeug.routing import IntegerConverter

from webapp.domain.errors import NotFound
from webapp.web import edge

# What a form without files may hold at most; percent signs make three bytes of each.
MAX_FIELDS = 1024 * 1024
MAX_PLAIN_FORM = 3 * MAX_FIELDS


class IdConverter(IntegerConverter):
    """`<id:…>` in a route: a row's number, within what the database's columns hold. Plain digits, never a sign."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map, min=1, max=2**31 - 1)


def number(value: str) -> int | None:
    """Return a number that an address or a form gives, such as a row's; None where no column could hold it."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def init_guards(app: Flask) -> None:
    """Register the guards; ahead of whatever reads the request's host, path, query or form."""
    app.url_map.converters["id"] = IdConverter

    @app.url_value_preprocessor
    def refuse_other_names(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if not is_name_of(request.host, edge.environment().hosts):
            raise SecurityError("This service does not go by the name that the request asks for.")

    @app.before_request
    def refuse_what_no_column_holds() -> None:
        """Refuse NUL in an address; in a form, `tidying` takes it out of words, and readers of numbers know none."""
        if "\0" in request.path:
            raise NotFound("address")
        if any("\0" in part for pair in request.args.items(multi=True) for part in pair):
            raise BadRequest

    @app.before_request
    def bound_form() -> None:
        """Let only a form with files, where files are read, be larger than forms are."""
        view = current_app.view_functions.get(str(request.endpoint))
        with_files = request.mimetype == "multipart/form-data" and hasattr(view, "takes_files")
        request.max_content_length = edge.environment().max_upload_bytes if with_files else MAX_PLAIN_FORM


def is_name_of(host: str, names: Collection[str]) -> bool:
    """Return whether a request's host, with or without a port, is one of our names: pages and redirects repeat it."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name.rstrip(".") in names
