"""The web application, composed of its parts: the service and all pages."""

from typing import Any, cast

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import keys
from webapp.broker import Broker
from webapp.config import Settings
from webapp.keys import Purpose
from webapp.service import create_service
from webapp.web import (
    assets,
    auth,
    brand,
    calendars,
    catalogues,
    decisions,
    design,
    desk,
    edge,
    failures,
    file_checks,
    forgery,
    forgotten,
    guards,
    kept,
    mailbox,
    ops,
    packing,
    page_store,
    pages,
    passkey,
    provider,
    public,
    second_step,
    session_cookies,
    shown,
    single_sign_on,
    spoken,
    tracking,
)
from webapp.web.desk.enquiry import presence
from webapp.web.limits import init_limits
from webapp.web.request_ids import init_request_ids
from webapp.web.secret import SecretConverter

_CSP = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self'"
)

# What a browser would let a page do, and none of ours does.
_NO_POWERS = ", ".join(
    f"{power}=()"
    for power in (
        *("accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "clipboard-read", "clipboard-write"),
        *("display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid"),
        *("identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
        *("picture-in-picture", "screen-wake-lock"),
        *("serial", "storage-access", "sync-xhr", "usb", "window-management", "xr-spatial-tracking"),
    )
)
# But passkeys, on our own pages.
_POWERS = f"{_NO_POWERS}, publickey-credentials-create=(self), publickey-credentials-get=(self)"
# Every answer has them, where it does not say otherwise itself.
_HEADERS = (
    ("Content-Security-Policy", _CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", _POWERS),
)


def create_app(settings: Settings | None = None, *, broker: Broker | None = None) -> Flask:
    """Return the application for these settings, by default those of the environment. Raises SettingsError."""
    app = create_service(settings, broker=broker)
    settings = cast(Settings, app.extensions["settings"])
    app.jinja_environment = spoken.SpokenEnvironment
    app.config.update(_flask_config(settings))
    app.session_interface = session_cookies.SessionCookies()
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = page_store.PageStore(app, app.wsgi_app, shown.init_shown(app))  # type: ignore[method-assign]
    init_request_ids(app)
    guards.init_guards(app)  # ahead of the CSRF check, which reads the form
    catalogues.Spoken(app, locale_selector=edge.locale)
    forgery.Protection(app)
    init_limits(app, settings)
    presence.init_presence(app, settings)
    provider.init_provider(app, settings)
    pages.init_pages(app)
    failures.init_failures(app)
    file_checks.init_file_checks(app)
    kept.init_kept(app)
    blueprints = [public.bp, tracking.bp, decisions.bp, desk.bp, brand.bp, calendars.bp, ops.bp]
    blueprints += [auth.bp, second_step.bp, passkey.bp, single_sign_on.bp, forgotten.bp]
    if settings.env != "production":
        blueprints.append(design.bp)
    if settings.mailbox_dir is not None:
        blueprints.append(mailbox.bp)
    app.url_map.converters["secret"] = SecretConverter
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    assets.init_assets(app)
    packing.init_packing(app)
    app.after_request(_secure)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    secure = settings.public_url.startswith("https://")
    cookies = keys.good(settings.secret_keys, Purpose.COOKIES)
    return {
        "SECRET_KEY": cookies[0],
        "SECRET_KEY_FALLBACKS": list(cookies[1:]),
        "MAX_CONTENT_LENGTH": guards.MAX_PLAIN_FORM,
        "MAX_FORM_MEMORY_SIZE": guards.MAX_FIELDS,
        "MAX_FORM_PARTS": 300,
        # Browsers let no other host of the domain, and nothing that is not TLS, set a cookie of that name.
        "SESSION_COOKIE_NAME": "__Host-liaison" if secure else "liaison",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A form left open over lunch, or over night, is still good.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "en",
    }


def _secure(response: Any) -> Any:
    headers = response.headers
    said = {name.lower() for name, _value in headers}
    for name, value in _HEADERS:
        if name.lower() not in said:
            headers.add(name, value)
    if "cache-control" not in said and request.endpoint != "static" and "public_cache" not in g:
        headers.add("Cache-Control", "private, no-cache")
    if "strict-transport-security" not in said and edge.environment().public_url.startswith("https://"):
        headers.add("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
