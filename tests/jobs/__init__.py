"""Jobs: they go on, are done once, and are seen by those whose they are."""
