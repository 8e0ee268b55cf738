"""The worker's side: what is done after a request, by name and row id."""
