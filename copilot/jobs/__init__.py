"""Long work that goes on after the request that began it, and after a restart."""
