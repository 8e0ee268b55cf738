"""What administrators keep: settings, people and faculties, the log of changes; and each person's own account."""
