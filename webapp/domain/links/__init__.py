"""Personal links in emails: issued to one person, opened by their token, and ended."""
