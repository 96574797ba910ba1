"""Who may sign in and how: people, tokens, sessions."""
