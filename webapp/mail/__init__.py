"""Emails: what they say, how they look, how they leave. Pure but for `transport.send`."""
