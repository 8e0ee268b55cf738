"""The Celery application: limits of jobs, the schedule, their log. The scheduler loads this, and none of the jobs."""

import contextlib
import gc
import logging
import os
from importlib import import_module
from typing import Any

from billiard.util import get_pdeathsig
from celery import Celery, Task, bootsteps
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, clear_contextvars

from webapp import logs
from webapp.broker import celery_settings
from webapp.config import Settings, read_settings
from webapp.vocabulary import Job

JOBS = (
    "tasks.closures",
    "tasks.delivery",
    "tasks.files",
    "tasks.gathering",
    "tasks.housekeeping",
    "tasks.links",
    "tasks.papers",
    "tasks.reminders",
    "tasks.rosters",
    "tasks.routing",
    "tasks.watch",
)
environment: Settings = read_settings(os.environ)
logs.configure(environment.log_form)


class ContextTask(Task):  # type: ignore[misc]
    """A task that runs in the context of the service that `tasks.service` made, each time with a fresh session."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self.app.service.app_context():
            return self.run(*args, **kwargs)


class LoadJobs(bootsteps.Step):  # type: ignore[misc]
    """Loads the jobs into a worker; Celery's own `include` would load them into the scheduler, too.

    The processes that the worker parts into share what was loaded: no collection of garbage writes to it from now on.
    """

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        for module in JOBS:
            import_module(module)
        with contextlib.suppress(OSError):  # only Linux has it
            get_pdeathsig()  # has a parser of C loaded: each process would load it again, 10 MB, as it starts
        gc.collect()
        gc.freeze()


app = Celery("liaison", task_cls=ContextTask)
app.steps["worker"].add(LoadJobs)
app.conf.update(celery_settings(environment.broker_url))
app.conf.update(
    worker_concurrency=2,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_send_task_events=False,
    # What typeset papers, which takes hundreds of megabytes, makes way for a new process once its job is done.
    worker_max_memory_per_child=300_000,
    task_soft_time_limit=60,
    task_time_limit=90,
    broker_connection_retry=True,
    timezone=environment.timezone,
    beat_schedule={
        "sweep": {"task": Job.OUTBOX_SWEEP.value, "schedule": 15.0, "options": {"expires": 15}},
        "watch": {"task": Job.OUTBOX_WATCH.value, "schedule": 60.0, "options": {"expires": 60}},
        "links": {"task": Job.LINKS_ANSWER.value, "schedule": 60.0, "options": {"expires": 60}},
        "papers": {"task": Job.PAPERS_MAKE.value, "schedule": 30.0, "options": {"expires": 30}},
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
    app.conf.beat_schedule["checks"] = {"task": Job.FILES_SWEEP.value, "schedule": 30.0, "options": {"expires": 30}}


@setup_logging.connect
def _log_as_the_service_does(loglevel: int | None = None, **_: Any) -> None:
    """Leave the form of lines as it is set above; Celery's own option says how much it tells of itself."""
    logging.getLogger("celery").setLevel(loglevel or logging.WARNING)


@task_prerun.connect
def _name_job(task_id: str, task: Task, **_: Any) -> None:
    """Put the job into every line until it ends, also into the one about its failure."""
    clear_contextvars()
    bind_contextvars(job=task.name, job_id=task_id)


@task_postrun.connect
def _forget_job(**_: Any) -> None:
    clear_contextvars()
