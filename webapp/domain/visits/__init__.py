"""A visit from its accepted ask to its outcome: its days, place and host, its level, and what clashes with its days;
rooms, blocked periods and trips of our own, and what confirmed visits hold."""
