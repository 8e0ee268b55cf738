"""The office's calendar: the year, its days and closures, and colleagues' leave."""
