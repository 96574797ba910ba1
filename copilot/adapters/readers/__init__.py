"""A module for each family of file formats."""
