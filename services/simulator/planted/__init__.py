"""Bugs planted on purpose, by which the simulator is held to what it claims to find."""
