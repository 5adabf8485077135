"""Other machines for the same rules: everything here is derived from ``steps/arithmetic.py``."""
