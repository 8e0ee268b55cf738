"""What happened and who did it: events of enquiries, changes of records, and the one answer to two people who make the
same thing at once."""
