"""Operations: is the process alive, can it work, and what do its figures say."""

from datetime import timedelta

import redis
from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from webapp.db import db
from webapp.domain import delivery
from webapp.models import Message
from webapp.vocabulary import MessageState
from webapp.web import edge

bp = Blueprint("ops", __name__)
OUTBOX_LATE = timedelta(minutes=5)
_STATES = (MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED, MessageState.BOUNCED)


@bp.get("/healthz")
@edge.public
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@edge.public
def readyz() -> tuple[Response, int]:
    """Database, queue and outbox are as they should be; enquiries are also taken while the queue is away."""
    parts = {"database": _database(), "queue": _queue()}
    parts["outbox"] = _outbox() if parts["database"] == "ok" else "unknown"
    ready = all(state == "ok" for state in parts.values())
    return jsonify(status="ok" if ready else "degraded", **parts), 200 if ready else 503


def _database() -> str:
    try:
        db.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "down"
    return "ok"


def _queue() -> str:
    client = redis.Redis.from_url(edge.environment().redis_url, socket_connect_timeout=0.5, socket_timeout=0.5)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return "down"
    finally:
        client.close()
    return "ok"


def _outbox() -> str:
    oldest = delivery.oldest_due(db.session())
    return "late" if oldest is not None and oldest < edge.now() - OUTBOX_LATE else "ok"


@bp.get("/metrics")
@edge.public
def metrics() -> Response:
    """Figures for Prometheus: how many mails stand where, and how long the oldest has been due."""
    registry = CollectorRegistry()
    states = Gauge("liaison_outbox_messages", "Mails that were not sent, by state.", ["state"], registry=registry)
    query = select(Message.state, func.count()).where(Message.state.in_(_STATES)).group_by(Message.state)
    found: dict[MessageState, int] = {state: number for state, number in db.session().execute(query)}  # noqa: C416
    for state in _STATES:
        states.labels(state.value).set(found.get(state, 0))
    age = Gauge("liaison_outbox_oldest_due_seconds", "How long the oldest mail has been due.", registry=registry)
    oldest = delivery.oldest_due(db.session())
    age.set(max(0.0, (edge.now() - oldest).total_seconds()) if oldest else 0)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
