"""The library: files come in, are described and put away, and never leave their folders."""
