"""Who looks at an enquiry right now: a note in the queue's memory that fades; without it, no one is named."""

import time

import redis
import structlog
from flask import Flask, current_app
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.config import Settings
from webapp.domain.security.permissions import Actor

# Loading the page says that someone is there; it is believed for this long.
FADES_AFTER = 150
# A memory that did not answer is left alone for a while, so that pages do not wait for it.
_PAUSE = 30
_NAME = "presence"
log = structlog.get_logger(__name__)


class Presence:
    """The memory, and when it may be asked again."""

    def __init__(self, redis_url: str) -> None:
        self._client = redis.Redis.from_url(
            redis_url,
            socket_timeout=0.15,
            socket_connect_timeout=0.15,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._not_before = 0.0

    def look(self, enquiry_id: int, actor: Actor, *, now: float) -> list[str]:
        """Note that someone looks at an enquiry, and return the names of the others who do, latest first."""
        if time.monotonic() < self._not_before:
            return []
        key = f"liaison:looking:{enquiry_id}"
        try:
            with self._client.pipeline(transaction=False) as pipe:
                pipe.zadd(key, {f"{actor.person_id} {actor.name}": now})
                pipe.zremrangebyscore(key, 0, now - FADES_AFTER)
                pipe.expire(key, FADES_AFTER)
                pipe.zrevrange(key, 0, 4)
                seen: list[str] = pipe.execute()[-1]
        except (redis.RedisError, OSError) as error:
            self._not_before = time.monotonic() + _PAUSE
            log.info("presence.unknown", error=str(error))
            return []
        others = (entry.partition(" ") for entry in seen)
        return [name for person_id, _space, name in others if person_id != str(actor.person_id)]


def init_presence(app: Flask, settings: Settings) -> None:
    """Give an application its memory of who looks at what."""
    app.extensions[_NAME] = Presence(settings.redis_url)


def look(enquiry_id: int, actor: Actor, *, now: float) -> list[str]:
    """Ask this application's memory, see `Presence.look`."""
    found: Presence = current_app.extensions[_NAME]
    return found.look(enquiry_id, actor, now=now)
