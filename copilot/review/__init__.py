"""Review: drafts and suggestions wait for a person, who decides; every step is logged."""
