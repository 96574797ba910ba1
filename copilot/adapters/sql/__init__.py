"""The truth in a relational database."""
