"""Explanations for people: one page about one decision, as text, JSON or printable HTML."""
