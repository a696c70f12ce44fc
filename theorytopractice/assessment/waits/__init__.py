"""How long does it take? (method, section 12.1)."""
