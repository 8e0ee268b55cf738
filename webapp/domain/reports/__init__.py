"""What was done in a period: enquiries and visits as figures, and those figures as files."""
