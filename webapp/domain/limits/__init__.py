"""How often something may be done: limits that are counted in the database, by one statement and before the work, so
that many at once are counted as well as one after the other."""
