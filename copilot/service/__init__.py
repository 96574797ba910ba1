"""The API and the pages: translate HTTP to use cases and back."""
