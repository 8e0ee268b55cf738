"""Liaison Desk: `create_app` composes the web application from its parts."""

import os
from typing import Any

from flask import Flask, g, request
from flask_babel import Babel
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.broker import Broker, CeleryBroker
from webapp.config import Settings, read_settings
from webapp.db import db
from webapp.paths import PACKAGE, TEMPLATES
from webapp.web import auth, brand, decisions, design, desk, edge, failures, kept, mailbox, ops, pages, public, tracking
from webapp.web.desk.enquiry import presence
from webapp.web.limits import init_limits
from webapp.web.secret import SecretConverter

_CSP = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self'"
)


def create_app(settings: Settings | None = None, *, broker: Broker | None = None) -> Flask:
    """Return the application for these settings, by default those of the environment. Raises SettingsError."""
    settings = settings or read_settings(os.environ)
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=str(PACKAGE / "static"))
    app.config.update(_flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["broker"] = broker or CeleryBroker(settings.broker_url)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    db.init_app(app)
    Migrate(app, db, directory=str(PACKAGE / "migrations"), render_as_batch=True)
    app.before_request(edge.name_request)
    app.before_request(edge.bound_plain_form)  # ahead of the CSRF check, which reads the form
    Babel(app, locale_selector=edge.locale)
    CSRFProtect(app)
    init_limits(app, settings)
    presence.init_presence(app, settings)
    pages.init_pages(app)
    failures.init_failures(app)
    kept.init_kept(app)
    blueprints = [public.bp, tracking.bp, decisions.bp, desk.bp, auth.bp, design.bp, brand.bp, ops.bp]
    if settings.mailbox_dir is not None:
        blueprints.append(mailbox.bp)
    app.url_map.converters["secret"] = SecretConverter
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    app.after_request(_secure)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    secure = settings.public_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True},
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 300,
        "SESSION_COOKIE_NAME": "liaison",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A form left open over lunch, or over night, is still good.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": str(PACKAGE / "translations"),
        "TESTING": settings.env == "test",
    }


def _secure(response: Any) -> Any:
    headers = response.headers
    headers["X-Request-ID"] = edge.request_id()
    headers.setdefault("Content-Security-Policy", _CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if request.endpoint != "static" and "public_cache" not in g:
        headers.setdefault("Cache-Control", "private, no-cache")
    if edge.environment().public_url.startswith("https://"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
