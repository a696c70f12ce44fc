"""From findings to practice: a stage that dated evidence supports."""
