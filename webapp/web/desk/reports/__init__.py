"""Figures of a period, as charts with their tables, and as files."""

from webapp.web.desk.reports import reports  # noqa: F401 - its routes
