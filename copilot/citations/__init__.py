"""What makes a claim worth showing: its quotes stand in their sources, and they carry it."""
