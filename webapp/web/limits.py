"""Rate limits by address and by sender, counted in Redis, and in memory while Redis is away."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.config import Settings

limiter = Limiter(key_func=get_remote_address, headers_enabled=False, key_prefix="liaison")

SUBMIT_PER_ADDRESS = "60 per hour; 12 per minute"
SUBMIT_PER_SENDER = "10 per hour"
FORM_PER_ADDRESS = "240 per hour; 40 per minute"
LOST_LINK_PER_ADDRESS = "20 per hour; 5 per minute"
WRITE_PER_ADDRESS = "60 per hour; 10 per minute"
SIGN_IN_PER_ADDRESS = "120 per hour; 30 per minute"


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


def _storage(redis_url: str) -> str:
    return "redis+" + redis_url if redis_url.startswith("unix://") else redis_url
