"""What does it mean? Frames in, stages and flags out; no store is known here."""
