"""A workspace of plausible documents, each with an order to a language model somewhere in it."""
