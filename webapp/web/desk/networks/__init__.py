"""Networks as staff see them: the list, an entry with its people and checks, and its form."""
