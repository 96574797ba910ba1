"""Files to sources and passages."""
