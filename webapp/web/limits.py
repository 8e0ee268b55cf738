"""Rate limits by network, counted in Redis, and in memory while Redis is away."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, request
from flask_limiter import Limiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.config import Settings
from webapp.tidying import networks

log = structlog.get_logger(__name__)
View = TypeVar("View", bound=Callable[..., Any])

FORM = "240 per hour; 40 per minute"
LOST_LINK = "20 per hour; 5 per minute"
WRITE = "60 per hour; 10 per minute"
SIGN_IN = "120 per hour; 30 per minute"
# How much more than one visitor a whole neighbourhood may do.
NEIGHBOURS = 4


def address() -> str:
    """Return the internet address that a request came from; behind a proxy what the last trusted one said."""
    return request.remote_addr or ""


def visitor() -> str:
    """Return what counts as one visitor: an IPv4 address, or a /64 of IPv6."""
    return networks.narrow(address())


def neighbourhood() -> str:
    """Return the /24 of a visitor, or the /48 of IPv6."""
    return networks.wide(address())


limiter = Limiter(key_func=visitor, headers_enabled=False, key_prefix="liaison")


def by_network(rule: str, **options: Any) -> Callable[[View], View]:
    """Limit a view for each visitor, and for each neighbourhood to a multiple of that."""
    wider = re.sub(r"\d+(?= per )", lambda found: str(NEIGHBOURS * int(found[0])), rule)

    def mark(view: View) -> View:
        limited = limiter.limit(wider, key_func=neighbourhood, **options)(view)
        limited = limiter.limit(rule, key_func=visitor, **options)(limited)
        limited.limited = True  # type: ignore[attr-defined]
        return cast(View, limited)

    return mark


def init_limits(app: Flask, settings: Settings) -> None:
    """Bind the limiter to an application. A Redis that does not answer costs a request 0.3 s, once in a while."""
    app.config.update(
        RATELIMIT_ENABLED=settings.rate_limits == "on",
        RATELIMIT_STORAGE_URI=_storage(settings.redis_url),
        RATELIMIT_STORAGE_OPTIONS={
            "socket_connect_timeout": 0.2,
            "socket_timeout": 0.3,
            "retry": Retry(NoBackoff(), 0),
        },
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
    )
    limiter.init_app(app)
    if settings.rate_limits == "on" and not settings.trusted_proxies:
        _notice_proxies(app)


def _notice_proxies(app: Flask) -> None:
    """Log it once where a proxy is in front that no one told us of: all visitors would share one limit."""

    @app.before_request
    def notice() -> None:
        seen = app.extensions.setdefault("proxies_seen", set())
        if "X-Forwarded-For" in request.headers and not seen and _is_near(address()):
            seen.add(address())
            log.error(
                "proxy.not_trusted",
                hint="every visitor counts as one: set LIAISON_TRUSTED_PROXIES to the number of proxies in front",
            )


def _is_near(given: str) -> bool:
    try:
        return ip_address(given).is_private
    except ValueError:
        return True


def _storage(redis_url: str) -> str:
    return "redis+" + redis_url if redis_url.startswith("unix://") else redis_url
