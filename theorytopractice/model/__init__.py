"""What is a plan made of? Plain Python: words, fields, entities, and what makes them valid."""
