"""Questions to cited answers, or to a refusal that says what was searched."""
