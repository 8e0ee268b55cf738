"""Liaison Desk: `create_app` composes the web application from its parts."""

import os
from typing import Any

import structlog
from flask import Flask, g, request
from flask_babel import Babel
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import keys, logs
from webapp.broker import Broker, CeleryBroker
from webapp.config import Settings, read_settings, unknown_names
from webapp.db import db
from webapp.i18n import use_catalogues
from webapp.keys import Purpose
from webapp.paths import PACKAGE, TEMPLATES
from webapp.web import (
    auth,
    brand,
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
    page_store,
    pages,
    passkey,
    provider,
    public,
    second_step,
    shown,
    single_sign_on,
    spoken,
    tracking,
)
from webapp.web.desk.enquiry import presence
from webapp.web.limits import init_limits
from webapp.web.request_ids import init_request_ids
from webapp.web.secret import SecretConverter

_log = structlog.get_logger(__name__)

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


def create_app(settings: Settings | None = None, *, broker: Broker | None = None) -> Flask:
    """Return the application for these settings, by default those of the environment. Raises SettingsError."""
    settings = settings or read_settings(os.environ)
    logs.configure(settings.log_form)
    for name, nearest in unknown_names(os.environ).items():
        _log.warning("settings.unknown_name", name=name, nearest=nearest)
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=str(PACKAGE / "static"))
    app.jinja_environment = spoken.SpokenEnvironment
    app.config.update(_flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["broker"] = broker or CeleryBroker(settings.broker_url)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = page_store.PageStore(app, app.wsgi_app, shown.init_shown(app))  # type: ignore[method-assign]
    init_request_ids(app)
    db.init_app(app)
    Migrate(app, db, directory=str(PACKAGE / "migrations"), render_as_batch=True)
    guards.init_guards(app)  # ahead of the CSRF check, which reads the form
    Babel(app, locale_selector=edge.locale)
    forgery.Protection(app)
    init_limits(app, settings)
    presence.init_presence(app, settings)
    provider.init_provider(app, settings)
    pages.init_pages(app)
    failures.init_failures(app)
    file_checks.init_file_checks(app)
    kept.init_kept(app)
    blueprints = [public.bp, tracking.bp, decisions.bp, desk.bp, brand.bp, ops.bp]
    blueprints += [auth.bp, second_step.bp, passkey.bp, single_sign_on.bp, forgotten.bp]
    if settings.env != "production":
        blueprints.append(design.bp)
    if settings.mailbox_dir is not None:
        blueprints.append(mailbox.bp)
    app.url_map.converters["secret"] = SecretConverter
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    app.after_request(_secure)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    secure = settings.public_url.startswith("https://")
    cookies = keys.good(settings.secret_keys, Purpose.COOKIES)
    return {
        "SECRET_KEY": cookies[0],
        "SECRET_KEY_FALLBACKS": list(cookies[1:]),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # Two connections for each of eight threads: what memory lacks is read beside the request's own transaction.
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": True,
            "hide_parameters": True,
            "pool_size": 8,
            "max_overflow": 16,
        },
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
        "BABEL_TRANSLATION_DIRECTORIES": use_catalogues(settings.translations_dir),
        "TESTING": settings.env == "test",
    }


def _secure(response: Any) -> Any:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", _POWERS)
    if request.endpoint != "static" and "public_cache" not in g:
        headers.setdefault("Cache-Control", "private, no-cache")
    if edge.environment().public_url.startswith("https://"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
