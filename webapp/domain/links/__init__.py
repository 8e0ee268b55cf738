"""Personal links in mails: issued to one person, opened by their token, and ended."""
