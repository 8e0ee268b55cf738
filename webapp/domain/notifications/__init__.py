"""Which mail is due on which occasion, and to whom: mails about enquiries, notices of closures, and reminders of what
is owed."""
