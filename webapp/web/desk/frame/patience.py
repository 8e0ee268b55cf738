"""A page of the desk that reads for too long is given up: its reader hears so, and the database does other things."""

from typing import Any

from flask import has_request_context, request
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction

from webapp.web import edge
from webapp.web.desk.frame.blueprint import bp


@event.listens_for(Session, "after_begin")
def _bound(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Bound each statement of a page that is read; PostgreSQL forgets the bound with the transaction.

    What is given up ends as `failures` says.
    """
    if connection.dialect.name != "postgresql" or not has_request_context():
        return
    if request.method == "GET" and request.blueprint == bp.name:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"SET LOCAL statement_timeout = '{edge.environment().desk_seconds}s'")
