"""Values of the field; standard library only."""
