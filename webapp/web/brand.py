"""The institution's colour: the stylesheet that sets it and the icon that wears it, at an address for each colour."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, request

from webapp import logo as pictures
from webapp.db import db
from webapp.mail.colours import LEGIBLE, WHITE, contrast, palette
from webapp.models import Logo
from webapp.web import assets, edge

bp = Blueprint("brand", __name__)

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="{brand}"/>'
    '<path d="M8 8v16h8M19 8v16h2c4 0 6-3 6-8s-2-8-6-8z" fill="none" stroke="{ink}" stroke-width="3"/></svg>\n'
)


@bp.get("/brand.css")
@edge.public
def stylesheet() -> Response:
    return _cacheable(_rules(_brand()), "text/css")


@bp.get("/icon.svg")
@edge.public
def icon() -> Response:
    return _cacheable(_icon(_brand()), "image/svg+xml")


@bp.app_url_defaults
def _name_content(endpoint: str, values: dict[str, Any]) -> None:
    """Name what is behind an address in it, so that it can be kept for long."""
    if endpoint in _MADE and values.get("colour"):
        values["v"] = _digest(endpoint, f"#{values['colour']}")


@lru_cache(maxsize=64)
def _digest(endpoint: str, brand: str) -> str:
    return assets.digest(_MADE[endpoint](brand).encode())


def _rules(brand: str) -> str:
    rules = f":root {{ --brand: {brand}; }}\n"
    if contrast(brand, WHITE) < LEGIBLE:
        # Browsers that cannot darken a colour themselves get one that carries white text.
        rules += f"@supports not (color: oklch(from red l c h)) {{ :root {{ --brand: {palette(brand).fill}; }} }}\n"
    return rules


def _icon(brand: str) -> str:
    return ICON.format(brand=brand, ink=readable_on(brand))


_MADE: dict[str, Callable[[str], str]] = {"brand.stylesheet": _rules, "brand.icon": _icon}


@bp.get("/logo/<name>")
@edge.public
def logo(name: str) -> Response:
    """Hand out the logo of a name, which is that of its content: it never changes, and nothing in it can act."""
    path, content = edge.environment().logo, b""
    if path is not None and pictures.of_file(path)[0] == name:
        content = pictures.of_file(path)[1]
    elif found := db.session().get(Logo, name):
        content = found.content
    if not content:
        abort(404)
    response = Response(content, mimetype="image/png" if name.endswith("png") else "image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _brand() -> str:
    """Return the colour that the address names, so that a new one is seen at once; else the one in force."""
    named = request.args.get("colour", "")
    return f"#{named}" if re.fullmatch("[0-9a-f]{6}", named) else edge.settings().brand


def readable_on(colour: str) -> str:
    """Return white or a near black, whichever has more contrast with a colour written as `#rrggbb`."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.06 else "#1f1719"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _cacheable(body: str, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.cache_control.public = True
    is_named = request.args.get("v") == assets.digest(body.encode())
    response.cache_control.max_age = assets.YEAR if is_named else 3600
    response.cache_control.immutable = is_named
    response.add_etag()
    response.make_conditional(request)  # in place
    return response
