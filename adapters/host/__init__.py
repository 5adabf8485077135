"""The machine this process runs on: its clock and its randomness."""
