"""In and out: foreign tables through a mapping, and what other programs read."""
