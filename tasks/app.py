"""The Celery application: the service's context around each task, its limits, and the schedule."""

import logging
from datetime import UTC, datetime
from typing import Any

from celery import Celery, Task
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun, worker_process_init
from structlog.contextvars import bind_contextvars, clear_contextvars

from webapp import create_app
from webapp.broker import celery_settings
from webapp.config import Settings
from webapp.db import db
from webapp.domain import settings as office_settings
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.vocabulary import Job

flask_app = create_app()
environment: Settings = flask_app.extensions["settings"]


def settings() -> Settings:
    """Return the settings in force now, with what the office chose: once for each run, in its context."""
    return office_settings.in_force(db.session(), environment)


def acting() -> Acting:
    """Return the service itself, acting now under the settings in force: once for each run, in its context."""
    return Acting(SYSTEM, datetime.now(UTC), settings())


class ContextTask(Task):  # type: ignore[misc]
    """A task that runs in the application's context, each time with a fresh session."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with flask_app.app_context():
            return self.run(*args, **kwargs)


app = Celery(
    "liaison",
    task_cls=ContextTask,
    include=[
        "tasks.closures",
        "tasks.delivery",
        "tasks.files",
        "tasks.gathering",
        "tasks.housekeeping",
        "tasks.links",
        "tasks.reminders",
        "tasks.rosters",
        "tasks.routing",
        "tasks.watch",
    ],
)
app.conf.update(celery_settings(environment.broker_url))
app.conf.update(
    worker_concurrency=2,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_send_task_events=False,
    task_soft_time_limit=60,
    task_time_limit=90,
    broker_connection_retry=True,
    timezone=environment.timezone,
    beat_schedule={
        "sweep": {"task": Job.OUTBOX_SWEEP.value, "schedule": 15.0, "options": {"expires": 15}},
        "watch": {"task": Job.OUTBOX_WATCH.value, "schedule": 60.0, "options": {"expires": 60}},
        "links": {"task": Job.LINKS_ANSWER.value, "schedule": 60.0, "options": {"expires": 60}},
        "gathered": {"task": Job.GATHERED_TELL.value, "schedule": 60.0, "options": {"expires": 60}},
        "reroute": {"task": Job.ENQUIRIES_REROUTE.value, "schedule": 300.0, "options": {"expires": 300}},
        "closures": {"task": Job.CLOSURES_MOVE.value, "schedule": 60.0, "options": {"expires": 60}},
        "rosters": {"task": Job.ROSTERS_SWEEP.value, "schedule": 30.0, "options": {"expires": 30}},
        "reminders": {"task": Job.REMINDERS_SEND.value, "schedule": crontab(minute="5")},
        "files": {"task": Job.HOUSEKEEPING_FILES.value, "schedule": crontab(minute="20")},
        "purge": {"task": Job.HOUSEKEEPING_PURGE.value, "schedule": crontab(hour="3", minute="30")},
        "retention": {"task": Job.RETENTION_RUN.value, "schedule": crontab(hour="3", minute="45")},
    },
)
if environment.clamd_url is not None:
    app.conf.beat_schedule["files"] = {"task": Job.FILES_SWEEP.value, "schedule": 30.0, "options": {"expires": 30}}


@worker_process_init.connect
def _own_connections(**_: Any) -> None:
    """A forked process must not share its parent's database connections."""
    with flask_app.app_context():
        db.engine.dispose(close=False)


@setup_logging.connect
def _log_as_the_service_does(loglevel: int | None = None, **_: Any) -> None:
    """Leave the form of lines as `create_app` set it; Celery's own option says how much it tells of itself."""
    logging.getLogger("celery").setLevel(loglevel or logging.WARNING)


@task_prerun.connect
def _name_job(task_id: str, task: Task, **_: Any) -> None:
    """Put the job into every line until it ends, also into the one about its failure."""
    clear_contextvars()
    bind_contextvars(job=task.name, job_id=task_id)


@task_postrun.connect
def _forget_job(**_: Any) -> None:
    clear_contextvars()
