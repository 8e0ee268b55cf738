"""How the office sees and sorts what came in: the queue and saved views, my day and the activity of colleagues, tags,
checklists, mentions, changes of many at once, and what speaks for an enquiry."""
