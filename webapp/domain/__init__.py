"""What the service does: verbs that write, nouns that read, rules as tables. Knows no web and no queue."""
