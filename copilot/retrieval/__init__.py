"""Search: by meaning and by words, fused, audience first."""
