"""One enquiry: its page with history and panels, and every action that is taken on it."""
