"""Fault runs: a real network under load, killed piece by piece, and the proof of what is left."""
