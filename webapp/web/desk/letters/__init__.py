"""Courteous letters and canned replies: their texts, and what is filled into them."""
