"""Who may do what, and the secrets that are handed out: permissions of roles, and tokens of which only hashes are
stored."""
