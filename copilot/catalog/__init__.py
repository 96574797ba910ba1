"""Load and check `knowledge/`."""
