"""Rules as people read them: what they say, in words, and how two of them differ."""
