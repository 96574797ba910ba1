"""How ready a company is: which criteria its controls and evidence cover, and what to do first."""
