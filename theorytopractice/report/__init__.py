"""What is a leader told? The report: a notebook, executed and rendered as one page."""
