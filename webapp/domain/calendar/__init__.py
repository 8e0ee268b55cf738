"""Working days and what is counted over them: the office's calendar with its marked days and closures, the clock of
each promise, and what moves when the calendar changes."""
