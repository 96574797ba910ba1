"""The company's own files: taken in, described, listed, and put away when they are no longer wanted."""
