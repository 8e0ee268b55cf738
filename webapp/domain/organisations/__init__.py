"""Partner organisations and their contacts: kept as records, recognised in what comes in, and merged."""
