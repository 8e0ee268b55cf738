"""Every minute: operators hear on the second route what stopped, and that it is over."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from tasks.app import app, environment
from webapp.db import transaction
from webapp.domain import watch
from webapp.mail import alert_texts, second_route
from webapp.vocabulary import Job

log = structlog.get_logger()


@app.task(name=Job.OUTBOX_WATCH.value)
def tell() -> None:
    """Tell operators what they must hear now; what no route took is told again some minutes later."""
    if not environment.alert_email and not environment.alert_webhook_url:
        return
    with transaction() as session:
        notices = watch.due(session, now=datetime.now(UTC), settings=environment)
    for notice in notices:
        if _told(notice):
            with transaction() as session:
                watch.record(session, notice)


def _told(notice: watch.Notice) -> bool:
    """Take every route that there is, and return whether one of them worked."""
    standing = notice.standing
    subject, text = alert_texts.alert(
        notice.kind, over=notice.over, since=notice.since, fault=standing.fault, failed=standing.failed
    )
    page = f"{environment.public_url}/desk/messages/"
    routes: list[Callable[[], None]] = []
    if (email := environment.alert_email) and (smtp_url := environment.alert_smtp_url):
        sender, body = environment.mail_from, f"{text}\n\n{page}"
        routes.append(
            lambda: second_route.by_email(subject, body, sender=sender, to=email, smtp_url=smtp_url, now=notice.at)
        )
    if url := environment.alert_webhook_url:
        told = alert_texts.payload(
            notice.event,
            subject,
            text,
            since=notice.since.isoformat(),
            oldest_undelivered_seconds=standing.seconds(now=notice.at),
            failed=standing.failed,
            fault=standing.fault,
            page=page,
        )
        routes.append(lambda: second_route.by_webhook(told, url=url))
    return any([_take(route, notice) for route in routes])  # noqa: C419 - every one of them


def _take(route: Callable[[], None], notice: watch.Notice) -> bool:
    try:
        route()
    except Exception as error:  # the other route must not suffer, and this one is taken again
        log.error("alert.not_told", alert=notice.event, error=type(error).__name__)
        return False
    log.warning("alert.told", alert=notice.event)
    return True
