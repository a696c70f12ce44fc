"""Did an indicator move after the action? (method, section 13)."""
