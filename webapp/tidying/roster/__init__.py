"""Lists of delegates as people send them: files and pasted tables become rows with errors by row and column; pure."""
