"""Operations: is the process alive, can it serve, do messages leave, and what do its figures say."""

from hmac import compare_digest
from ipaddress import ip_address
from typing import Any

import redis
from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from webapp import clamd
from webapp.db import db
from webapp.domain.files import checking
from webapp.domain.messages import delivery
from webapp.domain.messages.standing import Standing
from webapp.models import Message
from webapp.vocabulary import MessageState
from webapp.web import edge, limits

bp = Blueprint("ops", __name__)
_STATES = (MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED, MessageState.BOUNCED)


@bp.before_request
def _only_operators() -> None:
    """Refuse in production who shows no token and asks from no network of operators; whether we live, all may know."""
    settings = edge.environment()
    if settings.env == "production" and request.endpoint != "ops.healthz" and not (_has_token() or _is_near()):
        abort(403)


def _has_token() -> bool:
    expected, given = edge.environment().ops_token, request.authorization
    shown = given.token if given is not None and given.type == "bearer" else None
    return bool(expected and shown) and compare_digest(str(shown).encode(), str(expected).encode())


def _is_near() -> bool:
    """Behind a proxy that no setting counts everyone would seem to be where it is, mostly on this machine."""
    settings = edge.environment()
    if not settings.trusted_proxies and any(name in request.headers for name in ("X-Forwarded-For", "Forwarded")):
        return False
    try:
        address = ip_address(limits.address())
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in settings.ops_networks)


@bp.get("/healthz")
@edge.public
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@edge.public
def readyz() -> tuple[Response, int]:
    """Answers 200 while pages are served and enquiries taken, which needs the database alone; `delivering` is apart.

    A balancer that goes by the code sends no one away because of a mail server or a queue.
    """
    standing, queue = _standing(), _queue()
    serving, outbox = standing is not None, _outbox(standing)
    delivering = outbox == "ok" and queue == "ok"
    files = _files() if serving else {}
    well = outbox in {"ok", "held"} and queue == "ok" and files.get("scanner", "ok") == "ok"
    answer = jsonify(
        status="degraded" if not well else "held" if outbox == "held" else "ok",
        serving=serving,
        delivering=delivering,
        database="ok" if serving else "down",
        queue=queue,
        outbox=outbox,
        oldest_undelivered_seconds=standing.seconds(now=edge.now()) if standing else None,
        failed=standing.failed if standing else None,
        **({"held_since": standing.held_since.isoformat()} if standing and standing.held_since else {}),
        **files,
    )
    return answer, 200 if serving else 503


def _standing() -> Standing | None:
    """Return the state of delivery; None where the database cannot be asked."""
    try:
        return delivery.standing(db.session())
    except SQLAlchemyError:
        return None


def _outbox(standing: Standing | None) -> str:
    """Return in one word whether emails leave: `held` where they stay on purpose."""
    if standing is None:
        return "unknown"
    settings = edge.environment()
    return "held" if standing.held(settings) else "late" if standing.late(now=edge.now(), settings=settings) else "ok"


def _files() -> dict[str, Any]:
    """Return whether the virus scanner answers and files do not wait for it; nothing where none is in use."""
    settings = edge.environment()
    if settings.clamd_url is None:
        return {}
    waiting = checking.waiting(db.session())
    state = "late" if waiting.late(now=edge.now(), settings=settings) else "ok"
    try:
        clamd.ping(settings.clamd_url)
    except clamd.Unchecked:
        state = "down"
    return {"scanner": state, "files_waiting": waiting.number}


def _queue() -> str:
    client = redis.Redis.from_url(edge.environment().redis_url, socket_connect_timeout=0.5, socket_timeout=0.5)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return "down"
    finally:
        client.close()
    return "ok"


@bp.get("/metrics")
@edge.public
def metrics() -> Response:
    """Return figures for Prometheus: messages by state, how long the oldest waits, whether they leave."""
    registry = CollectorRegistry()
    states = Gauge("liaison_outbox_messages", "Messages that were not sent, by state.", ["state"], registry=registry)
    query = select(Message.state, func.count()).where(Message.state.in_(_STATES)).group_by(Message.state)
    found: dict[MessageState, int] = {state: number for state, number in db.session().execute(query)}  # noqa: C416
    for state in _STATES:
        states.labels(state.value).set(found.get(state, 0))
    standing = delivery.standing(db.session())
    age, outbox = standing.seconds(now=edge.now()), _outbox(standing)
    figures = {
        "liaison_outbox_oldest_due_seconds": ("How long the oldest message has waited.", age),
        "liaison_outbox_failed": ("Messages that ended undelivered and were not set aside.", standing.failed),
        "liaison_delivering": (
            "1 while the queue answers and none waits too long.",
            outbox == "ok" and _queue() == "ok",
        ),
        "liaison_outbox_held": ("1 while emails are held on purpose.", outbox == "held"),
    }
    for name, (said, value) in figures.items():
        Gauge(name, said, registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
