"""What must hold: after every step, at rest, and of what callers were told."""
