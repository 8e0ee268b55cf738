"""Messages on their way: staged in the caller's transaction, claimed with a lease, sent, and what became of them
recorded."""
