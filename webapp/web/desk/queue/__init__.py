"""What came in, seen together: queue, board, my day and activity, views and filters, and changes of many at once."""

from webapp.web.desk.queue import (  # noqa: F401 - their routes
    activity,
    board,
    bulk,
    keys,
    my_day,
    queue,
    saved_views,
)
