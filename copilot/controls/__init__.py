"""Controls, systems and cloud findings: read from the files that companies keep, and written back."""
