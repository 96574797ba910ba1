"""Open a source at a citation: the page as a picture, or the text with the quote marked."""
