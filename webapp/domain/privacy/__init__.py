"""Personal data: which columns hold them and for how long, what has passed its time, and one person's data given out
or erased."""
