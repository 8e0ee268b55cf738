"""Backups: every row of a database in one file for either kind of database, written, checked and restored."""
