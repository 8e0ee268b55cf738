"""Which email is due on which occasion, and to whom: emails about enquiries, notices of closures, and reminders of what
is owed."""
