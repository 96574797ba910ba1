"""What an auditor sees and asks for."""
