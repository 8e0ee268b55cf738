"""The worker's side: what is done after a request, by name and row id. `celery -A tasks` finds the application here."""

from tasks.app import app as celery

__all__ = ["celery"]
