"""What came in, seen together: queue, board, my day and activity, views and filters, and changes of many at once."""
