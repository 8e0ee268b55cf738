"""What several forms of the desk ask in the same way."""

EMAIL_INPUT = {"type": "email", "autocomplete": "off"}
