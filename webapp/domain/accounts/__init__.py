"""Colleagues who sign in: people and the accounts that administrators open, change and close for them, passwords, sign-
ins that end on the server, and the throttle on refused ones."""
