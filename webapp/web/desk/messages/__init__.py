"""Mails that did not arrive: listed, read, corrected and sent again."""
