"""Papers as PDF: what a visit needs printed, and letters of invitation. Values in, bytes out; knows no session.
`papers.make` and `letters.write` are called by the worker: typesetting takes a processor for up to a second."""
