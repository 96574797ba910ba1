"""Check that quoted words stand where a citation says they do."""
